"""Gradebooks of every kind, in every language, and after a spreadsheet has had them."""

from dataclasses import replace

import pytest

from grader.classroom.gradebooks import Filled
from grader.classroom.numbers import read_number, whole_identifier
from grader.classroom.records import Record
from grader.errors import UsageError
from grader.intake.people import Person
from tests.classroom.test_gradebooks import fill, record


def of(platform: str, name: str, identifier: str = "", points: int = 88) -> Record:
    """Return the line of a learner of a platform."""
    return replace(record(name, identifier, points), platform=platform)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("10", 10.0),
        ("10.0", 10.0),
        ("10,00", 10.0),
        ("7,5", 7.5),
        ("1,000.00", 1000.0),
        ("1.000,00", 1000.0),
        ("1 000,00", 1000.0),
        ("1\u202f000,00", 1000.0),
        ("1'000.00", 1000.0),
        ("1,000,000.5", 1_000_000.5),
        ("12,34,567", None),
        ("1E+02", 100.0),
        ("1,000", None),
        ("1.000", None),
        ("0.125", 0.125),
        ("100.00000", 100.0),
        ("10. Jan", None),
        ("(read only)", None),
        ("10 20", None),
        ("", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_numbers(cell: str, number: float | None) -> None:
    """A number is read as its country writes it; what may be either of two is none."""
    assert read_number(cell) == number


@pytest.mark.parametrize(
    ("cell", "identifier", "was_cut"),
    [
        ("1.01E+02", "101", False),
        ("1,01E+02", "101", False),
        ("1.23457E+07", "", True),
        ("101.0", "101", False),
        ("101", "101", False),
        ("ab1e5", "ab1e5", False),
    ],
)
def test_identifiers_of_spreadsheets(cell: str, identifier: str, was_cut: bool) -> None:
    """An identifier that a spreadsheet has rewritten is read if no digit is lost."""
    assert whole_identifier(cell) == (identifier, was_cut)


def worksheet(word: str, heads: str, most: str, quote: str = '"') -> str:
    """Return a grading worksheet of Moodle's."""
    rows = "".join(
        f"{word}{number},{name},x{number}@school.example,-,,{quote}{most}{quote},-\n"
        for number, name in ((101, "Ada Lovelace"), (102, "Alex Kim"), (103, "Alex Kim"))
    )
    return f"{heads}\n{rows}"


@pytest.mark.parametrize(
    "book",
    [
        worksheet(
            "Participant ", "Identifier,Full name,Email address,Status,Grade,Maximum,Last", "10.00"
        ),
        worksheet("Teilnehmer/in", "ID,Name,E-Mail,Status,Bewertung,Bestwertung,Zuletzt", "10,00"),
        worksheet(
            "Participante", "Identificador,Nombre,Correo,Estado,Calificación,Máxima,Última", "10,00"
        ),
        worksheet("Partecipante", "Codice,Nome,Email,Stato,Valutazione,Massima,Ultima", "10,00"),
        worksheet("参与者", "编号,全名,Email,状态,成绩,最高,最后", "10.00"),
        worksheet(
            "Účastník ", "Identifikátor,Celé jméno,E-mail,Stav,Známka,Nejvyšší,Naposledy", "10,00"
        ),
        worksheet("مشارك ", "معرف,الاسم,بريد,حالة,درجة,الحد,آخر", "10.00"),
        worksheet("참가자", "식별자,이름,이메일,상태,성적,최고,최종", "10"),
    ],
)
def test_worksheets_in_every_language(book: str) -> None:
    """The number stands behind the language's word, with a blank or without."""
    class_ = [
        of("moodle", "Ada Lovelace", "101"),
        of("moodle", "Alex Kim", "103", 50),
        of("moodle", "Group 1-Alex Kim", "102", 40),
    ]
    filled = fill(book.encode(), class_)
    lines = [line.split(",-,")[1].split(",")[0] for line in filled.data.decode().splitlines()[1:]]
    assert lines == ["8.8", "4", "5"]
    assert (filled.unknown, filled.odd, filled.missing) == ((), (), ())


def test_blind_marking() -> None:
    """Where nobody has a name there is none to disagree with the number."""
    book = "ID,Status,Note,Max\nTeilnehmer/in7,Abgegeben,,10\nTeilnehmer/in8,-,,10\n"
    filled = fill(book.encode(), [of("moodle", "Teilnehmer in", "7")])
    assert "Teilnehmer/in7,Abgegeben,8.8,10" in filled.data.decode()
    assert filled.odd == ()
    assert filled.missing == ("Teilnehmer/in8",)


def test_user_names_are_no_participants() -> None:
    """A column of user names that end in numbers makes no worksheet."""
    book = "Username,Last Name,Grade\ns101,Lovelace,\ns102,Kim,\n"
    filled = fill(book.encode(), [of("blackboard", "Ada", "s101"), of("", "Kim")])
    assert filled.data.decode().endswith("Kim,88\n")


CANVAS = "Student,ID,SIS User ID,Section,Multi-head attention (98765)\n    Points Possible,,,,{}\n"


@pytest.mark.parametrize(
    ("told", "grade"),
    [("10.0", "8.8"), ('"1,000.00"', "880"), ('"10,00"', "8.8"), ("1E+02", "88"), ("20", "17.6")],
)
def test_full_marks_of_canvas(told: str, grade: str) -> None:
    """The points possible are read however they are written."""
    book = CANVAS.format(told) + '"Lovelace, Ada",101,s1,One,\n'
    filled = fill(book.encode(), [of("canvas", "lovelaceada", "101")])
    assert filled.data.decode().endswith(f"One,{grade}\n")
    assert filled.is_told


@pytest.mark.parametrize("told", ["(read only)", '"1,000"', "10. Jan", "ten", "1.000"])
def test_full_marks_that_cannot_be_read(told: str) -> None:
    """Full marks that are there and cannot be read are refused, and never taken for 100."""
    book = CANVAS.format(told) + '"Lovelace, Ada",101,s1,One,\n'
    with pytest.raises(UsageError, match="cannot be read"):
        fill(book.encode(), [of("canvas", "lovelaceada", "101")])


def test_full_marks_that_are_not_there() -> None:
    """Without full marks they are 100, which is told, or what --out-of says."""
    book = "Student,ID,Section,Multi-head attention (98765)\nAda,101,One,\n"
    filled = fill(book.encode(), [of("canvas", "ada", "101")])
    assert (filled.most, filled.is_told) == (100, False)
    filled = fill(book.encode(), [of("canvas", "ada", "101")], out_of=20)
    assert filled.data.decode().endswith("One,17.6\n")


def test_cut_identifiers_are_told() -> None:
    """Identifiers that lost digits name nobody; names do where there is one alone."""
    rows = '"Lovelace, Ada",1.01E+02,s1,One,\n"Ng, Ben",1.23457E+07,s2,One,\n'
    class_ = [of("canvas", "lovelaceada", "101"), of("canvas", "ngben", "12345678")]
    filled = fill((CANVAS.format("10") + rows).encode(), class_)
    assert filled.data.decode().splitlines()[2].endswith("One,8.8")
    assert filled.data.decode().splitlines()[3].endswith("One,")
    assert filled.unknown == ("ngben",)
    assert "cut digits off 1" in filled.odd[0]


def test_grades_that_are_there() -> None:
    """A grade that is another is replaced and told, or kept when that is asked for."""
    rows = '"Lovelace, Ada",101,s1,One,7\n"Ng, Ben",102,s2,One,"8,80"\n"Roy, Di",103,s3,One,-\n'
    book = (CANVAS.format("10") + rows).encode()
    class_ = [
        of("canvas", name, number)
        for name, number in (("lovelaceada", "101"), ("ngben", "102"), ("roydi", "103"))
    ]
    filled = fill(book, class_)
    assert filled.replaced == (("lovelaceada", "7", "8.8"),)
    assert filled.count == 3
    filled = fill(book, class_, keep=True)
    assert filled.data.decode() == CANVAS.format("10") + rows.replace("One,-", "One,8.8").replace(
        '"8,80"', '"8.8"'
    )
    assert (filled.kept, filled.count, filled.replaced) == (1, 2, ())


def test_who_handed_in_nothing() -> None:
    """Who is in the gradebook and not in the class is listed, but for Canvas' test student."""
    rows = '"Lovelace, Ada",101,s1,One,\n"Ng, Ben",102,s2,One,\n"Student, Test",103,,One,\n'
    filled = fill((CANVAS.format("10") + rows).encode(), [of("canvas", "lovelaceada", "101")])
    assert filled.missing == ("Ng, Ben",)


def test_a_number_and_a_name_that_disagree() -> None:
    """The number decides and this is told; where the name is another's nobody gets anything."""
    rows = '"Lovelace, Ada",101,s1,One,\n"Ng, Ben",102,s2,One,\n"Roy, Di",103,s3,One,\n'
    book = (CANVAS.format("10") + rows).encode()
    filled = fill(book, [of("canvas", "kingada", "101"), of("canvas", "roydi", "103")])
    assert filled.data.decode().splitlines()[2].endswith("One,8.8")
    assert "kingada is Lovelace, Ada in the gradebook" in filled.odd[0]
    filled = fill(book, [of("canvas", "ngben", "101"), of("canvas", "roydi", "103")])
    assert filled.data.decode() == book.decode().replace("s3,One,", "s3,One,8.8")
    assert filled.unknown == ("ngben",)
    assert "Was a part of it sorted?" in filled.odd[0]


def test_files_named_after_logins() -> None:
    """Where files are named after numbers, logins or addresses, these tell whose they are."""
    book = (
        "Student,ID,SIS User ID,SIS Login ID,Email,Multi-head attention (98765)\n"
        '"Lovelace, Ada",101,s1,ada,ada@x.example,\n"Ng, Ben",102,s2,bng,ben@x.example,\n'
        '"Roy, Di",103,s3,droy,di@x.example,\n'
    )
    class_ = [of("", "S1"), of("", "bng", points=50), of("", "di@x.example", points=25)]
    filled = fill(book.encode(), class_)
    grades = [line.rpartition(",")[2] for line in filled.data.decode().splitlines()[1:]]
    assert grades == ["88", "50", "25"]


def test_groups() -> None:
    """Each member of a group gets its grade, by the member's own number."""
    names = ("Lovelace, Ada", "Ng, Ben", "Kim, Al", "Kim, Al")
    rows = "".join(f'"{name}",10{at},s{at},One,\n' for at, name in enumerate(names, 1))
    members = (Person("Ada L.", "s1"), Person("Al Kim", "s4"), Person("Ben Ng", ""))
    group = replace(of("gradescope", "Ada L., Al Kim, Ben Ng", "s1"), members=members)
    filled = fill((CANVAS.format("10") + rows).encode(), [group])
    grades = [line.rpartition(",")[2] for line in filled.data.decode().splitlines()[2:]]
    assert grades == ["8.8", "8.8", "", "8.8"]
    assert (filled.count, filled.total) == (3, 3)


def test_a_group_of_moodles() -> None:
    """A group's number is no participant's: its name leads to its members."""
    book = (
        "Identifier,Full name,Email address,Status,Group,Grade,Maximum Grade\n"
        "Participant 7,Ada,a@x,-,Team 1,,10\nParticipant 8,Ben,b@x,-,Team 1,,10\n"
        "Participant 9,Cy,c@x,-,Team 2,,10\n"
    )
    class_ = [of("moodle", "Team 1", "9"), of("moodle", "Team 2", "8", 50)]
    filled = fill(book.encode(), class_)
    grades = [line.split(",")[5] for line in filled.data.decode().splitlines()[1:]]
    assert grades == ["8.8", "8.8", "5"]


BLACKBOARD = (
    '\ufeff"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Essay [Total Pts: 5 Score] |11"\t'
    '"Multi-head attention [Total Pts: 20 Score] |12"\n'
    '"Lovelace"\t"Ada"\t"al1"\t"007"\t"3"\t"Needs Grading"\n"Kim"\t"Alex"\t"ak2"\t"8"\t""\t""\n'
    '"Kim"\t"Alex"\t"ak3"\t"9"\t""\t""\n'
)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_blackboard(encoding: str) -> None:
    """Tabs and UTF-16 stay; user names decide, and the maximum stands in the title."""
    class_ = [of("blackboard", "Ada", "al1"), of("blackboard", "Alex Kim", "ak3", 50)]
    filled = fill(BLACKBOARD.encode(encoding), class_)
    expected = BLACKBOARD.replace("Needs Grading", "17.6").replace('"9"\t""\t""', '"9"\t""\t"10"')
    assert filled.data.decode(encoding) == expected


def test_blackboard_without_names() -> None:
    """A user name decides although the files tell no name that the gradebook has."""
    filled = fill(BLACKBOARD.encode("utf-16-le"), [of("blackboard", "ak3", "ak3")])
    assert (filled.count, filled.odd) == (1, ())
    assert '"ak3"\t"9"\t""\t"17.6"' in filled.data.decode("utf-16-le")
    filled = fill(
        BLACKBOARD.encode("utf-16-le"), [of("blackboard", "ak3", "ak3"), of("blackboard", "x", "x")]
    )
    assert filled.unknown == ("x",)


def test_blackboard_in_commas_and_other_languages() -> None:
    """The words in the brackets are the teacher's; the number is the maximum."""
    book = (
        '"Nachname","Vorname","Username","Nummer","Multi-head attention [Gesamtpunkte: 1.000,00 '
        'Punkte] |12"\n"Lovelace","Ada","al1","al1",""\n'
    )
    filled = fill(book.encode(), [of("blackboard", "Ada Lovelace", "al1")])
    assert filled.data.decode().endswith('"al1","880"\n')


BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Multi-head attention Points Grade{},"
    "End-of-Line Indicator\r\n#0101,#al1,Lovelace,Ada,,#\r\n#102,#ak2,Kim,Alex,,#\r\n"
    "#103,#ak3,Kim,Alex,3,#\r\n"
)


def test_brightspace() -> None:
    """The marks of Brightspace's around numbers and lines stay; two of a name get nothing."""
    book = BRIGHTSPACE.format(" <Numeric MaxPoints:50 Weight:10>")
    class_ = [of("brightspace", "Ada Lovelace", "777"), of("brightspace", "Alex Kim", "778")]
    filled = fill(book.encode(), class_)
    assert filled.data.decode() == book.replace("Ada,,#", "Ada,44,#")
    assert filled.unknown == ("Alex Kim",)
    listed = replace(class_[1], members=(Person("Alex Kim", "778", "", ("101",)),))
    filled = fill(book.encode(), [listed])
    assert "Alex Kim is Ada Lovelace in the gradebook, by the number" in filled.odd[0]


def test_brightspace_without_a_maximum() -> None:
    """A title without a maximum leaves it open, which is told."""
    filled = fill(BRIGHTSPACE.format("").encode(), [of("brightspace", "Ada Lovelace", "777")])
    assert isinstance(filled, Filled)
    assert not filled.is_told


def test_how_grades_are_posted_is_no_maximum() -> None:
    """The row in which Canvas says how grades are posted stands before that of the points."""
    rows = (
        "Student,ID,Section,Multi-head attention (98765),Current Score\n"
        ",,,Manual Posting,\n    Points Possible,,,20.0,(read only)\n"
        '"Lovelace, Ada",101,One,,\n"Ng, Ben",102,One,EX,\n'
    )
    class_ = [of("canvas", "lovelaceada", "101"), of("canvas", "ngben", "102")]
    filled = fill(rows.encode(), class_)
    assert filled.data.decode() == rows.replace("101,One,,", "101,One,17.6,")
    assert (filled.is_told, filled.missing) == (True, ())


def test_the_maximum_of_gradescopes_gradebook() -> None:
    """Full marks that stand in a column beside the grades are theirs."""
    book = (
        "First Name,Last Name,SID,Attention,Attention - Max Points\n"
        "Ada,Lovelace,007,,20.0\nBen,Ng,8,,20.0\n"
    )
    filled = fill(book.encode(), [of("gradescope", "Ada Lovelace", "007")], "Attention")
    assert filled.data.decode() == book.replace("007,,", "007,17.6,")
    assert filled.is_told


def test_a_maximum_that_may_be_either_of_two() -> None:
    """A worksheet's maximum that cannot be read is said to be that, and not to be missing."""
    book = "Identifier,Full name,Grade,Maximum Grade\nParticipant 1,Ada L,,1.000\n"
    with pytest.raises(UsageError, match=r"full marks of Grade cannot be read \(1\.000\)"):
        fill(book.encode(), [of("moodle", "Ada L", "1")])


def test_namesakes_alone() -> None:
    """Where all have one name, and no number, it is said that nobody can be told apart."""
    book = "Full name,Grade\nAda L,\nAda L,\n"
    class_ = [of("moodle", "Ada L", "1"), of("moodle", "Ada L", "2")]
    with pytest.raises(UsageError, match="more than once and no number"):
        fill(book.encode(), class_)


def test_blackboards_words_are_no_grades() -> None:
    """A grade that waits to be given is not one that is there."""
    class_ = [of("blackboard", "Ada", "al1")]
    filled = fill(BLACKBOARD.encode("utf-16-le"), class_, keep=True)
    assert (filled.kept, filled.replaced, filled.count) == (0, (), 1)


def test_numbers_that_all_disagree() -> None:
    """Where no number has the name that it should, it is not said that nobody is known."""
    rows = '"Lovelace, Ada",101,s1,One,\n"Ng, Ben",102,s2,One,\n'
    class_ = [of("canvas", "lovelaceada", "102"), of("canvas", "ngben", "101")]
    with pytest.raises(UsageError, match=r"has the number of .* and the name of another"):
        fill((CANVAS.format("10") + rows).encode(), class_)
