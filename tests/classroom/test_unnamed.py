"""Wrong answers that no mistake explains are one group, whoever wrote them however."""

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

RIGHT = default_kata().solution_path.read_text()
HEAD = RIGHT[: RIGHT.index("def self_attention")]
SAME = {
    "ada": "w = np.maximum(s, 0) ** 1.7 + 0.1\n    return w / w.sum(axis=1, keepdims=True) @ V",
    "bob": "t = 0.1 + np.where(s > 0, s, 0) ** 1.7\n    return (t / np.sum(t, 1)[:, None]).dot(V)",
    "cy": "return (lambda w: w @ V / w.sum(1)[:, None])(np.clip(s, 0, None) ** 1.7 + 0.1)",
    "di": "w = np.maximum(s, 0) ** 1.9 + 0.1\n    return w / w.sum(axis=1, keepdims=True) @ V",
    "eve": "return np.zeros_like(Q)",
    "fay": "return np.zeros(Q.shape)",
}


def test_a_group_without_a_name(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Three ways to write one odd mistake are one group, with the beginning of an entry."""
    (tmp_path / "class").mkdir()
    for name, body in SAME.items():
        source = f"{HEAD}def self_attention(Q, K, V):\n    s = Q @ K.T / np.sqrt(Q.shape[1])\n"
        (tmp_path / "class" / f"{name}.py").write_text(f"{source}    {body}\n")
    (tmp_path / "class" / "gus.py").write_text(RIGHT)
    ran = run_grade(tmp_path / "class", "--out", tmp_path / "out", "--seed", "1")
    assert ran.code == 0, ran.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    (group,) = summary["unnamed"]
    assert (group["function"], group["keys"]) == ("self_attention", ["ada", "bob", "cy"])
    assert "3 files do the same in self_attention, which has no name: see ada" in ran.out
    entries = tomllib.loads((tmp_path / "out" / "unnamed.toml").read_text())
    assert entries["mistake"][0]["function"] == "self_attention"
    assert "Mistakes without a name" in (tmp_path / "out" / "class.html").read_text()
    for name in ("bob", "cy"):
        (tmp_path / "class" / f"{name}.py").write_text(RIGHT)
    assert run_grade(tmp_path / "class", "--out", tmp_path / "out").code == 0
    assert not (tmp_path / "out" / "unnamed.toml").exists()
