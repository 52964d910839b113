"""The folder of a class's reports: whose it is, what is kept in it, what is written when."""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.classroom import folder as folder_of_reports
from grader.classroom import running
from grader.commands.class_screen import ClassScreen
from grader.files import write_atomically
from grader.jail import jail
from grader.kata import default_kata
from grader.reading import MAX_FILE
from tests.conftest import SCRIPTS

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

KATA = default_kata()

RIGHT = KATA.solution_path.read_text()
STUB = KATA.stub.read_text()
OURS = ("gradebook.csv", "summary.json", "class.html", "changes.json", "run.json", "ada.json")
GRADEBOOK = "Student,ID,SIS User ID,SIS Login ID,Section,Kata (5)\n  Points Possible,,,,,100\n"


def make_class(folder: Path, **sources: str) -> Path:
    """Make a class with a file for each learner."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    return folder


def report_of(out: Path, key: str) -> dict[str, Any]:
    """Return a report."""
    report: dict[str, Any] = json.loads((out / f"{key}.json").read_text())
    return report


# ---- whose the folder is -------------------------------------------------------------


@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
@pytest.mark.parametrize("name", [*OURS, "ada.html", "exported.csv"])
def test_foreign_files_stay(
    tmp_path: Path, run_grade: "RunInProcess", name: str, fresh: tuple[str, ...]
) -> None:
    """A file that no run has written and this one would is left alone, with --fresh too."""
    folder = make_class(tmp_path / "class", ada=STUB)
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("my own notes\n")
    (out / "else.txt").write_text("")
    gradebook = tmp_path / "exported.csv"
    gradebook.write_text(GRADEBOOK + "ada,1,,,,\n")
    options = ("--format", "html", "--gradebook", str(gradebook), *fresh)
    ran = run_grade(folder, "--out", out, *options)
    assert ran.code == 2
    assert f"({name})" in ran.err
    assert (out / name).read_text() == "my own notes\n"
    assert {path.name for path in out.iterdir()} == {name, "else.txt"}


@pytest.mark.long
def test_a_foreign_file_in_a_folder_of_reports(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Beside reports of earlier runs, too, what no run has written stays."""
    folder = make_class(tmp_path / "class", ada=STUB)
    out = tmp_path / "out"
    assert run_grade(folder, "--out", out).code == 0
    (out / "bob.json").write_text("{}")
    make_class(folder, bob=STUB)
    ran = run_grade(folder, "--out", out)
    assert (ran.code, (out / "bob.json").read_text()) == (2, "{}")
    assert "(bob.json)" in ran.err
    (out / "bob.json").unlink()
    assert run_grade(folder, "--out", out).code == 0


def test_a_link_to_a_file(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A link with the name of a report is not written through: refused before any work."""
    folder = make_class(tmp_path / "class", ada=STUB)
    out = tmp_path / "out"
    assert run_grade(folder, "--out", out).code == 0
    (tmp_path / "mine").write_text("mine")
    for name in ("ada.json", "run.json"):
        (out / name).rename(tmp_path / name)
        (out / name).symlink_to(tmp_path / "mine")
        assert run_grade(folder, "--out", out, "--fresh").code == 2
        assert (tmp_path / "mine").read_text() == "mine"
        (tmp_path / name).rename(out / name)


def test_other_files_do_not_matter(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A folder in which no file is in the way is taken, whatever else is in it."""
    folder = make_class(tmp_path / "class", ada=STUB)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "README.md").write_text("mine")
    assert run_grade(folder, "--out", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "README.md").read_text() == "mine"


@pytest.mark.long
def test_reports_of_another_class(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Another class's reports are kept, unless --fresh says otherwise; one's own go on."""
    first = make_class(tmp_path / "first", ada=RIGHT)
    second = make_class(tmp_path / "second", ada=STUB)
    out = tmp_path / "out"
    assert run_grade(first, "--out", out, "--seed", "7").code == 0
    ran = run_grade(second, "--out", out)
    assert ran.code == 2
    assert "the reports of another class (first)" in ran.err
    assert report_of(out, "ada")["points"] == 100
    assert "1 was done and unchanged" in run_grade(first / ".", "--out", out).out
    assert run_grade(second, "--out", out, "--fresh").code == 0
    assert report_of(out, "ada")["points"] == 0
    assert "1 was done and unchanged" in run_grade(second, "--out", out).out
    assert run_grade(first, "--out", out).code == 2


# ---- inside the class ----------------------------------------------------------------


def plant(folder: Path, made: Path) -> None:
    """Leave reports with full marks in a folder, as a learner would who knows all but the key."""
    folder.mkdir(exist_ok=True)
    for path in made.iterdir():
        text = path.read_text().replace('"points": 0', '"points": 100')
        (folder / path.name).write_text(text.replace('"score": 0.0', '"score": 1.0'))


@pytest.mark.long
@pytest.mark.parametrize("seed", [("--seed", "1"), ()])
def test_planted_reports(tmp_path: Path, run_grade: "RunInProcess", seed: tuple[str, ...]) -> None:
    """Reports, and a seed, that a learner left in the class count for nothing."""
    folder = make_class(tmp_path / "class", mallory=STUB)
    (folder / "reports").mkdir()
    assert run_grade(folder, "--out", folder / "reports", "--seed", "1").code == 0
    made = tmp_path / "made"
    (folder / "reports").rename(made)
    plant(folder / "reports", made)
    ran = run_grade(folder, "--out", folder / "reports", *seed)
    assert ran.code == 0
    assert "unchanged" not in ran.out
    assert report_of(folder / "reports", "mallory")["points"] == 0
    assert (report_of(folder / "reports", "mallory")["seed"] == 1) == bool(seed)


def test_planted_reports_without_a_mark(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A folder in the class that no run has made may be somebody's submission: refused."""
    folder = make_class(tmp_path / "class", ada=STUB)
    mallory = make_class(folder / "mallory", multi_head_attention=RIGHT)
    for options in ((), ("--fresh",)):
        ran = run_grade(folder, "--out", mallory, *options)
        assert ran.code == 2
        assert "may be somebody's submission" in ran.err
    assert [path.name for path in mallory.iterdir()] == [KATA.file]


@pytest.mark.long
def test_folders_of_reports_are_nobodys(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Reports of before that lie in a class where a run put them are known by their mark."""
    folder = make_class(tmp_path / "class", ada=STUB, bob=STUB)
    for name in ("old", "new", "new"):
        ran = run_grade(folder, "--out", folder / name)
        assert "2 submissions" in ran.out
    assert "Nobody's submission, so not graded: old." in ran.out
    summary = json.loads((folder / "new" / "summary.json").read_text())
    assert summary["ignored"] == ["old"]
    ran = run_grade(folder / ".." / "class", "--out", tmp_path / "out")
    assert "not graded: new, old." in ran.out


@pytest.mark.long
@pytest.mark.parametrize("how", ["mark", "begin", "copy", "copy of one inside", "in a zip"])
def test_a_planted_mark(tmp_path: Path, run_grade: "RunInProcess", how: str) -> None:
    """Who hands in a mark, or a whole folder of reports, has a line as everybody."""
    folder = make_class(tmp_path / "class", ada=STUB)
    out = folder / "old" if how in ("copy of one inside", "in a zip") else tmp_path / "o"
    assert run_grade(folder, "--out", out).code == 0
    if how in ("mark", "begin"):
        (folder / "mal").mkdir()
        text = (out / "run.json").read_text()
        (folder / "mal" / "run.json").write_text(text if how == "mark" else text[:52])
        (folder / "mal" / "notes.txt").write_text("")
    else:
        shutil.copytree(out, folder / "mal")
    path: str | Path = folder
    if how == "in a zip":
        path = shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    ran = run_grade(path, "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    assert report_of(tmp_path / "out", "mal")["status"] == "rejected"
    assert "There is no Python file" in report_of(tmp_path / "out", "mal")["message"]
    assert "\nmal,," in (tmp_path / "out" / "gradebook.csv").read_text()


# ---- what is in the way --------------------------------------------------------------

ODD: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "link": lambda path: path.symlink_to("elsewhere"),
    "link to a report": lambda path: path.symlink_to("bob.json"),
}


@pytest.mark.long
@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ["ada.json", "gradebook.csv", "class.html", "run.json"])
def test_something_else_where_a_report_goes(
    tmp_path: Path, run_grade: "RunInProcess", kind: str, name: str
) -> None:
    """What is no regular file where one is to be written is refused before anything is graded."""
    folder, out = make_class(tmp_path / "class", ada=STUB, bob=STUB), tmp_path / "out"
    assert run_grade(folder, "--out", out).code == 0
    for gone in {name, "summary.json"}:
        (out / gone).unlink()
    ODD[kind](out / name)
    ran = run_grade(folder, "--out", out)
    assert (ran.code, ran.out) == (2, "")
    assert f"no regular file where a report goes ({name})" in ran.err
    assert not (out / "summary.json").exists()


@pytest.mark.long
@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ["bob.json", "bob.html"])
def test_something_else_in_between(
    tmp_path: Path,
    run_grade: "RunInProcess",
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    name: str,
) -> None:
    """What cannot be written costs its learner the grade, and nobody else: exit 3."""
    folder, out = make_class(tmp_path / "class", ada=STUB, bob=RIGHT, carl=RIGHT), tmp_path / "out"

    def write(path: Path, data: str | bytes, **how: bool) -> None:
        if path.name == name:
            ODD[kind](path)
        write_atomically(path, data, **how)

    monkeypatch.setattr(folder_of_reports, "write_atomically", write)
    ran = run_grade(folder, "--out", out, "--format", "html", "--jobs", "1")
    assert ran.code == 3
    assert f"Not graded: bob: {out / name} is in the way" in ran.err
    lines = (out / "gradebook.csv").read_text().splitlines()[1:]
    assert [line.split(",")[2:5] for line in lines] == [
        ["0.00", "0", "graded"],
        ["", "", "grader_error"],
        ["1.00", "100", "graded"],
    ]
    assert json.loads((out / "summary.json").read_text())["grader_errors"][0]["key"] == "bob"


def test_drafts_that_are_none(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Only drafts of killed writers are removed; what else bears such a name is in nobody's way."""
    folder, out = make_class(tmp_path / "class", ada=STUB), tmp_path / "out"
    out.mkdir()
    for kind, make in ODD.items():
        make(out / f".draft-{kind}")
    (out / ".draft-1.ada.json").write_text("{")
    assert run_grade(folder, "--out", out).code == 0
    left = {path.name for path in out.iterdir() if path.name.startswith(".")}
    assert left == {f".draft-{kind}" for kind in ODD}


@pytest.mark.parametrize("out", ["link", "link/deeper", "link/much/deeper"])
def test_out_by_a_link_to_nothing(
    tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    """A link that leads nowhere is called one."""
    monkeypatch.chdir(tmp_path)
    make_class(tmp_path / "class", ada=STUB)
    Path("link").symlink_to("nowhere")
    ran = run_grade("class", "--out", out)
    assert ran.code == 2
    assert "link is a symbolic link to nothing (nowhere)" in ran.err


@pytest.mark.long
@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
def test_a_lost_mark(tmp_path: Path, run_grade: "RunInProcess", fresh: tuple[str, ...]) -> None:
    """Reports without their mark are not written over, and what is missing is named."""
    folder, out = make_class(tmp_path / "class", ada=STUB), tmp_path / "out"
    assert run_grade(folder, "--out", out).code == 0
    mark = (out / "run.json").rename(tmp_path / "kept")
    ran = run_grade(folder, "--out", out, *fresh)
    assert ran.code == 2
    assert "(ada.json, class.html, gradebook.csv and more), but run.json is missing" in ran.err
    assert "put run.json back or delete them" in ran.err
    mark.rename(out / "run.json")
    assert run_grade(folder, "--out", out, *fresh).code == 0


@pytest.mark.long
def test_another_class_leaves_nothing(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """With --fresh another class's reports go, and nothing else that is in their folder."""
    first = make_class(tmp_path / "first", ada=STUB, bob=STUB)
    second = make_class(tmp_path / "second", bob=STUB, zoe=STUB)
    out = tmp_path / "out"
    assert run_grade(first, "--out", out, "--format", "html").code == 0
    (out / "ada.html").unlink()
    (out / "ada.html").mkdir()
    (out / "notes.txt").write_text("mine")
    mark = json.loads((out / "run.json").read_text())
    mark["files"] += ["../second/bob.py", "..", str(second / "zoe.py")]
    (out / "run.json").write_text(json.dumps(mark))
    assert run_grade(second, "--out", out, "--fresh").code == 0
    made = {path.name for path in out.iterdir()}
    summaries = {"gradebook.csv", "summary.json", "class.html", "run.json"}
    assert made == {"bob.json", "zoe.json", "notes.txt", "ada.html", *summaries}
    assert sorted(path.name for path in second.iterdir()) == ["bob.py", "zoe.py"]
    assert "ada.json" not in json.loads((out / "run.json").read_text())["files"]
    make_class(second, carl=STUB)
    (second / "zoe.py").unlink()
    assert run_grade(second, "--out", out, "--fresh").code == 0
    assert (out / "zoe.json").exists()  # who has left the same class


# ---- what is told of it --------------------------------------------------------------


@pytest.mark.long
def test_no_jail_is_told_once(
    tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class that is graded without a jail says so once, as one file does."""
    monkeypatch.setattr(jail, "LAYERS", ("limits",))
    folder = make_class(tmp_path / "class", ada=STUB, bob=STUB)
    for _ in range(2):
        ran = run_grade(folder, "--out", tmp_path / "out")
        assert ran.code == 0
        assert ran.err.count("grade: on this machine the file runs in a process of its own") == 1


def test_interrupted_before_anybody(
    tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class that was interrupted before its first report says that nobody is graded."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_level", interrupt)
    folder = make_class(tmp_path / "class", ada=STUB, bob=STUB)
    ran = run_grade(folder, "--out", tmp_path / "out")
    assert ran.code == 130
    assert "2 submissions: none is graded yet. Seed" in ran.out


def test_a_gradebook_that_is_no_gradebook(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Of a gradebook that is far too large it is not said that it is no submission."""
    folder, big = make_class(tmp_path / "class", ada=STUB), tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(MAX_FILE + 1)
    ran = run_grade(folder, "--out", tmp_path / "out", "--gradebook", big)
    assert ran.code == 2
    assert "--gradebook: " in ran.err
    assert "64 MiB" in ran.err
    assert "submission" not in ran.err


# ---- files before words --------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("screen", ["| true", "> /dev/full", ">&-", "2> /dev/full", ">&- 2>&-"])
def test_a_screen_that_breaks_off(tmp_path: Path, screen: str) -> None:
    """All that is made of a class is on disk before a word is printed."""
    folder = make_class(tmp_path / "class", ada=RIGHT)
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    (tmp_path / "exported.csv").write_text(GRADEBOOK + "ada,1,,,,9\n")
    words = f"{SCRIPTS}/grade {folder} --out new --gradebook exported.csv --compare old {screen}"
    subprocess.run(words, shell=True, cwd=tmp_path, check=False, timeout=60, capture_output=True)
    made = {path.name for path in (tmp_path / "new").iterdir()}
    assert made == {*OURS, "exported.csv"}


def test_a_screen_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where standard error is closed, or breaks off, the grading is not told of, and goes on."""
    from grader.classroom.running import Progress

    monkeypatch.setattr("sys.stderr", None)
    screen = ClassScreen(0)
    screen.show(Progress())
    with open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stderr", full)
        screen.show(Progress())
        screen.close()
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space"):
            full.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())


# ---- what cannot be read -------------------------------------------------------------


def damage(path: Path, name: str, how: str) -> None:
    """Damage a member of a zip of files that are stored as they are."""
    with zipfile.ZipFile(path) as archive:
        info, central = archive.getinfo(name), archive.start_dir
    data = bytearray(path.read_bytes())
    local = info.header_offset
    entry = data.index(name.encode(), central) - 46
    if how == "bytes":
        data[local + 30 + len(name) + 99] ^= 255
    elif how == "header":
        data[local] ^= 255
    elif how == "method":
        data[local + 8] = data[entry + 10] = 99
    elif how == "encrypted":
        data[local + 6] |= 1
        data[entry + 8] |= 1
    else:  # the size that the archive tells
        data[entry + 24 : entry + 28] = int(how).to_bytes(4, "little")
    path.write_bytes(data)


@pytest.mark.long
@pytest.mark.parametrize("how", ["bytes", "header", "method", "encrypted", "50", "99999"])
def test_a_member_that_cannot_be_read(tmp_path: Path, run_grade: "RunInProcess", how: str) -> None:
    """A damaged member is nobody's zero: no score, exit 3, and the old grade stays."""
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name in ("ada", "bob"):
            made.writestr(f"{name}.py", STUB)
    gradebook = tmp_path / "exported.csv"
    gradebook.write_text(GRADEBOOK + "ada,1,,,,88\nbob,2,,,,77\n")
    options = ("--gradebook", gradebook, "--seed", "1", "--format", "gradescope")
    out = tmp_path / "out"
    assert run_grade(archive, "--out", out, *options).code == 0
    damage(archive, "ada.py", how)
    for _ in range(2):
        ran = run_grade(archive, "--out", out, *options)
        assert ran.code == 3
        assert "Not graded: ada: The file could not be read (" in ran.err
        report = report_of(out, "ada")
        assert (report["status"], report["score"]) == ("grader_error", None)
        assert (out / "exported.csv").read_text() == GRADEBOOK + "ada,1,,,,88\nbob,2,,,,0\n"
        assert ",,,grader_error," in (out / "gradebook.csv").read_text()
        assert not (out / "ada.gradescope").exists()
    assert "1 was done and unchanged" in ran.out


def test_two_members_of_one_name(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Which of two files of one name was handed in the grader cannot know: no score."""
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("ada/a.py", STUB)
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("ada/a.py", RIGHT)
    assert run_grade(archive, "--out", tmp_path / "out").code == 3
    assert report_of(tmp_path / "out", "ada")["score"] is None


@pytest.mark.long
@pytest.mark.parametrize("name", ["/ada.py", "../ada.py", "ada/../../x.py", "ada\\..\\x.py"])
def test_a_member_out_of_place(tmp_path: Path, run_grade: "RunInProcess", name: str) -> None:
    """A path that no learner can have written is the fault of who packed it: no score."""
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(name, RIGHT)
        made.writestr("bob.py", RIGHT)
    ran = run_grade(archive, "--out", tmp_path / "out")
    assert ran.code == 3
    assert "its path leads out of the archive; pack it again." in ran.err
    found = {key: report_of(tmp_path / "out", key)["score"] for key in ("ada", "bob")}
    assert found == {"ada": None, "bob": 1}


def test_an_archive_that_is_cut_off(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A zip without its end is no class: refused, and nothing is written."""
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("ada.py", STUB)
    archive.write_bytes(archive.read_bytes()[:-30])
    ran = run_grade(archive, "--out", tmp_path / "out")
    assert ran.code == 2
    assert "cannot be read as a class" in ran.err
    assert not (tmp_path / "out").exists()


def test_flat_names_of_moodle(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A file that is named after another participant gives that one no grade."""
    folder = tmp_path / "class"
    folder.mkdir()
    name = f"_assignsubmission_file_{KATA.file}"
    (folder / f"Mallory_11{name}").write_text(STUB)
    (folder / f"Mallory_11_assignsubmission_file_Z_13{name}").write_text(RIGHT)
    worksheet = tmp_path / "m.csv"
    worksheet.write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
        "Participant 11,Mallory,,Submitted,,100.00\nParticipant 13,Nobody,,,,100.00\n"
    )
    ran = run_grade(folder, "--out", tmp_path / "out", "--gradebook", worksheet)
    assert ran.code == 0, ran.err
    assert (tmp_path / "out" / "m.csv").read_text() == worksheet.read_text().replace(
        "Submitted,,", "Submitted,0,"
    )


@pytest.mark.long
def test_links_among_what_is_handed_in(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A gradebook is read as a file alone, and old reports that are links are not compared."""
    folder = make_class(tmp_path / "class", ada=STUB)
    (tmp_path / "real.csv").write_text(GRADEBOOK + "ada,1,,,,9\n")
    (tmp_path / "link.csv").symlink_to("real.csv")
    ran = run_grade(folder, "--out", tmp_path / "out", "--gradebook", tmp_path / "link.csv")
    assert ran.code == 2
    assert "link.csv is a symbolic link" in ran.err
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "ada.json").symlink_to("/dev/stdin")
    ran = run_grade(folder, "--out", tmp_path / "out", "--compare", tmp_path / "old")
    assert ran.code == 0
    assert "the old report cannot be read" in ran.out
