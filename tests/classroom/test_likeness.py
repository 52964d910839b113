"""Who handed in the same: what was given to all, and what all write alike, is no likeness."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.kata import default_kata
from grader.worker.imports import study

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

KATA = default_kata()
RIGHT = KATA.solution_path.read_text()
STUB = KATA.stub.read_text()
EXAMPLE = "\nX = np.array([[1, 0], [0, 1]])\nprint(compute_qkv(X, X, X, X))\nassert True\n"
ONE_LINERS = """\
import numpy as np
def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v
def self_attention(Q, K, V):
    '''Attend.'''
    return soft(Q @ K.T / np.sqrt(Q.shape[1])) @ V
multi_head_attention = lambda Q, K, V, n_heads: Q
soft = lambda s: np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
"""


def code(source: str) -> str:
    """Return the hash by which likeness is told."""
    return str(study(source.encode())["code"])


@pytest.mark.parametrize(
    "source", [STUB, STUB + EXAMPLE, ONE_LINERS, EXAMPLE, "", STUB.replace("pass", "return None")]
)
def test_what_is_no_likeness(source: str) -> None:
    """The stub, the example and functions of one line are nobody's own."""
    assert code(source) == ""


@pytest.mark.parametrize(
    "other",
    [
        RIGHT + EXAMPLE,
        "import math\n" + RIGHT,
        RIGHT.replace("scores", "s"),
        RIGHT.replace('"""', "'''"),
    ],
)
def test_what_is_alike(other: str) -> None:
    """Names, comments, imports and what tries the functions out make no difference."""
    assert code(RIGHT) == code(other) != ""


def test_what_is_different() -> None:
    """Another step makes other code."""
    assert code(RIGHT) != code(RIGHT.replace(" / np.sqrt(d_k)", ""))


@pytest.mark.long
def test_attempts_of_one_are_not_alike(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A learner's attempts are one line, and no likeness; two learners' are, but no stubs."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name, source in (
        ("HW_ada_attempt_2026-03-01-11-00-00_a.py", RIGHT),
        ("HW_ada_attempt_2026-03-02-11-00-00_a.py", RIGHT),
        ("HW_bng_attempt_2026-03-01-11-00-00_a.py", RIGHT),
        ("HW_cy_attempt_2026-03-01-11-00-00_a.py", STUB),
        ("HW_di_attempt_2026-03-01-11-00-00_a.py", STUB),
    ):
        (folder / name).write_text(source)
    ran = run_grade(folder, "--out", tmp_path / "out", "--attempts", "best", "--seed", "1")
    assert ran.code == 0, ran.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["submissions"] == 4
    assert summary["identical"] == {"bytes": [["ada", "bng"]], "code": []}
