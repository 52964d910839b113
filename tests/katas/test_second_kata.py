"""A kata that is a statement, a stub, a solution and cases: no exercise is in the engine."""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.formats import View, find, names
from grader.grading.grader import Grader
from grader.kata import Kata, load_kata, shipped_katas
from grader.kits import PLATFORMS

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

SOFTMAX = Path(__file__).parent / "softmax"
RIGHT = (SOFTMAX / "solution" / "softmax.py").read_text(encoding="utf-8")
NAIVE = RIGHT.replace(" - S.max(axis=1, keepdims=True)", "")
OURS = re.compile(r"attention-kata|attention_kata|test_attention")
OTHER = re.compile(r"attention|heads|a query|queries|compute_qkv|self_")


@pytest.fixture
def kata() -> Kata:
    """The kata."""
    return load_kata(SOFTMAX)


def speaks_of_another(text: str) -> list[str]:
    """Return the words of another kata that a text holds."""
    return OTHER.findall(OURS.sub("", text))


def test_derived(kata: Kata) -> None:
    """What no manifest says comes from the folder and the stub."""
    assert (kata.name, kata.version, kata.file) == ("softmax", "1", "softmax.py")
    assert {one.name: one.parameters for one in kata.functions.values()} == {"softmax": ("S",)}
    assert "softmax" not in shipped_katas()


@pytest.mark.parametrize(
    ("source", "points"), [(RIGHT, 100), (NAIVE, 70), ("", 0)], ids=["right", "naive", "stub"]
)
def test_graded(source: str, points: int, run_grade: "RunInProcess", tmp_path: Path) -> None:
    """Its solution gets full marks, its stub none, and the screen speaks of nothing else."""
    path = tmp_path / "mine.py"
    path.write_text(source or (SOFTMAX / "exercise" / "softmax.py").read_text(encoding="utf-8"))
    ran = run_grade(path, "--kata", SOFTMAX, "--cases", "--json", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (ran.code, report["points"]) == (0, points), ran.err
    told = ["nothing-returned"] if not source else []
    assert (report["kata"]["name"], [one["id"] for one in report["diagnoses"]]) == ("softmax", told)
    assert "known mistake" not in ran.out
    assert f"{points} / 100" in ran.out
    assert not speaks_of_another(ran.out)


def test_each_format(kata: Kata) -> None:
    """Each format takes its report."""
    with Grader(kata) as ours:
        for source in (NAIVE, RIGHT, "def ("):
            report = ours.grade(source, seed=1)
            for name in names():
                made = find(name).render(View(report, source, {}, 1.0))
                assert made is None or not speaks_of_another(made.decode("utf-8", "replace")), name


def test_class(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """A class of it gets its reports, its gradebook and its page, and a second run keeps them."""
    for name, source in {"ada": RIGHT, "bob": NAIVE}.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "softmax.py").write_text(source)
    (tmp_path / "class" / "eve").mkdir()
    options = ("--kata", SOFTMAX, "--out", tmp_path / "out", "--jobs", "1")
    ran = run_grade(tmp_path / "class", *options)
    assert ran.code == 0, ran.err
    reports = {
        name: json.loads((tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("ada", "bob", "eve")
    }
    assert [one["points"] for one in reports.values()] == [100, 70, 0]
    assert "softmax.py was expected" in reports["eve"]["message"]
    assert not speaks_of_another((tmp_path / "out" / "class.html").read_text(encoding="utf-8"))
    again = run_grade(tmp_path / "class", *options)
    assert "3 were done and unchanged" in again.out


def test_start_and_statement(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """It is begun and read like the one that is shipped."""
    begun = run_kata("start", tmp_path, "--kata", SOFTMAX)
    stub = (SOFTMAX / "exercise" / "softmax.py").read_bytes()
    assert (tmp_path / "softmax.py").read_bytes() == stub
    assert f"--kata {SOFTMAX}" in begun.out
    assert "one function to fill in" in begun.out
    shown = run_kata("statement", "--kata", SOFTMAX)
    text = (SOFTMAX / "exercise" / "README.md").read_text(encoding="utf-8")
    assert shown.out.startswith(text)
    assert f"kata start --kata {SOFTMAX}" in shown.out.removeprefix(text)


@pytest.mark.long
def test_watched(tmp_path: Path) -> None:
    """It is graded again at each save."""
    path = tmp_path / "softmax.py"
    path.write_text(NAIVE)
    command = [
        str(Path(sysconfig.get_path("scripts"), "grade")),
        str(path),
        "--kata",
        str(SOFTMAX),
        "--watch",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdout is not None
        try:
            _until(process.stdout, "70 / 100")
            _until(process.stdout, "Ctrl-C ends")
            path.write_text(RIGHT)
            _until(process.stdout, "100 / 100")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert process.returncode == 0


def _until(lines: Iterable[str], text: str) -> None:
    assert any(text in line for line in lines), text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_exported(platform: str, run_kata: "RunInProcess", tmp_path: Path) -> None:
    """Each platform's kit holds the kata and grades by it, wherever the kit is unpacked."""
    ran = run_kata("export", platform, tmp_path / "kit", "--kata", SOFTMAX)
    assert ran.code == 0, ran.err
    for kind in ("*.zip", "*.whl"):
        for path in [*(tmp_path / "kit").rglob(kind)]:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(path.with_name(f"{path.name} unpacked"))
    cases, *_ = (tmp_path / "kit").rglob("grader/katas/*/cases.py")
    assert cases.parent.name == "softmax"
    rooms = {path.name for path in cases.parent.parent.iterdir() if path.is_dir()}
    assert rooms == {"softmax", "common"}  # and what katas share
    (tmp_path / "mine.py").write_text(NAIVE)
    code = "from grader.commands.entry import main; main()"
    command = [sys.executable, "-c", code, "mine.py", "--json", "-"]
    packages = {**os.environ, "PYTHONPATH": str(cases.parents[3])}
    graded = subprocess.run(command, cwd=tmp_path, env=packages, capture_output=True, check=True)
    report = json.loads(graded.stdout)
    assert (report["kata"]["name"], report["points"]) == ("softmax", 70)
