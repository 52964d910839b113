"""Gradebooks as Canvas and Moodle export them, with the grades filled in."""

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.classroom import gradebooks
from grader.classroom.gradebooks import Filled
from grader.classroom.records import Record
from grader.errors import UsageError
from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

KATA = default_kata()


def fill(exported: bytes, records: list[Record], column: str | None = None, **how: Any) -> Filled:
    """Fill a gradebook in for the kata."""
    return gradebooks.fill(exported, records, column, KATA.name, **how)


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
    "Participant 77,Alan Turing,alan@x,No submission,,50.00,-\n"
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


SMITHS = (
    "Student,ID,SIS User ID,Section,Kata (1)\r\n"
    '"Smith, John",1004,s1004,One,\r\n"Turing, Alan",77,s77,One,\r\n'
)


@pytest.mark.parametrize(
    ("learner", "identifier"),
    [("smithjohn", "8888"), ("John Smith", "s8888"), ("submission_1004", "1004")],
)
def test_a_namesake_gets_nothing(learner: str, identifier: str) -> None:
    """Where numbers can be compared the name is not asked: another may have it too."""
    filled = fill(SMITHS.encode(), [record(learner, identifier), record("turingalan", "77")])
    assert filled.data.decode() == SMITHS.replace("s77,One,", "s77,One,88")
    assert filled.unknown == (learner,)


def test_a_namesake_in_a_worksheet_gets_nothing() -> None:
    """A participant's number that is not in the worksheet is not looked for by name."""
    class_ = [record("Ada Lovelace", "999"), record("Alan Turing", "77")]
    filled = fill(WORKSHEET.encode(), class_)
    assert filled.data.decode() == WORKSHEET.replace("No submission,,", "No submission,44,")
    assert filled.unknown == ("Ada Lovelace",)


def test_student_numbers() -> None:
    """Gradescope's are found in Canvas; in Moodle's report they need the name until they fit."""
    filled = fill(SMITHS.encode(), [record("Johnny S.", "s1004")])
    assert filled.data.decode() == SMITHS.replace("s1004,One,", "s1004,One,88")
    # 42 is a participant's number here, and another learner's student number.
    class_ = [record("Alan Turing", "42"), record("Grace Hopper", "43")]
    filled = fill(GRADER_REPORT.encode(), class_, "Kata (Real)")
    assert filled.data.decode() == GRADER_REPORT.replace("alan@x;-", "alan@x;88")
    # Of two with a name, the number tells which; and once numbers fit, only they count.
    class_ = [record("Ada Lovelace", "43"), record("Alan Turing", "9")]
    filled = fill(GRADER_REPORT.encode(), class_, "Kata (Real)")
    assert filled.data.decode() == GRADER_REPORT.replace("ada2@x;-", "ada2@x;88")
    assert filled.unknown == ("Alan Turing",)


def test_two_for_one_row() -> None:
    """Of two who both seem to be the same learner neither gets the grade."""
    class_ = [record("Alan Turing", points=10), record("alan turing"), record("Emmy Noether")]
    filled = fill(CANVAS.encode(), class_)
    assert filled.unknown == ("Alan Turing", "alan turing")


def test_nobody_is_known() -> None:
    """A gradebook of another class is refused with a sentence."""
    with pytest.raises(UsageError, match="knows nobody of the class"):
        fill(CANVAS.encode(), [record("hoppergrace", "5")])


GERMAN = (
    "\ufeffID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
    "Bewertung kann geändert werden,Zuletzt geändert (Bewertung),Feedback als Kommentar\r\n"
    'Teilnehmer/in 123,Ada Lovelace,ada@x,Abgegeben,,"50,00",Ja,-,\r\n'
    'Teilnehmer/in 77,Alan Turing,alan@x,"Abgegeben, ","3,00","50,00",Ja,-,"gut, ""sehr"" gut"\r\n'
)
FRENCH = (
    "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,Feedback\n"
    "Participant 123,Ada Lovelace,ada@x,Remis,,20.00,\n"
)


@pytest.mark.parametrize(
    ("worksheet", "old", "new"),
    [
        (GERMAN, 'Abgegeben,,"50,00"', 'Abgegeben,44,"50,00"'),
        (FRENCH, "Remis,,20.00", "Remis,17.6,20.00"),
    ],
)
def test_worksheets_in_other_languages(worksheet: str, old: str, new: str) -> None:
    """A worksheet is known by its participants, its column by the maximum beside it."""
    filled = fill(worksheet.encode(), [record("Ada Lovelace", "123")])
    assert filled.data.decode() == worksheet.replace(old, new)


def test_a_column_without_a_maximum_is_refused() -> None:
    """A worksheet that has no maximum beside the grade takes no points."""
    scale = WORKSHEET.replace("50.00", "Not yet, Done".replace(",", ""))
    with pytest.raises(UsageError, match="no maximum beside it"):
        fill(scale.encode(), [record("Ada Lovelace", "123")])


def test_excused_and_worthless() -> None:
    """Who is excused stays so; an assignment that gives no points is refused."""
    class_ = [record("noetheremmy", "9"), record("lovelaceada", "123")]
    filled = fill(CANVAS.encode(), class_, "Essay (17)")
    assert filled.data.decode() == CANVAS.replace("One,7,", "One,8.8,")
    assert (filled.count, filled.unknown) == (1, ())
    with pytest.raises(UsageError, match="gives no points"):
        fill(CANVAS.replace(",10,20", ",10,0").encode(), class_)


def test_all_other_bytes_stay() -> None:
    """Quotes, blanks, short rows, empty lines and the lack of a last line end are kept."""
    text = (
        '"Student",ID , "SIS User ID","Section","Kata (1)","Note"\r\n'
        '"Lovelace, ""Ada""","123",s1,"One","","a\nb, c"\n'
        "Turing,77\r\n\r\n"
        '"Noether","9",s3,One,  ,5" disk'
    )
    class_ = [record("lovelaceada", "123"), record("turing", "77"), record("noether", "9")]
    expected = text.replace('"One","",', '"One","88",').replace(",77\r", ",77,,,88\r")
    expected = expected.replace("One,  ,5", "One,88,5")
    assert fill(text.encode(), class_).data.decode() == expected


def test_who_has_no_score_keeps_the_old_one() -> None:
    """Where the grader failed nothing is written."""
    filled = fill(CANVAS.encode(), [record("turingalan", "77", points=None)])
    assert filled.data.decode() == CANVAS
    assert filled.unknown == ()


@pytest.mark.parametrize(
    ("status", "score"),
    [("grader_error", 1.0), *(("graded", odd) for odd in (math.nan, math.inf, -0.5, 1.5))],
)
def test_only_scores_are_written(status: str, score: float) -> None:
    """What is no score of a submission that was judged never reaches a gradebook."""
    odd = replace(record("turingalan", "77"), status=status, score=score)
    filled = fill(CANVAS.encode(), [odd, record("lovelaceada", "123")])
    assert filled.data.decode() == CANVAS.replace("One,7,\r\n", "One,7,17.6\r\n")


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


@pytest.mark.long
def test_with_a_class(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """`grade --gradebook` writes a copy beside the reports and says who is not in it."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("lovelaceada_123_4_a", "zuseko_5_6_a"):
        (folder / f"{name}.py").write_bytes(KATA.solution_path.read_bytes())
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
