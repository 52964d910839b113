"""The one reader of what is handed in: regular files, whole, and nothing else."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.files import read_json
from grader.reading import MAX_FILE, NotWhole, Unfit, read_below, read_regular

if TYPE_CHECKING:
    from tests.conftest import ReadReport, RunCommand, RunInProcess


def make_socket(path: Path) -> None:
    """Leave a socket at a path."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def make_large(path: Path) -> None:
    """Leave a file of one byte too many, which takes no room."""
    with path.open("wb") as file:
        file.truncate(MAX_FILE + 1)


UNFIT: dict[str, tuple[Callable[[Path], object], str]] = {
    "link": (lambda path: path.symlink_to("secret"), "symbolic link"),
    "link to nothing": (lambda path: path.symlink_to("nowhere"), "symbolic link"),
    "link to itself": (lambda path: path.symlink_to(path), "symbolic link"),
    "link to a pipe": (lambda path: path.symlink_to("pipe"), "symbolic link"),
    "link to standard input": (lambda path: path.symlink_to("/dev/stdin"), "symbolic link"),
    "pipe": (os.mkfifo, "no regular file"),
    "socket": (make_socket, "no regular file"),
    "folder": (Path.mkdir, "no regular file"),
    "large": (make_large, "64 MiB"),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_what_is_not_read(
    run_grade: "RunInProcess", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """What is no regular file, or far too large, is refused with a sentence; nobody waits."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text("the_secret = 1")
    os.mkfifo(tmp_path / "pipe")
    make, sentence = UNFIT[kind]
    path = Path("multi_head_attention.py")
    make(path)
    with pytest.raises(Unfit, match=sentence):
        read_regular(path)
    with pytest.raises(Unfit):
        read_json(path)
    if kind != "folder":  # that is a class
        ran = run_grade(path, "--json", "report.json", "--feedback", "full")
        assert (ran.code, ran.out) == (2, "")
        assert sentence in ran.err
        assert "secret" not in ran.err
        assert not Path("report.json").exists()


def test_devices() -> None:
    """A device is refused, however long it could be read."""
    for path in ("/dev/zero", "/dev/null"):
        with pytest.raises(Unfit, match="no regular file"):
            read_regular(path)


@pytest.mark.parametrize("by", [-1, 1])
def test_a_file_that_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_grade: "RunInProcess", by: int
) -> None:
    """A file that grows or shrinks while it is read is not taken for a whole one: exit 3."""
    path = tmp_path / "a.py"
    path.write_text("abc")
    look = os.fstat

    def change(descriptor: int) -> os.stat_result:
        status = look(descriptor)
        if os.path.samestat(status, path.stat()):
            os.truncate(path, status.st_size + by)
        return status

    monkeypatch.setattr(os, "fstat", change)
    with pytest.raises(NotWhole, match="changed while it was read"):
        read_regular(path)
    path.write_text("abc")
    ran = run_grade(path)
    assert ran.code == 3
    assert "cannot be read whole" in ran.err


def test_no_link_on_the_way(tmp_path: Path) -> None:
    """Below a folder no link is followed at all, though the folder may be reached by one."""
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "a.py").write_text("A")
    (tmp_path / "class" / "bob").symlink_to("ada")
    (tmp_path / "link").symlink_to("class")
    assert read_below(tmp_path / "link", ["ada", "a.py"]) == b"A"
    with pytest.raises(OSError, match="bob"):
        read_below(tmp_path / "class", ["bob", "a.py"])


@pytest.mark.long
@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
def test_standard_input_by_its_name(
    grade_command: "RunCommand", tmp_path: Path, solution: Path, name: str
) -> None:
    """Standard input is graded if it is asked for by its own name, a pipe or a file."""

    def pipe() -> None:
        end, other = os.pipe()
        os.write(other, solution.read_bytes())
        os.close(other)
        os.dup2(end, 0)

    def file() -> None:
        os.dup2(os.open(solution, os.O_RDONLY), 0)

    for standard_input in (pipe, file):
        ran = grade_command(name, "--json", "r.json", cwd=tmp_path, preexec=standard_input)
        assert ran.code == 0, ran.err
        assert '"points": 100,' in (tmp_path / "r.json").read_text()


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0"])
@pytest.mark.parametrize("how", ["null", "closed", "pipe"])
def test_standard_input_without_anything(
    grade_command: "RunCommand", tmp_path: Path, name: str, how: str
) -> None:
    """Where nothing comes nothing was handed in: exit 2, and no zero."""

    def arrange() -> None:
        if how == "closed":
            os.close(0)
        if how == "pipe":
            end, other = os.pipe()
            os.close(other)
            os.dup2(end, 0)

    ran = grade_command(name, "--json", "r.json", cwd=tmp_path, preexec=arrange)
    assert (ran.code, ran.out) == (2, "")
    assert "nothing was handed in" in ran.err
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("one", "--out", ""),
        ("one", "--out="),
        ("",),
        ("", "--one"),
        ("one/multi_head_attention.py", "--json", ""),
        ("one/multi_head_attention.py", "--json="),
        ("one", "--out", "out", "--cluster", ""),
    ],
    ids=" ".join,
)
def test_variables_that_are_not_set(
    run_grade: "RunInProcess",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    """An empty argument is not the current folder, nor is it as if it were not there."""
    monkeypatch.chdir(tmp_path)
    Path("one").mkdir()
    Path("one", "multi_head_attention.py").write_text("")
    ran = run_grade(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "is empty. Is a variable not set?" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_one_with_a_folder_that_cannot_be_read(
    run_grade: "RunInProcess",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read_report: "ReadReport",
    solution: Path,
) -> None:
    """What may lie in a folder that cannot be listed is nobody's zero: no score, exit 3."""
    (tmp_path / "one" / "sub" / "deeper").mkdir(parents=True)
    list_folder, shut = os.scandir, ""

    def scandir(path: str) -> "os._ScandirIterator[str]":
        if str(path) == shut:
            raise PermissionError(13, "Permission denied", path)
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", scandir)  # root could list it all the same
    for inside in ("sub", "sub/deeper"):
        shut = str(tmp_path / "one" / inside)
        ran = run_grade(tmp_path / "one", "--one", "--json", tmp_path / "r.json")
        assert ran.code == 3
        report = read_report((tmp_path / "r.json").read_bytes())
        assert (report["status"], report["score"]) == ("grader_error", None)
        assert "the folder cannot be read (permission denied)" in report["message"]
        (tmp_path / "one" / "helper.py").write_text(solution.read_text())
    shut = str(tmp_path / "one")
    ran = run_grade(tmp_path / "one", "--one")
    assert ran.code == 2
    assert "one cannot be read: " in ran.err
    assert "class" not in ran.err.partition("Error: ")[2]


def test_one_that_lies_too_deep(
    run_grade: "RunInProcess", tmp_path: Path, read_report: "ReadReport", solution: Path
) -> None:
    """A file that is not sought so deep is not said to be missing."""
    deep = tmp_path / "one" / Path(*"d" * 19)
    deep.mkdir(parents=True)
    (deep / "multi_head_attention.py").write_text(solution.read_text())
    assert run_grade(tmp_path / "one", "--one", "--json", tmp_path / "r.json").code == 0
    report = read_report((tmp_path / "r.json").read_bytes())
    assert report["status"] == "rejected"
    assert "it lies more than 16 folders deep" in report["message"]


@pytest.mark.long
def test_one_that_is_a_link(
    run_grade: "RunInProcess", tmp_path: Path, solution: Path, read_report: "ReadReport"
) -> None:
    """What a learner handed in that is no file is rejected as in a class, and nobody waits."""
    (tmp_path / "one").mkdir()
    path = tmp_path / "one" / "multi_head_attention.py"
    odd: list[tuple[Callable[[], object], str]] = [
        (lambda: path.symlink_to(solution), "a symbolic link that leads out of what was handed in"),
        (lambda: path.symlink_to("/dev/zero"), "that leads out of what was handed in"),
        (lambda: path.symlink_to("nothing"), "a symbolic link to nothing"),
        (lambda: os.mkfifo(path), "it is no regular file"),
        (lambda: make_socket(path), "it is no regular file"),
    ]
    for make, why in odd:
        make()
        assert run_grade(tmp_path / "one", "--one", "--json", tmp_path / "r.json").code == 0
        report = read_report((tmp_path / "r.json").read_bytes())
        assert (report["status"], report["score"]) == ("rejected", 0)
        assert why in report["message"]
        assert "class" not in report["message"]
        path.unlink()


def test_one_that_cannot_be_read(
    run_grade: "RunInProcess",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read_report: "ReadReport",
) -> None:
    """A learner's file that cannot be read whole has no score, and the exit code is 3."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "multi_head_attention.py").write_text("")

    def fail(*_: object) -> bytes:
        raise NotWhole("input/output error")

    monkeypatch.setattr("grader.intake.tree.read_below", fail)
    ran = run_grade(tmp_path / "one", "--one", "--json", tmp_path / "r.json")
    assert ran.code == 3
    report = read_report((tmp_path / "r.json").read_bytes())
    assert (report["status"], report["score"]) == ("grader_error", None)
    assert "input/output error" in report["message"]
