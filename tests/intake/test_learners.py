"""Who handed in what: each layout, as a folder and as a zip; nobody is silently left out."""

import errno
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake import marks
from grader.intake.entry import Entry
from grader.intake.file import MAX_FILE
from grader.intake.keys import RESERVED
from grader.intake.learners import Class, discover, pick_one
from grader.intake.marks import Mark
from grader.kata import default_kata

KATA = default_kata()


def find(root: Path, without: Path | None = None) -> Class:
    """Find the learners of a class who were to hand in the kata's file."""
    return discover(root, KATA.file, without)


Build = Callable[[dict[str, str]], Path]


@pytest.fixture(params=["folder", "zip"])
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Build:
    """Make a class of files, as a folder or as a zip; a path that ends with / is a folder."""

    def folder(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / "class" / name
            if name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        return tmp_path / "class"

    def archive(files: dict[str, str]) -> Path:
        with zipfile.ZipFile(tmp_path / "class.zip", "w") as made:
            for name, text in files.items():
                made.writestr(name, text)
        return tmp_path / "class.zip"

    made: Build = {"folder": folder, "zip": archive}[request.param]
    return made


def seen(found: Class) -> dict[str, tuple[str, str]]:
    """Return (identifier, source or problem) by key."""
    return {
        entry.key: (entry.identifier, entry.problem or entry.read().decode())
        for entry in found.entries
    }


LAYOUTS: dict[str, tuple[dict[str, str], dict[str, tuple[str, str]]]] = {
    "files": (
        {"ada.py": "A", "Grace Hopper.py": "G", "日本.PY": "N"},
        {"ada": ("", "A"), "Grace Hopper": ("", "G"), "日本": ("", "N")},
    ),
    "folders": (
        {f"ada/{KATA.file}": "A", "ada/notes.py": "x", "bob/mine.py": "B", "bob/README": "x"},
        {"ada": ("", "A"), "bob": ("", "B")},
    ),
    "a folder around all": (
        {f"class of 26/ada/{KATA.file}": "A", "class of 26/bob/deep/er/b.py": "B"},
        {"ada": ("", "A"), "bob": ("", "B")},
    ),
    "Moodle's folders": (
        {
            "Ada Lovelace_123_assignsubmission_file_/mine.py": "A",
            "Ada Lovelace_123_assignsubmission_onlinetext_/onlinetext.html": "hello",
            "Alan Turing_77_assignsubmission_file_/mine.py": "T",
        },
        {"Ada Lovelace": ("123", "A"), "Alan Turing": ("77", "T")},
    ),
    "Moodle without folders": (
        {
            "Ada Lovelace_123_assignsubmission_file_mine.py": "A",
            "Alan Turing_77_assignsubmission_file_a.py": "x",
            f"Alan Turing_77_assignsubmission_file_{KATA.file}": "T",
        },
        {"Ada Lovelace": ("123", "A"), "Alan Turing": ("77", "T")},
    ),
    "Canvas": (
        {
            "lovelaceada_123_4567_mine.py": "A",
            "turingalan_LATE_77_4568_multi_head_attention-2.py": "T",
            "turingalan_LATE_77_4568_helpers.py": "x",
        },
        {"lovelaceada": ("123", "A"), "turingalan": ("77", "T")},
    ),
    "Gradescope": (
        {
            "assignment_1_export/submission_1/mine.py": "A",
            "assignment_1_export/submission_2/multi_head_attention.py": "T",
            "assignment_1_export/submission_metadata.yml": (
                "---\nsubmission_1:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '42'\n"
                "  :score: 1.0\nsubmission_2:\n  :submitters:\n  - :name: Alan Turing\n"
                "    :sid: ''\n  - :name: Joan Clarke\n    :sid: 'j1'\n"
            ),
        },
        {"Ada Lovelace": ("42", "A"), "Alan Turing, Joan Clarke": ("j1", "T")},
    ),
    "Moodle's flat names are told by their beginning": (
        {
            "Mallory_11_assignsubmission_file_Z_13_assignsubmission_file_a.py": "M",
            "Eve_12_assignsubmission_file_bob_13_14_a.py": "E",
            "Participant_14_assignsubmission_file_x\n_13_assignsubmission_file_.py": "P",
        },
        {"Mallory": ("11", "M"), "Eve": ("12", "E"), "Participant": ("14", "P")},
    ),
    "Canvas' names are told by their beginning": (
        {
            "mallory_11_400_x_13_assignsubmission_file_a.py": "M",
            "eve_LATE_12_401_bob_13_14_LATE_a.py": "E",
            "zoe_14_402_submission_13.py": "Z",
        },
        {"mallory": ("11", "M"), "eve": ("12", "E"), "zoe": ("14", "Z")},
    ),
    "names of no LMS name nobody else": (
        {
            "HW3_mallory_attempt_2026_13_assignsubmission_file_a.py": "M",
            "anon_Ab3dE_4713_12_assignsubmission_file_a.py": "A",
        },
        {
            "HW3_mallory_attempt_2026_13_assignsubmission_file_a": ("", "M"),
            "anon_Ab3dE": ("Ab3dE", "A"),
        },
    ),
    "one learner alone, who has folders like those of others": (
        {"Ada_1_assignsubmission_file_/Bob_2_assignsubmission_file_/x/a.py": "A"},
        {"Ada": ("1", "A")},
    ),
    "Gradescope's names from the lines that are Gradescope's": (
        {
            "submission_1/a.py": "M",
            "submission_2/a.py": "B",
            "submission_metadata.yml": (
                "---\nsubmission_1:\n  :submitters:\n"
                "  - :name: 'Mallory, whose name goes over several\n      :sid: 42\n      lines'\n"
                "    :sid: '41'\n  :results:\n    :name: Bob\n    :sid: '42'\n"
                "submission_2:\n  :history:\n  - :name: Eve\n    :sid: '41'\n"
                "  :submitters:\n  - :name: Bob\n    :sid: '42'\n"
            ),
        },
        {"Mallory, whose name goes over several": ("41", "M"), "Bob": ("42", "B")},
    ),
    "the same name twice": (
        {
            "Ada_1_assignsubmission_file_/a.py": "1",
            "ADA_2_assignsubmission_file_/a.py": "2",
            "bob.py": "3",
            "bob/b.py": "4",
        },
        {"Ada_1": ("1", "1"), "ADA_2": ("2", "2"), "bob": ("", "4"), "bob~2": ("", "3")},
    ),
    "names that reports need": (
        {f"{name}.py": name for name in RESERVED},
        {f"{name}~2": ("", name) for name in RESERVED},
    ),
    "odd names": (
        {" .py": "a", "x y.py": "b", "=cmd().py": "c", "é" * 100 + ".py": "d"},
        {"_": ("", "a"), "x y": ("", "b"), "=cmd()": ("", "c"), "é" * 100: ("", "d")},
    ),
    "what is hidden": (
        {"__MACOSX/._ada.py": "x", ".git/a.py": "x", "ada.py": "A", "bob/__pycache__/x.py": "x"},
        {
            "ada": ("", "A"),
            "bob": ("", "The folder is empty; multi_head_attention.py was expected."),
        },
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(build: Build, layout: str) -> None:
    """The learner's name and identifier, and the right file, come out of each known layout."""
    files, expected = LAYOUTS[layout]
    found = find(build(files))
    assert seen(found) == expected
    assert [entry.key for entry in found.entries] == sorted(expected, key=str.casefold)
    if not layout.startswith("Gradescope"):
        assert found.ignored == ()


def test_what_is_missing(build: Build) -> None:
    """A learner without a file, or with several, is there with the reason; a notebook is read."""
    found = seen(
        find(
            build(
                {
                    "ada.py": "A",
                    "empty/": "",
                    "two/a.py": "1",
                    "two/b.py": "2",
                    "book/attention.ipynb": "{}",
                    "deep/empty/": "",
                }
            )
        )
    )
    assert {key: problem for key, (_, problem) in found.items()} == {
        "ada": "A",
        "empty": "The folder is empty; multi_head_attention.py was expected.",
        "deep": "The folder is empty; multi_head_attention.py was expected.",
        "two": (
            "There are several Python files (a.py, b.py); name the right one "
            "multi_head_attention.py."
        ),
        "book": "{}",
    }


def test_files_that_are_nobodys(build: Build) -> None:
    """Lists and metadata are nobody's; all else beside the learners' has a line and a reason."""
    files = {"ada.py": "A", "grades.csv": "", "bob.txt": "B", "x_1_2_b.txt": "", "index.html": ""}
    found = find(build({**files, "README.md": "", ".DS_Store": "", "Thumbs.db": ""}))
    assert list(seen(found)) == ["ada", "bob", "x"]
    assert found.ignored == ("README.md", "Thumbs.db", "grades.csv", "index.html")
    assert "There is no Python file, but bob.txt" in problem_of(found.entries, "bob")


def test_long_names(tmp_path: Path) -> None:
    """A name as long as a file system allows gives a report's name that fits; two stay apart."""
    for last in "ab":
        (tmp_path / ("x" * 251 + last + ".py")).write_text(last)
    keys = [entry.key for entry in find(tmp_path).entries]
    assert len(set(keys)) == 2
    assert all(len(f".12345678.{key}.json".encode()) <= 255 for key in keys)


def test_order_does_not_vary(tmp_path: Path) -> None:
    """The same class gives the same keys in the same order, however its zip is ordered."""
    names = [f"learner {number}/a.py" for number in range(20)] + ["b.py", "B/c.py"]
    found = []
    for number, order in enumerate((names, names[::-1])):
        path = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(path, "w") as made:
            for name in order:
                made.writestr(name, name)
        found.append([(entry.key, entry.file) for entry in find(path).entries])
    assert found[0] == found[1]


def problem_of(entries: tuple[Entry, ...], key: str) -> str:
    """Return what is said of one learner."""
    (problem,) = (entry.problem for entry in entries if entry.key == key)
    return problem


def test_links(tmp_path: Path) -> None:
    """Nothing outside the class is read, and nobody vanishes with a link."""
    secret = tmp_path / "secret.py"
    secret.write_text("SECRET")
    (tmp_path / "elsewhere").mkdir()
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "real.py").write_text("R")
    (folder / "inside.py").symlink_to("real.py")
    for name, target in (("mallory", "../real.py"), ("eve", "drafts/second.py")):
        (folder / name / "drafts").mkdir(parents=True)
        (folder / name / "drafts" / "second.py").write_text("E")
        (folder / name / KATA.file).symlink_to(target)
    (folder / "outside.py").symlink_to(secret)
    (folder / "nothing.py").symlink_to("no such file")
    (folder / "around.py").symlink_to("around.py")
    (folder / "folder").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(folder / "pipe.py")
    entries = find(folder).entries
    assert {entry.key for entry in entries if not entry.problem} == {"real", "eve"}
    assert "somebody else's file" in problem_of(entries, "inside")
    assert "somebody else's file" in problem_of(entries, "mallory")
    assert "leads out of what was handed in" in problem_of(entries, "outside")
    assert "link to nothing" in problem_of(entries, "nothing")
    assert "around.py was not read" in problem_of(entries, "around")
    assert "leads out of what was handed in" in problem_of(entries, "folder")
    assert "no regular file" in problem_of(entries, "pipe")


def test_a_folder_that_is_a_link(tmp_path: Path) -> None:
    """Nobody vanishes whose folder is a link, whatever it is called."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text("A")
    for name in ("Dr. Bob", "J. R. Carl", "dora.zip"):
        (tmp_path / "class" / name).symlink_to(tmp_path / "elsewhere")
    found = find(tmp_path / "class")
    assert [entry.key for entry in found.entries] == ["ada", "dora.zip", "Dr. Bob", "J. R. Carl"]
    assert [bool(entry.problem) for entry in found.entries] == [False, True, True, True]


def test_zip_that_means_harm(tmp_path: Path) -> None:
    """Paths out of the archive, links and bombs in it are somebody's problem, and nothing more."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("../../slip.py", "S")
        made.writestr("/tmp/absolute.py", "S")
        link = zipfile.ZipInfo("link.py")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("bomb.py", b"\0" * (MAX_FILE + 1))
        made.writestr("ada.py", "A")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("ada.py", "B")
    before = sorted(tmp_path.iterdir())
    entries = find(path).entries
    assert "leads out" in problem_of(entries, "slip")
    assert "leads out" in problem_of(entries, "absolute")
    assert "a link" in problem_of(entries, "link")
    assert "64 MiB" in problem_of(entries, "bomb")
    assert "several Python files" in problem_of(entries, "ada")
    assert {entry.key for entry in entries if entry.unreadable} == {"ada", "slip", "absolute"}
    assert sorted(tmp_path.iterdir()) == before


def test_unreadable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner whose folder cannot be listed is told so; a class that cannot be is refused."""
    for name in ("ada", "bob"):
        (tmp_path / name).mkdir()
        (tmp_path / name / KATA.file).write_text(name)
    list_folder, shut = os.scandir, str(tmp_path / "bob")

    def scandir(path: str) -> "os._ScandirIterator[str]":
        if str(path) == shut:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", scandir)  # root could list it all the same
    entries = find(tmp_path).entries
    assert "bob was not read: the folder cannot be read" in problem_of(entries, "bob")
    assert problem_of(entries, "ada") == ""
    assert [entry.key for entry in entries if entry.unreadable] == ["bob"]
    shut = str(tmp_path)
    with pytest.raises(UsageError, match="Permission denied"):
        find(tmp_path)


@pytest.mark.parametrize(
    "how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_damaged_member(tmp_path: Path, how: int) -> None:
    """A member whose bytes are damaged cannot be read, which is an OSError and no crash."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", how) as made:
        made.writestr("ada.py", "print('the bytes of Ada')")
        (info,) = made.infolist()
    data = bytearray(path.read_bytes())
    begin = info.header_offset + 30 + len("ada.py")
    data[begin : begin + info.compress_size] = bytes(info.compress_size)
    path.write_bytes(data)
    (entry,) = find(path).entries
    with pytest.raises(OSError, match="damaged"):
        entry.read()


def test_odd_folders_and_names(tmp_path: Path) -> None:
    """Folders without end, links to files of one's own and names that are no text stop nobody."""
    folder = tmp_path / "class"
    deep = folder / "ada"
    for _ in range(200):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (folder / "ada" / KATA.file).write_text("A")
    (folder / os.fsdecode(b"b\xf6b.py")).write_text("B")
    (folder / "carol").mkdir()
    (folder / "carol" / "d" / "d").mkdir(parents=True)
    entries = find(folder).entries
    assert {entry.key for entry in entries if not entry.problem} == {"ada", "b_xf6b"}
    assert all(entry.learner.encode() and entry.file.encode() for entry in entries)
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("d/" * 20_000 + "x.py", "X")
        made.writestr("ada.py", "A")
    assert [entry.key for entry in find(archive).entries if not entry.problem] == ["ada"]


def test_swapped_after_the_listing(tmp_path: Path) -> None:
    """A file that has become a pipe since it was listed cannot be read, and nobody waits for it."""
    path = tmp_path / "ada.py"
    path.write_text("A")
    (entry,) = find(tmp_path).entries
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OSError, match="no file any more"):
        entry.read()


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_no_class(tmp_path: Path, content: bytes) -> None:
    """What is no class, or an empty one, is refused with a sentence."""
    path = tmp_path / "class.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"class\.zip"):
        find(path)


def test_reports_inside_the_class(tmp_path: Path) -> None:
    """The folder of the reports may stand in that of the class; it is nobody's."""
    (tmp_path / "ada.py").write_text("A")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "old.py").write_text("x")
    found = find(tmp_path, without=tmp_path / "reports")
    assert list(seen(found)) == ["ada"]


def write_names(path: Path, names: list[str]) -> Path:
    """Make a zip of files that hold their names, which need be none that a file can have."""
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            info = zipfile.ZipInfo("x")
            info.filename = name
            made.writestr(info, "" if name.endswith(("/", "\\")) else name)
    return path


def test_members_without_parts(tmp_path: Path) -> None:
    """Names without parts are passed over, and odd ones lead to where they would be unpacked."""
    names = ["./", "/", "../", "./ada.py", "./bob/./b.py", "carl//c.py", "dora\\", "dora\\d.py"]
    found = find(write_names(tmp_path / "class.zip", names))
    assert {entry.key: entry.read().decode() for entry in found.entries} == {
        "ada": "./ada.py",
        "bob": "./bob/./b.py",
        "carl": "carl//c.py",
        "dora": "dora\\d.py",
    }
    assert found.ignored == ()
    named = find(write_names(tmp_path / "one.zip", ["..", "ada.py"]))
    assert [entry.key for entry in named.entries] == ["ada"]
    assert named.ignored == ("(a file without a name)",)


def test_paths_that_lead_to_others(tmp_path: Path) -> None:
    """A path that leads out is the problem of whom it begins with, and of nobody else."""
    names = [
        "class/mallory_11_22_a/../../bob_12_23_x.py",
        "class/eve_13_24_a\\..\\bob_12_25_x.py",
        "class/bob_12_26_b.py",
    ]
    entries = find(write_names(tmp_path / "class.zip", names)).entries
    assert [(entry.key, bool(entry.problem)) for entry in entries] == [
        ("bob", False),
        ("eve", True),
        ("mallory", True),
    ]


def test_swapped_for_a_link(tmp_path: Path) -> None:
    """A file, or its folder, that has become a link since it was listed is not followed."""
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "bob").mkdir()
    for name in ("ada", "bob"):
        (tmp_path / "class" / name / KATA.file).write_text(name)
    (tmp_path / "class" / "carl").mkdir()
    (tmp_path / "class" / "carl" / "real.py").write_text("carl")
    (tmp_path / "class" / "carl" / KATA.file).symlink_to("real.py")
    entries = {entry.key: entry for entry in find(tmp_path / "class").entries}
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / KATA.file).write_text("SECRET")
    (tmp_path / "class" / "ada" / KATA.file).unlink()
    (tmp_path / "class" / "ada" / KATA.file).symlink_to(tmp_path / "elsewhere" / KATA.file)
    (tmp_path / "class" / "bob").rename(tmp_path / "away")
    (tmp_path / "class" / "bob").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "class" / "carl" / KATA.file).unlink()
    (tmp_path / "class" / "carl" / KATA.file).symlink_to(tmp_path / "elsewhere" / KATA.file)
    for name in ("ada", "bob"):
        source, problem, unreadable = entries[name].take()
        assert (source, unreadable) == (b"", True)
        assert "could not be read" in problem
        assert str(tmp_path) not in problem
    assert entries["carl"].take() == (b"carl", "", False)


def test_gone_after_the_listing(tmp_path: Path) -> None:
    """A file that is gone when it is to be read is unreadable, which is no fault of its learner."""
    (tmp_path / "ada.py").write_text("A")
    (entry,) = find(tmp_path).entries
    (tmp_path / "ada.py").unlink()
    problem = "The file could not be read (no such file or directory)."
    assert entry.take() == (b"", problem, True)


def test_what_may_be_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a part of what a learner handed in cannot be read, no other file is taken for it."""
    for name in ("ada", "bob"):
        (tmp_path / name / "shut").mkdir(parents=True)
    (tmp_path / "ada" / "draft.py").write_text("A")
    (tmp_path / "bob" / KATA.file).write_text("B")
    list_folder = os.scandir

    def scandir(path: str) -> "os._ScandirIterator[str]":
        if str(path).endswith("shut"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", scandir)  # root could list it all the same
    entries = find(tmp_path).entries
    assert [(entry.key, entry.unreadable) for entry in entries] == [("ada", True), ("bob", False)]


def test_metadata_that_cannot_be_read(tmp_path: Path) -> None:
    """Without the names that Gradescope tells nobody is graded under another."""
    (tmp_path / "submission_1").mkdir()
    (tmp_path / "submission_1" / KATA.file).write_text("A")
    (tmp_path / "submission_metadata.yml").symlink_to("submission_1/" + KATA.file)
    with pytest.raises(UsageError, match="who is who"):
        find(tmp_path)


def test_a_zip_that_is_a_link(tmp_path: Path) -> None:
    """A zip is read as any other file: not through a link."""
    write_names(tmp_path / "real.zip", ["ada.py"])
    (tmp_path / "class.zip").symlink_to("real.zip")
    with pytest.raises(UsageError, match=r"class\.zip is a symbolic link"):
        find(tmp_path / "class.zip")


def test_a_mark_hides_no_submission(tmp_path: Path) -> None:
    """A learner's folder is graded although it looks like one of reports."""
    mark = Mark("0", "class", 1, frozenset()).text()
    for name in ("ada", "bob/deep", "reports", "carl/reports"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / marks.FILE).write_text(mark)
    for name in ("ada", "bob/deep", "carl"):
        (tmp_path / name / KATA.file).write_text(name)
    (tmp_path / "dora").mkdir()
    (tmp_path / "dora" / marks.FILE).write_text('{"seed": 1}')
    found = find(tmp_path)
    assert [entry.key for entry in found.entries] == ["ada", "bob", "carl", "dora", "reports"]
    assert [entry.key for entry in found.entries if entry.problem] == ["dora", "reports"]
    assert found.ignored == ()


def test_one_folder_of_folders(tmp_path: Path) -> None:
    """A folder in which there are folders alone was handed in without a file, as an empty one."""
    (tmp_path / "inside").mkdir()
    assert pick_one(tmp_path, "mine.py").problem == "The folder is empty; mine.py was expected."
