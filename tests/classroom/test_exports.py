"""Whose is what, as platforms and file systems name it, from the folder to the gradebook."""

import csv
import json
import unicodedata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from grader.intake.learners import discover
from tests.classroom.exports import FILE, grade_by_number

if TYPE_CHECKING:
    from tests.conftest import Ran, RunInProcess

Files = dict[str, str | bytes]
Line = tuple[str, str, str]


@pytest.fixture(autouse=True)
def _by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grade each file with the number that it holds, as only names matter here."""
    monkeypatch.setattr("grader.commands.grade_class.run_class", grade_by_number)


def write(folder: Path, files: Files) -> Path:
    """Write a class as a folder; a path that ends with / is a folder."""
    for name, content in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def zipped(tmp_path: Path, files: Files) -> bytes:
    """Return a zip."""
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path.read_bytes()


def lines(out: Path) -> dict[str, Line]:
    """Return (identifier, points or status, late) by name, of our gradebook."""
    with (out / "gradebook.csv").open(newline="", encoding="utf-8") as file:
        return {
            row["name"]: (
                row["identifier"],
                row["points"] if row["status"] == "graded" else row["status"],
                row["late"],
            )
            for row in csv.DictReader(file)
        }


def reasons(out: Path) -> dict[str, str]:
    """Return the reason of each line."""
    with (out / "gradebook.csv").open(newline="", encoding="utf-8") as file:
        return {row["name"]: row["reason"] for row in csv.DictReader(file)}


CLASSES: dict[str, tuple[Files, dict[str, Line]]] = {
    "what cannot be judged has a line": (
        {
            "ada.py": "9",
            "bob.java": "",
            "cy.docx": "",
            "di.py.txt": "7",
            "eva.rar": "",
            "fay/": "",
            "gus/essay.pdf": "",
            ".DS_Store": "",
            "__MACOSX/._ada.py": "",
            "Thumbs.db": "",
            "README.md": "",
        },
        {
            "ada": ("", "9", ""),
            "bob": ("", "rejected", ""),
            "cy": ("", "rejected", ""),
            "di": ("", "7", ""),
            "eva": ("", "rejected", ""),
            "fay": ("", "rejected", ""),
            "gus": ("", "rejected", ""),
        },
    ),
    "Moodle, in groups, blind, flat, from 4.1 on": (
        {
            "Ada Lovelace_101_assignsubmission_file/x.py": "1",
            "Group 1-Ben Ng_102_assignsubmission_file_/x.py": "2",
            "Teilnehmer_in_103_assignsubmission_file_/x.py": "x",
            "参与者_104_assignsubmission_file_x.py": "4",
            "Cy Diaz_105_assignsubmission_onlinetext_/onlinetext.html": "<p>",
            "O'Brien, Pat_106_assignsubmission_onlinetext_/onlinetext.html": "<p>",
            "O'Brien, Pat_106_assignsubmission_file_/hw/x.py": "6",
            "Default group_assignsubmission_file_/x.py": "7",
        },
        {},
    ),
    "Canvas, late, anonymous, counted, typed": (
        {
            f"adalovelace_LATE_1_11_{FILE}": "1",
            "bng_2_12_multi_head_attention-1.py": "1",
            "bng_2_13_multi_head_attention-2.py": "2",
            "cdiaz_LATE_3_text.html": "<p>",
            "droy_4_link.html": "<p>",
            "LATE_anon_a1B2c_14_mine.py": "5",
            "anon_Zz1qW_15_test_mha.py": "0",
            f"anon_Zz1qW_16_{FILE}": "6",
        },
        {
            "adalovelace": ("1", "1", "LATE"),
            "bng": ("2", "2", ""),
            "cdiaz": ("3", "rejected", "LATE"),
            "droy": ("4", "rejected", ""),
            "anon_a1B2c": ("a1B2c", "5", "LATE"),
            "anon_Zz1qW": ("Zz1qW", "6", ""),
        },
    ),
    "Gradescope, with names in quotes of all kinds": (
        {
            f"submission_1/{FILE}": "1",
            f"submission_2/{FILE}": "2",
            "submission_metadata.yml": (
                '---\nsubmission_1:\n  :submitters:\n  - :name: "Zo\\xEB M\\u00FCller"\n'
                "    :sid: 's1'\n    :email: z@x\n  - :name: 'Pat O''Brien'\n    :sid: s2\n"
                "  :created_at: 2026-03-01 11:00:00.12 -08:00\nsubmission_2:\n  :submitters:\n"
                "  - :name: 王小明\n    :sid:\n    :email: w@x\n"
            ),
        },
        {"Zoë Müller": ("s1", "1", ""), "Pat O'Brien": ("s2", "1", ""), "王小明": ("", "2", "")},
    ),
    "Blackboard, all attempts": (
        {
            "HW_3_ada_attempt_2026-03-01-11-00-00.txt": "Name: Ada Lovelace (ada)\nx",
            f"HW_3_ada_attempt_2026-03-01-11-00-00_{FILE}": "1",
            "HW_3_ada_attempt_2026-03-02-09-00-00.txt": "Nom: Ada Lovelace (ada)\nx",
            "HW_3_ada_attempt_2026-03-02-09-00-00_mine.py": "2",
            "HW_3_bng_attempt_2026-03-01-12-00-00.txt": "Name: Somebody (mallory)\nx",
            f"HW_3_bng_attempt_2026-03-01-12-00-00_x_attempt_2026-01-01-00-00-00_{FILE}": "3",
            "HW_3_cy_attempt_2026-03-01-13-00-00.txt": "Name: Cy (cy)\nonly typed",
        },
        {
            "Ada Lovelace": ("ada", "2", ""),
            "bng": ("bng", "3", ""),
            "Cy": ("cy", "rejected", ""),
        },
    ),
    "Brightspace, dates in any language": (
        {
            "index.html": "",
            "11-77 - Ada Lovelace - Mar 1, 2026 1159 PM/a.py": "1",
            "11-77 - Ada Lovelace - Mar 2, 2026 959 AM/a.py": "2",
            "12-77 - Ben - Ng - 1 mars 2026 14 h 05/b.py": "3",
            "12-77 - Ben - Ng - 28 févr. 2026 14 h 05/b.py": "4",
            "13-77 - Cy Diaz - 9 März 2026 08.00/c.py": "5",
            "13-77 - Cy Diaz - 10 März 2026 08.00/c.py": "6",
        },
        {
            "Ada Lovelace": ("11", "2", ""),
            "Ben - Ng": ("12", "3", ""),
            "Cy Diaz": ("13", "6", ""),
        },
    ),
    "clones of GitHub Classroom's": (
        {
            "hw-3-ada/.git/HEAD": "ref",
            f"hw-3-ada/{FILE}": "1",
            "hw-3-bob-ng/.git/HEAD": "ref",
            f"hw-3-bob-ng/src/{FILE}": "2",
            "hw-3-cy/.git/HEAD": "ref",
            "hw-3-cy/README.md": "nothing done",
        },
        {"ada": ("ada", "1", ""), "bob-ng": ("bob-ng", "2", ""), "cy": ("cy", "rejected", "")},
    ),
    "Sakai": (
        {
            "HW 3/grades.csv": "x",
            f"HW 3/Lovelace, Ada(al1)/Submission attachment(s)/{FILE}": "1",
            "HW 3/Lovelace, Ada(al1)/timestamp.txt": "20260301110000000",
            "HW 3/Lovelace, Ada(al1)/Feedback Attachment(s)/old.py": "0",
            "HW 3/Ng, Ben(bn2)/comments.txt": "",
            "HW 3/Ng, Ben(bn2)/Ng, Ben(bn2)_submissionText.html": "<p>",
        },
        {"Lovelace, Ada": ("al1", "1", ""), "Ng, Ben": ("bn2", "rejected", "")},
    ),
    "nbgrader's course": (
        {
            "source/ps1/x.py": "0",
            "gradebook.db": "x",
            f"submitted/ada/ps1/{FILE}": "1",
            "submitted/ada/ps1/timestamp.txt": "2026-03-01 11:00:00 UTC",
            "submitted/bob/ps1/x.py": "2",
        },
        {"ada": ("ada", "1", ""), "bob": ("bob", "2", "")},
    ),
    "Brightspace, flat": (
        {
            "index.html": "x",
            "101-77 - Ada Lovelace - Mar 1, 2026 1100 AM - x.py": "0",
            "101-77 - Ada Lovelace - Mar 2, 2026 1215 PM - my - file.py": "1",
            "102-77 - Ben van der Ng - 1 March, 2026 900 PM - x.py": "2",
        },
        {"Ada Lovelace": ("101", "1", ""), "Ben van der Ng": ("102", "2", "")},
    ),
    "an archive that is not read": (
        {"ada.py": "1", "rob.tar.gz": "x"},
        {
            "ada": ("", "1", ""),
            "rob": ("", "rejected", ""),
        },
    ),
    "names that are nearly right": (
        {
            "a/Multi_Head_Attention.py": "1",
            "a/other.py": "0",
            "b/multi-head attention.py": "2",
            "b/test.py": "0",
            "c/multi_head_attention_final.py": "3",
            "c/plot.py": "0",
            "d/Kopie von multi_head_attention.py": "4",
            "d/x.py": "0",
            "e/multi_head_attention_1_final.py": "0",
            "e/multi_head_attention_final.py": "0",
            "f/multi_head_attention.pyw": "6",
        },
        {
            "a": ("", "1", ""),
            "b": ("", "2", ""),
            "c": ("", "3", ""),
            "d": ("", "4", ""),
            "e": ("", "rejected", ""),
            "f": ("", "6", ""),
        },
    ),
    "old copies": (
        {
            f"a/{FILE}": "1",
            f"a/old/{FILE}": "0",
            f"b/v1/deep/{FILE}": "0",
            f"b/v2/{FILE}": "2",
            f"c/x/{FILE}": "3",
            f"c/y/{FILE}": "3",
            f"d/x/{FILE}": "3",
            f"d/y/{FILE}": "4",
            f"e/{FILE}": "5",
            "e/multi_head_attention (1).py": "0",
            "f/multi_head_attention (1).py": "6",
            "f/helper.py": "0",
        },
        {
            "a": ("", "1", ""),
            "b": ("", "2", ""),
            "c": ("", "3", ""),
            "d": ("", "rejected", ""),
            "e": ("", "5", ""),
            "f": ("", "6", ""),
        },
    ),
}
CLASSES["Moodle, in groups, blind, flat, from 4.1 on"][0].pop(
    "Teilnehmer_in_103_assignsubmission_file_/x.py"  # no name of Moodle's has an underscore
)
CLASSES["Moodle, in groups, blind, flat, from 4.1 on"][1].update(
    {
        "Ada Lovelace": ("101", "1", ""),
        "Group 1-Ben Ng": ("102", "2", ""),
        "参与者": ("104", "4", ""),
        "Cy Diaz": ("105", "rejected", ""),
        "O'Brien, Pat": ("106", "6", ""),
        "Default group": ("", "7", ""),
    }
)


@pytest.mark.parametrize("kind", CLASSES)
def test_everybody_has_the_right_line(kind: str, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Each learner has one line, with his name, his number and what counts of what he handed in."""
    files, expected = CLASSES[kind]
    ran = run_grade(write(tmp_path / "class", files), "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    assert lines(tmp_path / "out") == expected
    assert all(reasons(tmp_path / "out")[n] for n, one in expected.items() if one[1] == "rejected")


def test_code_in_files_of_other_names(tmp_path: Path) -> None:
    """A text that holds Python is read as it, which is told; notes and pictures are not."""
    code = "import numpy as np\ndef f(): pass\n"
    files: Files = {"ada.py": code, "bob.txt": code, "cy/solution": code, "di/notes.txt": "def. x"}
    files |= {"eva/a.txt": code, "eva/b.txt": code, "fay/x.py": code, "fay/x.ipynb": "{}"}
    found = discover(write(tmp_path / "class", files), FILE)
    notes = {one.key: one.note for one in found.entries}
    assert notes["bob"] == "bob.txt is no Python file by its name; it was read as one."
    assert notes["cy"].startswith("solution is no Python file by its name")
    assert notes["fay"] == "x.py was judged; there is x.ipynb too."
    assert {one.key for one in found.entries if one.problem} == {"di", "eva"}


def test_what_was_not_handed_in_is_said_so(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A text that was typed in is told as one, and no folder is empty that was never there."""
    files: Files = {
        "HW 3_bng_attempt_2026-03-02-12-00-00.txt": "Name: Ben Ng (bng)\n",
        "HW 3_ada_attempt_2026-03-02-12-00-00_x.py": "1",
    }
    ran = run_grade(write(tmp_path / "a", files), "--out", tmp_path / "a-out")
    assert ran.code == 0, ran.err
    assert reasons(tmp_path / "a-out")["Ben Ng"].startswith("No file was handed in")
    files = {
        "Ng, Ben(bng)/timestamp.txt": "20260301110000000",
        "Ng, Ben(bng)/Ng, Ben(bng)_submissionText.html": "x",
    }
    ran = run_grade(write(tmp_path / "b", files), "--out", tmp_path / "b-out")
    assert ran.code == 0, ran.err
    assert "a text that was typed in" in reasons(tmp_path / "b-out")["Ng, Ben"]


def test_what_else_was_handed_in_is_told(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """An older copy, a copy of the browser's, an earlier attempt: each is told on the screen."""
    files: Files = {f"a/{FILE}": "1", f"a/old/{FILE}": "0", f"b/{FILE}": "2"}
    files |= {"b/multi_head_attention (1).py": "0"}
    files |= {f"HW_c_attempt_2026-03-0{day}-11-00-00_{FILE}": "3" for day in (1, 2)}
    ran = run_grade(write(tmp_path / "class", files), "--out", tmp_path / "out")
    assert f"a: {FILE} was judged; there is old/{FILE} too." in ran.out
    assert "b: multi_head_attention.py was judged; there is multi_head_attention (1)" in ran.out
    assert "c: Handed in before, too: 2026-03-01 11:00:00." in ran.out
    notes = json.loads((tmp_path / "out" / "summary.json").read_text())["notes"]
    assert [one["key"] for one in notes] == ["a", "b", "c"]
    assert "was judged; there is" in (tmp_path / "out" / "class.html").read_text()


def test_zips_are_looked_into(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A zip is a folder of a learner's, wherever it lies; what is none has its reason."""
    inner = zipped(tmp_path, {f"hw/{FILE}": "1"})
    files: Files = {
        "ada.zip": inner,
        "bob/hw.zip": inner,
        "cy_3_33_hw.zip": inner,
        "di.zip": zipped(tmp_path, {"hw/essay.docx": "x"}),
        "eva.zip": b"no zip at all",
        "fay.zip": zipped(tmp_path, {"hw.zip": inner}),
        "gus.zip": zipped(tmp_path, {f"{number}.txt": "" for number in range(10_001)}),
        "hal.zip": b"PK\x05\x06" + b"\0" * 8 + b"\xff" * 4 + b"\0" * 6,
    }
    ran = run_grade(write(tmp_path / "class", files), "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    found = {name: line[1] for name, line in lines(tmp_path / "out").items()}
    assert found == {
        **dict.fromkeys(("ada", "bob", "cy", "fay"), "1"),
        **dict.fromkeys(("di", "eva", "gus", "hal"), "rejected"),
    }
    assert "essay.docx" in reasons(tmp_path / "out")["di"]
    assert "no zip that can be opened" in reasons(tmp_path / "out")["eva"]
    for name in ("gus", "hal"):
        assert "more than 10000 files" in reasons(tmp_path / "out")[name]


class Unflagged(zipfile.ZipInfo):
    """A member whose name is in an encoding that the archive does not tell."""

    raw: bytes

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.raw, self.flag_bits & ~0x800


def unflagged(path: Path, names: list[bytes]) -> Path:
    """Write a zip with names as they are."""
    with zipfile.ZipFile(path, "w") as archive:
        for raw in names:
            info = Unflagged("x")
            info.raw = raw
            archive.writestr(info, "5")
    return path


@pytest.mark.parametrize(
    ("encoding", "given", "name"),
    [
        ("utf-8", None, "Zoë Müller"),
        ("utf-8", None, unicodedata.normalize("NFD", "Zoë Müller")),
        ("utf-8", None, "王小明"),
        ("utf-8", "gbk", "Zoë Müller"),
        ("cp437", None, "Zoë Müller"),
        ("cp850", "cp850", "João Ødegård"),
        ("gbk", "gbk", "王小明"),
        ("shift_jis", "shift_jis", "山田太郎"),
    ],
)
def test_names_in_archives(
    encoding: str, given: str | None, name: str, tmp_path: Path, run_grade: "RunInProcess"
) -> None:
    """Names without a flag are read in UTF-8 if they are, else as --names says."""
    archive = unflagged(tmp_path / "class.zip", [f"{name}/{FILE}".encode(encoding)] * 1)
    how = ["--names", given] if given and encoding != "utf-8" else []
    ran = run_grade(archive, "--out", tmp_path / "out", *how)
    assert ran.code == 0, ran.err
    assert list(lines(tmp_path / "out")) == [unicodedata.normalize("NFC", name)]


def test_names_that_may_be_wrong_are_told(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Where nothing tells how names are written, a sentence says so and how to read them."""
    archive = unflagged(tmp_path / "class.zip", [f"王小明/{FILE}".encode("gbk")])
    ran = run_grade(archive, "--out", tmp_path / "out")
    assert "may be wrong" in ran.err
    assert "--names" in ran.err
    assert run_grade(archive, "--out", tmp_path / "out", "--names", "klingon").code == 2


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Multi-head attention (98765)\n"
    "    Points Possible,,,,,10.0\n"
)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_the_same_however_they_are_written(
    form: Literal["NFC", "NFD"], tmp_path: Path, run_grade: "RunInProcess"
) -> None:
    """A name with its accents apart is the same name as with them composed."""
    names = ["José Díaz", "Łukasz Øre", "Ngô Bảo", "김철수"]
    other: Literal["NFC", "NFD"] = "NFD" if form == "NFC" else "NFC"
    files: Files = {
        f"{unicodedata.normalize(other, name)}/{FILE}": str(at) for at, name in enumerate(names)
    }
    rows = "".join(
        f"{unicodedata.normalize(form, name)},{at},,,One,\n" for at, name in enumerate(names)
    )
    (tmp_path / "book.csv").write_text(CANVAS + rows)
    ran = gradebook(tmp_path, files, run_grade)
    assert "4 of 4 grades" in ran.out, ran.err


def gradebook(tmp_path: Path, files: Files, run_grade: "RunInProcess", *more: str) -> "Ran":
    """Grade a class into book.csv."""
    folder = write(tmp_path / "class", files)
    book = ("--gradebook", tmp_path / "book.csv")
    ran = run_grade(folder, "--out", tmp_path / "out", *book, *more)
    assert ran.code == 0, ran.err
    return ran


def test_roster(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A roster gives names to logins, tells who handed in nothing, and who is not on it."""
    files: Files = {}
    for login in ("ada", "bob", "eve"):
        files |= {f"hw-{login}/.git/HEAD": "x", f"hw-{login}/{FILE}": "1"}
    (tmp_path / "roster.csv").write_text(
        "identifier;name;email;github_username\n"
        "s1;Ada Lovelace;a@x;ada\ns2;Ben Ng;b@x;BOB\ns3;Cy Diaz;c@x;cy\n"
    )
    (tmp_path / "book.csv").write_text(
        "Student,ID,SIS User ID,Section,Multi-head attention (98765)\n"
        '"L., A.",9,s1,One,\n"N., B.",8,s2,One,\n"D., C.",7,s3,One,\n'
    )
    ran = gradebook(tmp_path, files, run_grade, "--roster", str(tmp_path / "roster.csv"))
    assert list(lines(tmp_path / "out")) == ["Ada Lovelace", "Ben Ng", "eve"]
    assert "Handed in nothing: Cy Diaz." in ran.out
    assert "Not on the roster, or not once: eve." in ran.out
    written = (tmp_path / "out" / "book.csv").read_text()
    assert [line.rpartition(",")[2] for line in written.splitlines()[1:]] == ["1", "1", ""]


ROSTERS = {
    "german, of a spreadsheet": (
        "Matrikelnummer\tVorname\tNachname\tE-Mail-Adresse\r\n1\tAda\tLovelace\tada@x\r\n"
        "3\tCy\tDiaz\tcy@x\r\n",
        "utf-16",
    ),
    "french": ("Identifiant;Nom;Prénom\nada;Lovelace;Ada\ncy;Diaz;Cy\n", "utf-8-sig"),
    "one name": (
        '"Last Name, First Name","SIS Login ID"\n"Lovelace, Ada",ada\nDiaz Cy,cy\n',
        "utf-8",
    ),
    "capitals and marks": ("STUDENT_ID,FULL-NAME\nADA,Ada Lovelace\ncy,Cy Diaz\n", "utf-8"),
    "mail alone": ("Student E-mail\nada@x\ncy@x\n", "utf-8"),
}


@pytest.mark.parametrize("kind", ROSTERS)
def test_headings_of_rosters(kind: str, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A roster's columns are known in several languages and spellings."""
    text, encoding = ROSTERS[kind]
    (tmp_path / "roster.csv").write_bytes(text.encode(encoding))
    folder = write(tmp_path / "class", {"ada.py": "1"})
    ran = run_grade(folder, "--out", tmp_path / "out", "--roster", str(tmp_path / "roster.csv"))
    assert ran.code == 0, ran.err
    assert "Handed in nothing: " in ran.out
    assert "Not on the roster" not in ran.out + ran.err


def test_anonymous(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Nothing in the folder of the reports names anybody, from one run to the next the same."""
    files: Files = {"adalovelace_1_11_lovelace.py": "1", "bng_2_12_x.py": "2"}
    files |= {"kim_3_13_lovelace.docx": "", "roy_4_14_lovelace.py.txt": "4"}
    folder = write(tmp_path / "class", files)
    (tmp_path / "roster.csv").write_text("name\nMissing Lovelace\n")
    roster = ("--roster", tmp_path / "roster.csv")
    seen = []
    for _ in range(2):
        options = ("--anonymous", "--feedback-zip", *roster)
        ran = run_grade(folder, "--out", tmp_path / "out", *options)
        assert ran.code == 0, ran.err
        names = sorted(path.name for path in (tmp_path / "out").iterdir())
        seen.append(names)
        for path in (tmp_path / "out").iterdir():
            if path.name not in ("feedback.zip", "run.json"):
                assert "lovelace" not in (path.name + path.read_text()).lower()
    assert seen[0] == seen[1]


def test_prune(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Reports of who is gone are told, and removed with --prune alone."""
    folder, out = write(tmp_path / "class", {"ada.py": "1", "bob.py": "2"}), tmp_path / "out"
    run_grade(folder, "--out", out)
    (folder / "bob.py").unlink()
    ran = run_grade(folder, "--out", out)
    assert "is still there; --prune removes it: bob.json" in ran.out
    assert (out / "bob.json").exists()
    ran = run_grade(folder, "--out", out, "--prune")
    assert "was removed: bob.json" in ran.out
    assert not (out / "bob.json").exists()
    assert "bob" not in run_grade(folder, "--out", out).out


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (("--late-penalty", "10%/day"), "--due"),
        (("--due", "soon"), "takes a date"),
        (("--due", "2026-03-01", "--late-penalty", "ten"), "10%/day"),
    ],
)
def test_penalties_that_cannot_be_read(
    option: tuple[str, ...], says: str, tmp_path: Path, run_grade: "RunInProcess"
) -> None:
    """What cannot be read is wrong usage, said before anything is graded."""
    ran = run_grade(write(tmp_path / "class", {"ada.py": "1"}), "--out", tmp_path / "out", *option)
    assert ran.code == 2
    assert says in ran.err
    assert not (tmp_path / "out").exists()
