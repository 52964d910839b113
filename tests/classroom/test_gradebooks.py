"""Gradebooks as Canvas and Moodle export them, with the grades filled in."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import kata
from grader.classroom.gradebooks import fill
from grader.classroom.records import Record
from grader.errors import UsageError

if TYPE_CHECKING:
    from tests.conftest import RunInProcess


def record(learner: str, identifier: str = "", points: int | None = 88) -> Record:
    """Return a learner's line with this result."""
    return Record(
        key=learner,
        learner=learner,
        identifier=identifier,
        status="graded" if points is not None else "grader_error",
        score=None if points is None else points / 100,
        points=points or 0,
        message="",
        diagnoses=(),
        passed=frozenset(),
        sha256="",
        code_sha256="",
        grader=(),
        seed=1,
    )


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (17),Multi-head attention (4711)\r\n"
    "    Points Possible,,,,,10,20\r\n"
    '"Lovelace, Ada",123,s1,ada@x,One,7,\r\n'
    '"Turing, Alan",77,s2,alan@x,One,,3\r\n'
    '"Noether, Emmy",9,s3,emmy@x,One,EX,\r\n'
)
WORKSHEET = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade)\n"
    'Participant 123,Ada Lovelace,ada@x,"Submitted for grading, ",,50.00,-\n'
    "Teilnehmer 77,Alan Turing,alan@x,No submission,,50.00,-\n"
)
GRADER_REPORT = (
    "First name;Last name;ID number;Email address;Kata (Real)\nAda;Lovelace;42;ada@x;-\n"
    "Ada;Lovelace;43;ada2@x;-\nAlan;Turing;77;alan@x;-\n"
)


def test_canvas() -> None:
    """Points go into the kata's column, scaled to what it gives; nothing else changes."""
    class_ = [record("lovelaceada", "123"), record("turingalan", points=100)]
    filled = fill(CANVAS.encode(), class_)
    expected = CANVAS.replace("One,7,\r\n", "One,7,17.6\r\n").replace("One,,3", "One,,20")
    assert filled.data.decode() == expected
    assert (filled.column, filled.count) == ("Multi-head attention (4711)", 2)
    assert filled.unknown == ()


def test_moodle_worksheet() -> None:
    """The byte order mark, the order and the participants' numbers of a worksheet are kept."""
    filled = fill(WORKSHEET.encode(), [record("Somebody", "123"), record("Alan Turing", "")])
    expected = WORKSHEET.replace(",,50.00", ",44,50.00")
    assert filled.data.decode() == expected


def test_moodle_grader_report() -> None:
    """The delimiter is kept; of two with the same name neither gets the other's grade."""
    class_ = [record("Ada Lovelace"), record("Alan Turing"), record("Grace Hopper", "5")]
    filled = fill(GRADER_REPORT.encode(), class_, "Kata (Real)")
    assert filled.data.decode() == GRADER_REPORT.replace("alan@x;-", "alan@x;88")
    assert filled.unknown == ("Ada Lovelace", "Grace Hopper")


def test_who_has_no_score_keeps_the_old_one() -> None:
    """Where the grader failed nothing is written."""
    filled = fill(CANVAS.encode(), [record("turingalan", "77", points=None)])
    assert filled.data.decode() == CANVAS
    assert filled.unknown == ()


@pytest.mark.parametrize(
    ("exported", "column", "message"),
    [
        (CANVAS.replace("Multi-head attention", "Quiz").encode(), None, "Essay.*Quiz"),
        (CANVAS.encode(), "Kata", "--column"),
        (GRADER_REPORT.encode(), None, "--column"),
        (b"Student,ID\n", None, "no header"),
        (b"", None, "no header"),
        ("Étudiant,ID\nx,1\n".encode("latin-1"), None, "UTF-8"),
    ],
)
def test_no_gradebook(exported: bytes, column: str | None, message: str) -> None:
    """What is no gradebook, or does not say which column, is refused with a sentence."""
    with pytest.raises(UsageError, match=message):
        fill(exported, [], column)


def test_with_a_class(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """`grade --gradebook` writes a copy beside the reports and says who is not in it."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("lovelaceada_123_4_a", "zuseko_5_6_a"):
        (folder / f"{name}.py").write_bytes(kata.solution_path().read_bytes())
    exported = tmp_path / "canvas.csv"
    exported.write_text(CANVAS, newline="")
    ran = run_grade(folder, "--out", tmp_path / "out", "--gradebook", exported)
    assert ran.code == 0, ran.err
    written = (tmp_path / "out" / "canvas.csv").read_bytes().decode()
    assert written == CANVAS.replace("One,7,\r\n", "One,7,20\r\n")
    assert "1 of 2 grades are in the column 'Multi-head attention (4711)'" in ran.out
    assert "Not in the gradebook, or not once: zuseko." in ran.err
    assert exported.read_bytes().decode() == CANVAS


def test_refused_before_anything_is_graded(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A gradebook that would be written over, or is none, stops all at once."""
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text("")
    for name, text in (("gradebook.csv", CANVAS), ("other.csv", "x")):
        (tmp_path / name).write_text(text)
        ran = run_grade(folder, "--out", tmp_path / "out", "--gradebook", tmp_path / name)
        assert ran.code == 2
        assert not (tmp_path / "out").exists()
