"""The command from its first moment: a jail that starts early is the one that grades, and ends."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.commands import entry
from grader.jail import Jail, Limits

if TYPE_CHECKING:
    from tests.conftest import RunCommand


class Watched(Jail):
    """A jail that notes when it is entered and left."""

    log: list[str]

    def __enter__(self) -> "Watched":
        self.log.append("enter")
        super().__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.log.append("exit")
        super().__exit__(None, None, None)


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> tuple[object, list[str]]:
    """Run the command; return its exit code, and what became of the jail that started early."""
    Watched.log = []
    monkeypatch.setattr("grader.jail.Jail", Watched)
    monkeypatch.setattr(sys, "argv", ["grade", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        entry.grade()
    return ended.value.code, Watched.log


def test_the_early_jail_grades(monkeypatch: pytest.MonkeyPatch, solution: Path) -> None:
    """The jail that starts early is entered by the command too, and ended for good."""
    code, log = run(monkeypatch, solution, "--json", "-", "--fail-under", "1")
    assert (code, log) == (0, ["enter", "enter", "exit", "exit"])


def test_the_early_jail_ends_with_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, solution: Path
) -> None:
    """A command that does not come to grade leaves no jail behind."""
    code, log = run(monkeypatch, solution, "--no-such-option")
    assert (code, log) == (2, ["enter", "exit"])


@pytest.mark.parametrize("words", [["--help"], ["--formats"], ["missing.py"], ["a-folder"]])
def test_no_jail_without_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]
) -> None:
    """Where no file is to be graded, no jail is started early."""
    (tmp_path / "a-folder").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, *words)[1] == []


def test_an_early_jail_that_fails(monkeypatch: pytest.MonkeyPatch, solution: Path) -> None:
    """If starting early fails, the command starts a jail itself, and says what is wrong with it."""

    def broken(*_: object) -> Jail:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("grader.jail.Jail", broken)
    monkeypatch.setattr(sys, "argv", ["grade", str(solution), "--json", "-"])
    with pytest.raises(SystemExit) as ended:
        entry.grade()
    assert ended.value.code == 0


def test_limits_of_an_early_jail(grade_command: "RunCommand", tmp_path: Path) -> None:
    """A jail that starts before the options are read keeps to them."""
    (tmp_path / "slow.py").write_text("while True:\n    pass\n", encoding="utf-8")
    ran = grade_command("slow.py", "--call-seconds", "0.3", cwd=tmp_path)
    assert "did not finish within 0.3 s" in " ".join(ran.out.split())


def test_entered_twice() -> None:
    """A jail may be entered again while it is open; to leave it twice does no harm."""
    with Jail(Limits()) as jail:
        first = jail.isolation
        with jail:
            assert jail.isolation is first
            jail.start_worker(b"").end()
