"""What the learner's code prints is shown with the case that failed meanwhile."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.kata import load_kata

if TYPE_CHECKING:
    from tests.conftest import GradeSource, RunInProcess

RIGHT = load_kata().solution_path.read_text(encoding="utf-8")
DEBUG = RIGHT.replace(
    "    d_k = Q.shape[-1]\n", '    d_k = Q.shape[-1] * 2\n    print("DEBUG", Q.shape)\n'
).replace("def compute_qkv(", 'print("AT LOADING")\n\n\ndef compute_qkv(')
EXAMPLE = "self_attention.example"


def printed(report: dict[str, Any]) -> dict[str, str]:
    """Return what was printed, by case, where something was."""
    return {case["id"]: case["printed"] for case in report["cases"] if case["printed"]}


def test_with_the_case(grade_source: "GradeSource") -> None:
    """A failed case holds what its own calls printed, and nothing that loading the file did."""
    report = grade_source(DEBUG)
    told = printed(report)
    assert told[EXAMPLE].startswith("DEBUG (2, 2)")
    assert not any("AT LOADING" in text for text in told.values())
    assert not [case for case in report["cases"] if case["printed"] and case["points"]]
    assert report["cases"] == grade_source(DEBUG)["cases"]


def test_below_full(grade_source: "GradeSource") -> None:
    """At `hints` a public case alone tells what was printed; at `names` none does."""
    told = printed(grade_source(DEBUG, feedback="hints"))
    shown = {case["id"] for case in grade_source(DEBUG)["cases"] if case["visibility"] == "visible"}
    assert EXAMPLE in told
    assert set(told) <= shown
    assert not printed(grade_source(DEBUG, feedback="names"))


def test_much_is_cut(grade_source: "GradeSource") -> None:
    """What a case shows is the beginning of what was printed."""
    report = grade_source(DEBUG.replace('print("DEBUG"', 'print("x" * 1_000'))
    told = printed(report)
    assert told[EXAMPLE].startswith("xxx")
    assert max(map(len, told.values())) <= 400


def test_on_the_screen(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """`--cases` shows what was printed with the case that failed."""
    path = tmp_path / "mine.py"
    path.write_text(DEBUG)
    ran = run_grade(path, "--cases", "--seed", "7")
    assert "Printed: DEBUG (2, 2)" in ran.out
    assert "Printed: DEBUG (2, 2)" in run_grade(path, "--cases", "--plain", "--seed", "7").out
