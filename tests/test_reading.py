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


def test_one_that_is_a_link(
    run_grade: "RunInProcess", tmp_path: Path, solution: Path, read_report: "ReadReport"
) -> None:
    """In a learner's folder a link that leaves it is rejected, with why."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "multi_head_attention.py").symlink_to(solution)
    assert run_grade(tmp_path / "one", "--one", "--json", tmp_path / "r.json").code == 0
    report = read_report((tmp_path / "r.json").read_bytes())
    assert (report["status"], report["score"]) == ("rejected", 0)
    assert "symbolic link" in report["message"]


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
