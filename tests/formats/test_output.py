"""Where formats go: files, standard output, and a GitHub step that looks for commands in it."""

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.commands.options import ScreenOptions
from grader.commands.targets import targets, write
from grader.errors import GraderFault, UsageError
from grader.formats import GROUP, Format, View, find, names
from grader.jail import jail
from grader.kata import default_kata
from grader.text import clean
from tests.formats.test_payloads import PAYLOADS

if TYPE_CHECKING:
    from tests.conftest import RunInProcess
    from tests.formats.conftest import Views

KATA = default_kata()

RIGHT = KATA.solution_path.read_bytes()
SCREEN = ScreenOptions(watch=False, cases=True, hint=None, plain=False)
COMMANDS = (
    *("error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "set-output"),
    *("set-env", "save-state", "add-path", "add-matcher", "remove-matcher", "echo"),
)


class Runner:
    """Reads a step's output as actions/runner does: ActionCommand and ActionCommandManager."""

    def __init__(self) -> None:
        self.obeyed: list[str] = []
        self._known = {"stop-commands", *COMMANDS}
        self._word = ""

    def read(self, text: str) -> list[str]:
        """Return the commands that are obeyed, but for those that only stop and go on."""
        for line in re.split(r"\r\n|\r|\n", text):
            name, data = self._parse(line)
            if self._word:
                if name == self._word:
                    self._known.remove(name)
                    self._word = ""
            elif name == "stop-commands":
                self._word = data
                self._known.add(data)
            elif name:
                self.obeyed.append(line)
        assert not self._word, "commands stay off for the steps that follow"
        return self.obeyed

    def _parse(self, line: str) -> tuple[str, str]:
        text = line.lstrip()
        if text.startswith("::") and (end := text.find("::", 2)) >= 0:
            name = text[2:end].partition(" ")[0]
            if name.lower() in self._known:
                return name.lower(), text[end + 2 :]
        start = line.find("##[")
        end = line.find("]", max(start, 0))
        if start >= 0 and end >= 0:
            name = line[start + 3 : end].partition(" ")[0]
            if name.lower() in self._known:
                return name.lower(), line[end + 1 :]
        return "", ""


@pytest.fixture
def printed(
    views: "Views",
    say: Callable[[View, str], View],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[[str, str, str], str]:
    """Print a view with a text of the learner's in a step of GitHub's; return what was printed."""
    submission = tmp_path / "a.py"
    submission.touch()

    def show(name: str, fate: str, text: str) -> str:
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        wanted = targets([] if name == "screen" else [name], None, submission)
        report = say(views[fate], text).report
        write(KATA, replace(report, timing={"seconds": 0.0}), b"", wanted=wanted, screen=SCREEN)
        return "".join(capsys.readouterr())

    return show


FATES = ("wrong", "talking", "rejected", "broken grader")
WORDS = {
    **PAYLOADS,
    "wrapped": "x " * 80 + "::error file=a.py::x " * 9 + "::set-output name=a::b " * 9,
    "old command": "x ##[error]y ##[add-mask]z\n##[set-env name=a]b",
    "stop and go": "::stop-commands::x\n::x::\n::error::y\n##[stop-commands]x\n##[x]\n##[error]y",
}


@pytest.mark.long
@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("name", ["screen", *names()])
def test_no_command_of_a_learner_is_obeyed(
    printed: Callable[[str, str, str], str], name: str, words: str, fate: str
) -> None:
    """In a step nothing is obeyed but the annotations, whatever is printed how."""
    # The report is made of clean text, and the screen of the report.
    text = clean(WORDS[words]) if name in ("screen", "report") else WORDS[words]
    found = printed(name, fate, text)
    obeyed = Runner().read(found)
    assert all(line.startswith("::error title=") for line in obeyed)
    assert bool(obeyed) == (name == "github-annotations" and fate != "talking")


def test_the_reader_of_commands_sees_them() -> None:
    """The reader above obeys what the runner would, or the test above would prove nothing."""
    text = "  ::error::x\nx ##[add-mask]y\n::stop-commands::w\n::error::x\n::w::\n::notice a=b::x\n"
    assert Runner().read(text) == ["  ::error::x", "x ##[add-mask]y", "::notice a=b::x"]


def test_json_stays_json(printed: Callable[[str, str, str], str]) -> None:
    """In a step too, JSON on standard output is JSON and nothing else, and says the same."""
    text = printed("ctrf", "wrong", "##[error]x")
    tests = json.loads(text)["results"]["tests"]
    assert {test["message"].splitlines()[0] for test in tests if test["message"]} == {"##[error]x"}
    assert "##[" not in text


def test_a_file_is_not_looked_through(
    views: "Views", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a step redirects into a file is as elsewhere."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with (tmp_path / "out.md").open("w+") as file:
        monkeypatch.setattr("sys.stdout", file)
        (tmp_path / "a.py").touch()
        wanted = targets(["markdown"], None, tmp_path / "a.py")
        write(KATA, views["wrong"].report, b"", wanted=wanted, screen=SCREEN)
        file.seek(0)
        assert file.read().startswith("## ` my attention.py `")


# --------------------------------------------------------------------------- files and faults


def deliver(view: View, folder: Path, *formats: str) -> None:
    """Write a view's report in formats."""
    (folder / "a.py").touch()
    wanted = targets(formats, None, folder / "a.py")
    write(KATA, view.report, view.source.encode(), wanted=wanted, screen=SCREEN)


def test_the_summary_is_appended(views: "Views", tmp_path: Path) -> None:
    """What a step wrote before stays in its summary, and is not removed by a broken grader."""
    summary = tmp_path / "summary"
    summary.write_text("# Before\n")
    for fate in ("wrong", "broken grader"):
        deliver(views[fate], tmp_path, f"github={summary}")
    text = summary.read_text()
    assert text.startswith("# Before\n## ")
    assert "of 100 points" in text
    assert "not your fault" in text


def test_only_files_are_removed(views: "Views", tmp_path: Path) -> None:
    """Where a format writes nothing an older file goes, through a link too; a pipe stays."""
    old, link, pipe = (tmp_path / name for name in ("old.json", "link.json", "pipe"))
    old.write_text("{}")
    link.symlink_to(old)
    os.mkfifo(pipe)
    deliver(views["broken grader"], tmp_path, f"ctrf={link}", f"edx={pipe}", "coursera=/dev/stdout")
    assert not old.exists()
    assert pipe.exists()
    assert Path("/dev/stdout").exists()


@pytest.mark.parametrize("name", [name for name in names() if name != "github-annotations"])
def test_no_stale_result(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_grade: "RunInProcess"
) -> None:
    """Where the grader fails before it judges, no older result is left.

    Required isolation that is not there ends with 3, and nothing with a score is written.
    """
    monkeypatch.setattr(jail, "LAYERS", ("limits",))
    file, result = tmp_path / KATA.file, tmp_path / "result"
    file.write_bytes(RIGHT)
    result.write_text("an older result\n")
    ran = run_grade(file, "--require-isolation", "--format", f"{name}={result}")
    assert ran.code == 3
    assert "nothing was run" in ran.err
    expected = find(name).render(View(failure(ran.err), "", {}, 0.0))
    appended = name == "github"
    if name == "report" or expected is None:
        assert not result.exists()
    else:
        text = result.read_text()
        assert ("an older result" in text) == appended
        assert not re.search(r'"score": [0-9]|Grade :=>>|"fraction": (?!0\.0)', text)
    assert "100 of 100" not in (result.read_text() if result.exists() else "")


def failure(message: str) -> Any:
    """Return the report of a broken grader."""
    from grader.grading.grade import grader_error

    return grader_error(KATA, None, b"", name=KATA.file, seed=1, message=message)


# ------------------------------------------------------------------- formats of other packages


def _raise(_: View) -> bytes:
    raise ZeroDivisionError("by zero")


def _text(_: View) -> Any:
    return "text"


FINE = Format("fine", lambda view: b"fine\n")
RAISES = Format("raises", _raise)
TEXT = Format("text", _text)
NO_FORMAT = object()


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Formats of other packages: one that works, and all ways not to."""
    values = {
        "fine": f"{__name__}:FINE",
        "raises": f"{__name__}:RAISES",
        "text": f"{__name__}:TEXT",
        "object": f"{__name__}:NO_FORMAT",
        "gone": "a_package_that_is_not_there:FORMAT",
        "missing": f"{__name__}:NOTHING",
    }
    theirs = [metadata.EntryPoint(name, value, GROUP) for name, value in values.items()]
    ours = [entry for entry in metadata.entry_points(group=GROUP) if entry.name == "edx"]
    everything = metadata.EntryPoints([*theirs, *ours])
    monkeypatch.setattr(metadata, "entry_points", lambda **wanted: everything.select(**wanted))
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])


@pytest.mark.usefixtures("others")
def test_listing(run_grade: "RunInProcess") -> None:
    """A format that cannot be loaded is listed with the reason, and so are all others."""
    ran = run_grade("--formats")
    assert ran.code == 0
    lines = dict(line.split(maxsplit=1) for line in ran.out.splitlines())
    assert set(lines) == {"edx", "fine", "gone", "missing", "object", "raises", "text"}
    assert lines["fine"] == "fine"
    for name in ("gone", "missing", "object"):
        assert "cannot be loaded: " in lines[name]
    assert "a_package_that_is_not_there" in lines["gone"]


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("name", ["gone", "missing", "object"])
def test_refused_before_any_work(name: str, tmp_path: Path) -> None:
    """A format that cannot be loaded is wrong usage."""
    with pytest.raises(UsageError, match=f"The format {name} cannot be loaded: "):
        targets([name], None, tmp_path / "a.py")


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    ("name", "why"), [("raises", "ZeroDivisionError: by zero"), ("text", "str")]
)
def test_a_format_that_fails_is_named(views: "Views", name: str, why: str, tmp_path: Path) -> None:
    """A format that fails is named, its older file stays, and the others are written."""
    one, other = tmp_path / "one", tmp_path / "other"
    with pytest.raises(GraderFault, match=rf"The format {name} failed.*{why}"):
        deliver(views["wrong"], tmp_path, f"{name}={one}", f"fine={other}")
    assert not one.exists()
    assert other.read_bytes() == b"fine\n"


@pytest.mark.usefixtures("others")
def test_a_format_that_fails_is_the_graders_fault(
    tmp_path: Path, run_grade: "RunInProcess"
) -> None:
    """`grade` ends with 3, and the report is there."""
    file = tmp_path / KATA.file
    file.write_bytes(RIGHT)
    ran = run_grade(
        file, "--format", f"raises={tmp_path / 'x'}", "--format", f"fine={tmp_path / 'y'}"
    )
    assert ran.code == 3
    assert "The format raises failed" in ran.err
    assert (tmp_path / "y").read_bytes() == b"fine\n"


@pytest.mark.usefixtures("others")
def test_class_with_a_format_that_fails(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """In a class a format that raises is named once; the reports and other formats are there."""
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    for name in ("ada", "bob"):
        (folder / f"{name}.py").write_text("x = 1\n")
    ran = run_grade(folder, "--out", out, "--jobs", "1", "--format", "raises", "--format", "fine")
    assert ran.code == 3
    assert ran.err.count("The format raises failed") == 1
    for name in ("ada", "bob"):
        assert (out / f"{name}.json").exists()
        assert (out / f"{name}.fine").exists()
        assert not (out / f"{name}.raises").exists()
    assert (out / "gradebook.csv").exists()
