"""Names that are nearly the right one, and those that are not."""

from typing import TYPE_CHECKING

import pytest

from grader.kata import default_kata
from grader.text import is_near, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import GradeSource, RunInProcess

WORDS = ["self_attention", "mean", "floor", "kata", "scores-not-scaled", "tanh-scores", "a"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *(("self_atention", "self_attention"), ("selfAttention", "self_attention")),
        *(("meen", "mean"), ("flor", "floor"), ("katta", "kata"), ("SCORES NOT SCALED", WORDS[4])),
        *((word, None) for word in ("foo", "scores", "b", "x1", "", "attention_is_all_you_need")),
    ],
)
def test_nearest(word: str, meant: str | None) -> None:
    """A slip of the pen finds its word; what has few letters in common, or is short, finds none."""
    assert nearest(word, WORDS) == meant


@pytest.mark.parametrize(
    ("one", "two", "near"),
    [
        ("attention", "self_attention", True),
        ("scaled_self_attention", "self_attention", True),
        ("head", "multi_head_attention", False),
        ("foo", "self_attention", False),
        ("f", "multi_head_attention", False),
    ],
)
def test_a_part_of_a_name(one: str, two: str, near: bool) -> None:
    """A name that is most of another is near to it, a single word of it is not."""
    assert is_near(one, two) == near


@pytest.mark.parametrize("name", ["foo.py", "b.py", "solve.py"])
def test_files_that_are_not_meant(run_grade: "RunInProcess", tmp_path: "Path", name: str) -> None:
    """Files that have only the ending in common are not proposed for each other."""
    for there in ("a.py", "mha.py", "new.ipynb"):
        (tmp_path / there).write_text("")
    ran = run_grade(tmp_path / name)
    assert ran.code == 2
    assert "Did you mean" not in ran.err


@pytest.mark.parametrize("mistake", ["foo", "maximal", "head-"])
def test_mistakes_that_are_not_meant(run_kata: "RunInProcess", mistake: str) -> None:
    """A word that some mistakes have in their names is no reason to name one of them."""
    ran = run_kata("explain", mistake)
    assert ran.code == 2
    assert "lists them all" in ran.err
    assert run_kata("explain", "heads").out.count("heads-") > 5


@pytest.mark.parametrize(
    ("name", "meant"), [("foo", None), ("attend", None), ("heads", None), ("arrange", "arange")]
)
def test_names_that_numpy_has_not(
    grade_source: "GradeSource", name: str, meant: str | None
) -> None:
    """What NumPy has is proposed where it is near to what was asked for, and only there."""
    message = grade_source(f"import numpy as np\n\nx = np.{name}\n")["message"]
    assert ("mean np." in message) == (meant is not None)
    assert meant is None or f"Do you mean np.{meant}?" in message


@pytest.mark.parametrize("name", ["fan", "tensor", "head", "lint"])
def test_functions_that_are_not_meant(grade_source: "GradeSource", name: str) -> None:
    """A function is not asked about for its parameters alone, nor for a word of another's name."""
    right = default_kata().solution_path.read_text()
    report = grade_source(right.replace("self_attention(", f"{name}("))
    assert "is it that?" not in str(report)
