"""A learner's hour: start, the statement, and grading at each save, on a real terminal."""

import csv
import doctest
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.commands import start as starting
from grader.commands.watch import EMPTY, GONE, GRADING, watch
from grader.diagnosis.bank import bank, by_id
from grader.diagnosis.example import example
from grader.diagnosis.mutants import source_with
from grader.errors import GraderFault, UsageError
from grader.kata import default_kata, load_kata
from grader.report.changes import Before, changes
from grader.report.model import Diagnosis, Report
from grader.report.seen import Seen
from grader.screen import mistake as explain
from grader.screen.terminal import Look, columns
from tests.commands import session
from tests.pages import samples

if TYPE_CHECKING:
    from tests.conftest import RunCommand, RunInProcess

KATA = default_kata()

pexpect = pytest.importorskip("pexpect", reason="there are no pseudo-terminals here")
pyte = pytest.importorskip("pyte")

SCRIPTS = Path(sys.executable).parent
ROWS, COLUMNS = 24, 80


class Screen:
    """A command on a terminal of 80 columns and 24 lines, and what can be seen there."""

    def __init__(self, command: str, arguments: list[str], cwd: Path, **env: str) -> None:
        self._terminal = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.Stream(self._terminal)
        kept = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        self.process = pexpect.spawn(
            str(SCRIPTS / command),
            arguments,
            cwd=str(cwd),
            env={**kept, "TERM": "xterm", **env},
            dimensions=(ROWS, COLUMNS),
            encoding="utf-8",
            timeout=60,
        )
        self.raw = ""

    @property
    def lines(self) -> list[str]:
        """The lines that can be seen."""
        return [line.rstrip() for line in self._terminal.display]

    @property
    def words(self) -> str:
        """All that can be seen, as if no line were wrapped."""
        return words("\n".join(self.lines))

    def until(self, pattern: str) -> None:
        """Read until the command has written this."""
        self.process.expect(pattern)
        self._read(self.process.before + self.process.after)

    def until_end(self) -> int:
        """Read until the command ends; return its exit code."""
        self.process.expect(pexpect.EOF)
        self._read(self.process.before)
        self.process.close()
        status: int = self.process.exitstatus
        return status

    def _read(self, text: str) -> None:
        self.raw += text
        self._stream.feed(text)


@pytest.fixture
def on_terminal(tmp_path: Path) -> Iterator[Callable[..., Screen]]:
    """Start commands on terminals in an empty folder; end them with the test."""
    started = []

    def start(command: str, *arguments: str, **env: str) -> Screen:
        screen = Screen(command, list(arguments), tmp_path, **env)
        started.append(screen)
        return screen

    yield start
    for screen in started:
        screen.process.close(force=True)


RAISES = "def compute_qkv(X, W_q, W_k, W_v):\n    raise ValueError\n"
WATCHING = r"Ctrl-C ends\.[^\n]*(?<!More:)\r\n|Ctrl-C ends\.[^\n]*More:\r\n[^\n]*\r\n"


@pytest.mark.long
@pytest.mark.parametrize("played", session.sessions(), ids=lambda played: played.kata.where)
def test_from_start_to_full_marks(
    on_terminal: Callable[..., Screen],
    tmp_path: Path,
    recorded: dict[str, str],
    played: session.Session,
) -> None:
    """Start → watch → a mistake → mended → … → full marks: what was recorded is seen again."""
    begun = on_terminal(*played.begin.split())
    assert begun.until_end() == 0
    assert begun.words == recorded[f"{played.prefix}start"]

    file = tmp_path / played.kata.file
    watched = on_terminal(*played.watch.split())
    watched.until(WATCHING)
    assert watched.words == recorded[f"{played.prefix}watch"]

    points = 0
    for step in played.steps:
        file.write_text(step.source)
        watched.until(WATCHING)
        assert watched.lines[0].endswith(f" {step.points} / 100"), "something scrolled away"
        assert f"Since the last save: {step.points - points} points more." in watched.words
        assert watched.words == recorded[step.name]
        points = step.points
    assert points == 100

    watched.process.sendintr()
    assert watched.until_end() == 0
    assert "Traceback" not in watched.raw


@pytest.fixture(scope="module")
def recorded(root: Path) -> dict[str, str]:
    """The words of each screen of the session that docs/session.txt holds."""
    text = (root / "docs" / "session.txt").read_text(encoding="utf-8")
    screens = re.findall(r"--- (.+?)\n(.*?)(?=\n--- |\Z)", text, re.DOTALL)
    return {
        name: words(re.sub(r"^\$ kata start.*", "", screen).strip(" $\n"))
        for name, screen in screens
    }


def words(text: str) -> str:
    """Return the words of a screen, as if its lines were not wrapped."""
    return " ".join(text.split())


def test_the_tutorial_shows_what_was_recorded(root: Path, recorded: dict[str, str]) -> None:
    """Each screen of the tutorial is one that was recorded, and all of them are told of."""
    tutorial = (root / "docs" / "tutorial.md").read_text(encoding="utf-8")
    shown = re.findall(r"```text\n(.*?)```", tutorial, re.DOTALL)
    assert [words(screen) for screen in shown] == list(recorded.values())


def test_the_experiments_of_the_tutorial(root: Path) -> None:
    """What the tutorial's experiments print is what they print."""
    failed, tried = doctest.testfile(str(root / "docs" / "tutorial.md"), module_relative=False)
    assert tried >= 8
    assert not failed


@pytest.mark.long
@pytest.mark.parametrize("how", ["gone", "empty", "half"])
def test_while_an_editor_saves(
    on_terminal: Callable[..., Screen], tmp_path: Path, how: str
) -> None:
    """A file that is gone, empty or written by half for a moment does not end the watch."""
    file = tmp_path / "mine.py"
    right = KATA.solution_path.read_text()
    file.write_text(source_with(KATA, by_id(KATA)["scores-not-scaled"]))
    watched = on_terminal("grade", "mine.py", "--watch", "--plain")
    watched.until(WATCHING)
    if how == "gone":
        file.unlink()
    else:
        file.write_text("" if how == "empty" else right[: len(right) // 2] + "\n(")
    if how == "half":
        watched.until(WATCHING)
        assert "could not be loaded" in watched.words
    beside = tmp_path / "mine.py.new"
    beside.write_text(right)
    beside.rename(file)
    watched.until(WATCHING)
    assert "mine.py: 100 of 100 points." in watched.words
    compared = "the last save that could be loaded" if how == "half" else "the last save"
    assert f"Since {compared}: 28 points more." in watched.words
    watched.process.sendintr()
    assert watched.until_end() == 0


def test_plain_watch_clears_nothing(on_terminal: Callable[..., Screen], tmp_path: Path) -> None:
    """For a screen reader the watch writes on, without any escape sequence."""
    (tmp_path / "mine.py").write_text(KATA.stub.read_text())
    watched = on_terminal("grade", "mine.py", "--watch", "--plain")
    watched.until(WATCHING)
    assert "\x1b" not in watched.raw


@pytest.mark.long
def test_a_dumb_terminal_is_not_cleared(on_terminal: Callable[..., Screen], tmp_path: Path) -> None:
    """A terminal that can only print gets no escape sequence."""
    (tmp_path / "mine.py").write_text(KATA.stub.read_text())
    watched = on_terminal("grade", "mine.py", "--watch", TERM="dumb")
    watched.until(WATCHING)
    assert "\x1b" not in watched.raw


def test_the_statement_is_drawn_and_paged(on_terminal: Callable[..., Screen]) -> None:
    """On a terminal the statement has no marks of Markdown, and goes through the pager."""
    shown = on_terminal("kata", "statement", PAGER="head -n 12")
    assert shown.until_end() == 0
    assert any("Multi-head attention" in line for line in shown.lines[:3])  # in a box, or not
    assert "# Multi-head" not in shown.raw
    assert "The three functions" not in shown.words


def test_the_statement_in_a_pipe(run_kata: "RunInProcess") -> None:
    """Into a pipe the statement goes as it was written, and what to do next."""
    ran = run_kata("statement")
    text = KATA.statement.read_text(encoding="utf-8")
    assert ran.out.startswith(text)
    assert ran.out.removeprefix(text).count("\n") == 2


@pytest.mark.parametrize("there", ["", "multi_head_attention.py", "multi_head_attention.ipynb"])
def test_the_statement_speaks_of_what_is_there(
    run_kata: "RunInProcess", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    """It names files that exist and commands that work where the learner is."""
    monkeypatch.chdir(tmp_path)
    if there:
        (tmp_path / there).write_text("")
    last = run_kata("statement").out.splitlines()[-1]
    assert f"`grade {there or KATA.file}`" in last
    assert ("Your file is here" in last) == bool(there)
    assert ("`kata start` writes multi_head_attention.py here" in last) == (not there)
    assert "next to this page" not in run_kata("statement").out


def test_the_statement_of_another_kata(run_kata: "RunInProcess", root: Path) -> None:
    """What it says to type has the option that names the kata."""
    folder = root / "tests" / "katas" / "softmax"
    last = run_kata("statement", "--kata", folder).out.splitlines()[-1]
    assert f"`kata start --kata {folder}`" in last
    assert f"`grade softmax.py --kata {folder}`" in last


@pytest.mark.parametrize(
    ("command", "arguments"),
    [("grade", ["raises.py", "--cases"]), ("kata", ["explain"]), ("kata", ["statement"])],
    ids=lambda one: " ".join([*one]) if isinstance(one, list) else one,
)
def test_long_screens_are_paged(
    on_terminal: Callable[..., Screen], tmp_path: Path, command: str, arguments: list[str]
) -> None:
    """On a terminal what does not fit goes through the pager."""
    (tmp_path / "raises.py").write_text(
        "def compute_qkv(X, W_q, W_k, W_v):\n    raise ValueError\n"
    )
    shown = on_terminal(command, *arguments, PAGER="head -n 5")
    assert shown.until_end() == 0
    assert 1 <= len([line for line in shown.lines if line]) <= 5


@pytest.mark.parametrize("options", [["--cases", "--plain"], []], ids=str)
def test_what_is_not_paged(
    on_terminal: Callable[..., Screen], tmp_path: Path, options: list[str]
) -> None:
    """What fits is not paged, and neither is what a screen reader reads."""
    (tmp_path / "raises.py").write_text(
        "def compute_qkv(X, W_q, W_k, W_v):\n    raise ValueError\n"
    )
    shown = on_terminal("grade", "raises.py", *options, PAGER="false")
    assert shown.until_end() == 0
    assert "repeats this grading" in shown.words


def test_a_watch_is_not_paged(on_terminal: Callable[..., Screen], tmp_path: Path) -> None:
    """A screen that is replaced at the next save is never paged, however long it is."""
    (tmp_path / "raises.py").write_text(
        "def compute_qkv(X, W_q, W_k, W_v):\n    raise ValueError\n"
    )
    watched = on_terminal("grade", "raises.py", "--watch", "--cases", PAGER="false")
    watched.until(WATCHING)
    assert "raised ValueError" in watched.raw


def test_what_goes_into_a_pipe_is_not_paged(grade_command: "RunCommand", tmp_path: Path) -> None:
    """Into a pipe all of it goes at once."""
    (tmp_path / "raises.py").write_text(
        "def compute_qkv(X, W_q, W_k, W_v):\n    raise ValueError\n"
    )
    ran = grade_command("raises.py", "--cases", cwd=tmp_path, env={"PAGER": "false"})
    assert ran.out.count("\n") > 24


def test_start_makes_the_folder(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """The stub is written into a new folder."""
    ran = run_kata("start", tmp_path / "a" / "b")
    assert ran.code == 0
    written = tmp_path / "a" / "b" / KATA.file
    assert written.read_bytes() == KATA.stub.read_bytes()


@pytest.mark.parametrize("kind", ["work", "link", "dangling", "folder"])
def test_start_never_overwrites(run_kata: "RunInProcess", tmp_path: Path, kind: str) -> None:
    """What has the name of the stub stays, whatever it is, and the code is 2."""
    path, other = tmp_path / KATA.file, tmp_path / "other.py"
    if kind == "folder":
        path.mkdir()
    elif kind == "work":
        path.write_text("mine")
    else:
        path.symlink_to(other)
        if kind == "link":
            other.write_text("mine")
    ran = run_kata("start", tmp_path)
    assert ran.code == 2
    assert "is there already and was left as it is" in ran.err
    words = {"dangling": "a link that leads nowhere", "folder": "a folder"}
    assert words.get(kind, f"Go on with: grade {path} --watch") in ran.err
    assert ("--watch" in ran.err) == (kind in ("work", "link"))
    assert kind != "work" or path.read_text() == "mine"
    assert other.exists() == (kind == "link")


HOSTILE = "x\x1b]0;owned\x07\u202e y"


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", HOSTILE],
        ["grade", "--one", HOSTILE],
        ["grade", f"--{HOSTILE}"],
        ["grade", "mine.py", HOSTILE],
        ["grade", "mine.py", "--format", HOSTILE],
        ["grade", "mine.py", "--json", f"{HOSTILE}/x"],
        ["grade", "class", "--out", HOSTILE],
        ["kata", "start", HOSTILE],
        ["kata", "start", "mine.py"],
        ["kata", "export", "docker", HOSTILE],
        ["kata", "explain", HOSTILE],
        ["kata", HOSTILE],
    ],
    ids=lambda given: " ".join(given).replace(HOSTILE, "…"),
)
def test_no_path_reaches_the_terminal_raw(
    run_grade: "RunInProcess",
    run_kata: "RunInProcess",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stub: Path,
    arguments: list[str],
) -> None:
    """Whatever a path is called, nothing that is printed can move a cursor or turn text around."""
    monkeypatch.chdir(tmp_path)
    for name in ("mine.py", f"class/{HOSTILE}.py", "class/b.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(stub.read_text())
    command, *rest = arguments
    ran = (run_grade if command == "grade" else run_kata)(*rest)
    assert ran.out + ran.err
    assert not set(ran.out + ran.err) & set("\x1b\x07\u202e")


@pytest.mark.long
def test_gradebooks_and_reports_have_clean_names(
    run_grade: "RunInProcess", tmp_path: Path, stub: Path
) -> None:
    """No name of a learner's is a formula, a control or unseen in the gradebook or as a report."""
    names = [HOSTILE, " =1+1", "\n=1+1", "x;=1+1", "x; =1+1", "\u200b-1", "+1", "Zoe\u200c"]
    (tmp_path / "class").mkdir()
    for name in names:
        (tmp_path / "class" / f"{name}.py").write_text(stub.read_text())
    out = tmp_path / "out"
    assert run_grade(tmp_path / "class", "--out", out, "--seed", "1").code == 0
    with (out / "gradebook.csv").open(newline="", encoding="utf-8") as file:
        cells = [row["name"] for row in csv.DictReader(file)]
    assert len(cells) == len(names)
    written = [path.name for path in out.iterdir()]
    for text in (*cells, *written):
        seen = [one for one in text if one != "\u200c"]
        assert not [one for one in seen if unicodedata.category(one) in ("Cc", "Cf")], ascii(text)
    for cell in cells:
        assert not re.search(r"(^|;)\s*[=+@-]", cell), ascii(cell)
    assert "Zoe\u200c" in cells


def test_start_with_a_name_that_a_shell_would_split(
    run_kata: "RunInProcess", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that is proposed can be pasted as it stands."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        ran = run_kata("start", "my kata")
        assert "grade 'my kata/multi_head_attention.py' --watch" in ran.out + ran.err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mime.py", "Did you mean mine.py?"),
        ("quite_different.py", "`kata start` writes a file"),
        ("nowhere/mine.py", "There is no folder nowhere"),
        (".", "For the one file in it: grade multi_head_attention.py"),
    ],
)
def test_what_may_have_been_meant(
    run_grade: "RunInProcess",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    told: str,
) -> None:
    """Where there is no such file, the nearest one or a beginning is proposed."""
    monkeypatch.chdir(tmp_path)
    for there in ("mine.py", "multi_head_attention.py"):
        (tmp_path / there).write_text("")
    ran = run_grade(name)
    assert ran.code == 2
    assert told in ran.err


@pytest.mark.parametrize(
    ("command", "arguments", "told"),
    [
        ("kata", ["explain", "scores-not-scaled"], "softmax(Q K^T / sqrt d_k) V"),
        ("kata", ["explain"], "softmax(Q K^T / sqrt d_k) V"),
        ("kata", ["start", "é"], "?/multi_head_attention.py has three functions"),
        ("grade", ["é.py"], "There is no file ?.py"),
        ("grade", ["--help"], "Judge PATH"),
    ],
)
def test_commands_in_ascii(
    tmp_path: Path,
    command: str,
    arguments: list[str],
    told: str,
) -> None:
    """Where the terminal has ASCII alone, every command spells what it says in ASCII."""
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    line: list[str | Path] = [SCRIPTS / command, *arguments]
    ran = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, check=False)
    written = (ran.stdout + ran.stderr).decode("ascii")
    assert told in written
    assert "Traceback" not in written


@pytest.mark.parametrize("width", [40, 57, 80])
@pytest.mark.parametrize("mistake", ["scores-not-scaled", "heads-reversed", "always-zero", ""])
def test_explanations_fit_the_terminal(width: int, mistake: str) -> None:
    """What `kata explain` tells is as wide as the terminal, with the arrays side by side or not."""
    look = Look(width)
    if not mistake:
        text = explain.describe_bank(KATA, look)
    elif mistake in by_id(KATA):
        known = by_id(KATA)[mistake]
        text = explain.describe(KATA, known, example(KATA, known), look)
    else:
        text = explain.describe_symptom(KATA, mistake, look)
    assert max(columns(line) for line in text.split("\n")) <= width
    for one in bank(KATA):
        assert all(len(line) <= width for line in explain.numbers(example(KATA, one), look, "  "))
        if not mistake or width == 80:
            break


def test_start_where_nothing_can_be_made(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """A file in the folder's place is wrong usage; a folder that cannot be made is a fault."""
    (tmp_path / "file").write_text("")
    assert run_kata("start", tmp_path / "file").code == 2
    ran = run_kata("start", tmp_path / "file" / "below")
    assert ran.code == 3
    assert "cannot be written" in ran.err


def test_start_leaves_nothing_on_a_full_disk(tmp_path: Path) -> None:
    """When the disk is full no half a file stays, so that the next try is not refused."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))  # as a disk with 100 bytes left
    try:
        with pytest.raises(GraderFault, match="cannot be written"):
            starting.start(KATA, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments", [["--fail-under", "1"], ["--json", "-"], ["--format", "junit"]], ids=str
)
def test_what_does_not_go_with_watching(
    run_grade: "RunInProcess", stub: Path, arguments: list[str]
) -> None:
    """What has no sense in a watch is refused before anything runs."""
    ran = run_grade(stub, "--watch", *arguments)
    assert ran.code == 2
    assert "--watch" in ran.err


@pytest.mark.parametrize(
    "option", ["--watch", "--page", "--cases", "--hint", "--no-hint", "--plain"]
)
def test_a_class_has_no_screen(run_grade: "RunInProcess", tmp_path: Path, option: str) -> None:
    """Options of the screen are refused for a class, which has none."""
    ran = run_grade(tmp_path, option, "--out", tmp_path / "out")
    assert ran.code == 2
    assert f"{option} is for one file" in ran.err


def test_watching_needs_its_package(monkeypatch: pytest.MonkeyPatch, stub: Path) -> None:
    """Without the package that watches, a sentence says how to get it."""
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    unused: Any = None
    with pytest.raises(UsageError, match=re.escape("pip install 'attention-kata[learn]'")):
        watch(stub, b"", unused, unused, unused)


def test_what_is_judged_while_watching(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only what was saved with other content is judged: nothing that is gone, empty, the same."""
    file = tmp_path / "mine.py"

    def saves(*_: Any, **__: Any) -> Iterator[set[Any]]:
        for content in (None, b"", b"\n", b"first", b"second", b"second", b"third"):
            file.unlink(missing_ok=True)
            if content is not None:
                file.write_bytes(content)
            yield set()

    judged: list[bytes] = []
    shown: list[tuple[int, int | None, bool | None]] = []

    def judge(source: bytes) -> Report:
        judged.append(source)
        status = "rejected" if source == b"second" else "graded"
        return report(len(judged), status=status)

    def show(now: Report, _: bytes, *, before: Before | None) -> None:
        last = before and before.is_last
        shown.append((now.points, before.report.points if before else None, last))

    monkeypatch.setattr("watchfiles.watch", saves)
    told: list[str] = []
    watch(file, b"first", judge, show, told.append)
    assert judged == [b"first", b"second", b"third"]
    assert shown == [(1, None, None), (1, None, None), (2, 1, True), (3, 1, False)], (
        "what cannot be loaded is no measure"
    )
    assert told == [GRADING, GONE, EMPTY, *[GRADING] * 3], "a screen that is old is said to be"


def report(
    points: int,
    *mistakes: str,
    status: Any = "graded",
    outcome: Any = "failed",
    seen: Seen | None = None,
) -> Report:
    """Return a report with these points and mistakes, in which all cases ended in one way."""
    found = tuple(
        Diagnosis(one, one.capitalize(), "self_attention", "Why.", "Next?", "exact")
        for one in mistakes
    )
    whole = samples.report()
    cases = tuple(replace(case, outcome=outcome, message="No.", seen=seen) for case in whole.cases)
    return replace(whole, points=points, diagnoses=found, status=status, cases=cases)


def raising(seen: Seen, *mistakes: str) -> Report:
    """Return a report in which self_attention raises, and the other functions answer."""
    whole = report(30, *mistakes)
    cases = tuple(
        replace(case, outcome="error", seen=seen) if case.function == "self_attention" else case
        for case in whole.cases
    )
    return replace(whole, cases=cases)


NAME = Seen("raised", "NameError", "name 'k' is not defined", line=5, source="return Q @ k.T")


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (report(10), report(11), ["1 point more."]),
        (report(30), report(10), ["20 points fewer."]),
        (report(30), report(30), ["no change in points."]),
        (
            report(30, "a", "b"),
            report(30, "b", "c"),
            ["no change in points.", "Gone: A.", "New: C."],
        ),
        (
            report(30, "a"),
            raising(NAME),
            ["no change in points.", "An exception is raised now in self_attention."],
        ),
        (
            report(30, "a"),
            raising(NAME, "name-not-defined"),
            [
                "no change in points.",
                "An exception is raised now in self_attention.",
                "New: Name-not-defined.",
            ],
        ),
        (report(30, "a"), report(30, outcome="not_run"), ["no change in points."]),
        (report(30, "a"), report(30, outcome="timeout"), ["no change in points."]),
        (
            report(30, "nothing-returned"),
            report(30, seen=Seen("missing")),
            ["no change in points."],
        ),
        (
            raising(NAME, "name-not-defined"),
            raising(NAME._replace(source="return Q @ k"), "name-not-defined"),
            ["no change in points.", "Another exception is raised now in self_attention."],
        ),
        (raising(NAME), raising(NAME._replace(line=7)), ["no change in points."]),
        (
            raising(NAME, "name-not-defined"),
            report(30, "a"),
            ["no change in points.", "Gone: Name-not-defined.", "New: A."],
        ),
        (report(30), report(0, status="rejected"), ["the file cannot be loaded any more."]),
        (report(0, status="rejected"), report(0, status="rejected"), []),
    ],
)
def test_what_has_changed(before: Report, now: Report, told: list[str]) -> None:
    """Points first, then what went and what came; what is only out of sight is not gone."""
    said = [line.removeprefix("Since the last save: ") for line in changes(Before(before), now)]
    assert said == told


def test_what_is_compared_is_said() -> None:
    """After saves that could not be loaded, it is said that the last that could is compared."""
    earlier = Before(report(10, "nothing-returned"), is_last=False)
    said = list(changes(earlier, report(12)))
    assert said == ["Since the last save that could be loaded: 2 points more."]
    assert not list(changes(earlier, report(0, status="rejected")))


def test_a_mistake_that_another_function_makes_too() -> None:
    """What is gone from one function and seen in a later one then is said so."""
    before = report(30, "a")
    later = replace(before.diagnoses[0], function="multi_head_attention")
    said = " ".join(changes(Before(before), replace(report(40), diagnoses=(later,))))
    assert "Gone from self_attention: A. Still in multi_head_attention: A." in said


def test_what_was_unwritten_before_is_not_new(stub: Path) -> None:
    """A later function that still gives nothing back is no news, whatever was named before."""
    none = Seen("returned_none")
    before = report(0, seen=none)
    nothing = Diagnosis("nothing-returned", "Nothing", "self_attention", "Why.", "Next?", "exact")
    said = list(changes(Before(before), replace(report(0, seen=none), diagnoses=(nothing,))))
    assert said == ["Since the last save: no change in points."]


def test_results_of_a_tuple_have_their_names() -> None:
    """Of a function that returns three arrays, each is shown with its name."""
    known = next(one for one in bank(KATA) if one.function == "compute_qkv")
    for look in (Look(), Look(plain=True)):
        told = explain.describe(KATA, known, example(KATA, known), look)
        for name in KATA.functions["compute_qkv"].returns:
            assert f"right: {name} = [" in told
            assert f"with the mistake: {name} =" in told


@pytest.mark.long
def test_no_call_is_cut() -> None:
    """The calls by which a mistake of a class shows are each on one line."""
    kata = load_kata("kv_cache")
    for mistake in bank(kata):
        for line in explain.numbers(example(kata, mistake)):
            assert line.count("(") == line.count(")"), line


def test_a_word_finds_mistakes(run_kata: "RunInProcess") -> None:
    """`kata explain WORD` lists what has the word in its ID or title; the whole list says so."""
    whole, some = run_kata("explain"), run_kata("explain", "SOFTMAX")
    assert "`kata explain WORD`" in whole.out.split("\n")[0]
    assert whole.code == some.code == 0
    entries = [line for line in some.out.split("\n") if re.match("  [a-z]+-[a-z-]+ ", line)]
    assert entries
    assert len(some.out) < len(whole.out) / 2
    assert run_kata("explain", "nowhere").code == 2
