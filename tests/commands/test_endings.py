"""How the commands end, whatever happens to them: exit codes, Ctrl-C, a screen that is gone."""

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from grader.files import write_atomically
from grader.formats import find
from tests.conftest import SCRIPTS, Ran

if TYPE_CHECKING:
    from tests.conftest import ReadReport, RunInProcess

SITE = """\
import os, signal, sys

class Meet:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["MEET"]:
            exec(os.environ["DO"])

if "MEET" in os.environ and sys.argv[:1] != ["-c"]:
    sys.meta_path.insert(0, Meet())
"""
"""A module that Python imports first: it does something when a certain module is imported."""
INTERRUPT = "os.kill(os.getpid(), signal.SIGINT)"
REAPER = """\
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)
code = subprocess.run(sys.argv[1:]).returncode
try:
    while True:
        os.wait()
except ChildProcessError:
    sys.exit(code)
"""
"""Runs a command and takes over what it leaves behind: it ends when all of that has ended."""


@pytest.fixture
def wrong(solution: Path, tmp_path: Path) -> Path:
    """A submission that earns some of the points."""
    path = tmp_path / "wrong.py"
    path.write_text(solution.read_text(encoding="utf-8").replace(" / np.sqrt(d_k)", ""))
    return path


def run(
    *words: str | Path,
    cwd: Path,
    env: dict[str, str] | None = None,
    stdout: int = subprocess.PIPE,
    preexec: Callable[[], object] | None = None,
) -> Ran:
    """Run a command to its end."""
    command = [SCRIPTS / words[0], *words[1:]] if words[0] in ("grade", "kata") else [*words]
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=120,
        preexec_fn=preexec,
        check=False,
    )
    return Ran(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())


def meeting(folder: Path, module: str, do: str) -> dict[str, str]:
    """Return the environment in which something is done when a module is imported."""
    site = folder / "site"
    site.mkdir(exist_ok=True)
    (site / "sitecustomize.py").write_text(SITE)
    return {"PYTHONPATH": str(site), "MEET": module, "DO": do}


def is_a_sentence(text: str) -> bool:
    """Say whether this is one line, as a person is told one."""
    return text.endswith(".\n") and text.count("\n") == 1 and "Traceback" not in text


def to_grade(module: str, wrong: Path) -> list[str]:
    """Return the words that name what is graded, so that a module is needed."""
    if module not in WITH_PYTEST:
        return [str(wrong)]
    return [str(SERIES / "solution" / "series.py"), "--kata", str(SERIES)]


# ---- Ctrl-C --------------------------------------------------------------------------

GRADING = [
    *("typing", "contextlib", "grader.jail", "subprocess", "grader.jail.zygote"),
    *("click", "grader.commands.grade", "grader.commands.options", "grader.formats"),
    *("numpy", "numpy._core._exceptions", "datetime", "numpy.linalg", "numpy.random"),
    *("grader.cases.called", "grader.learner.submission", "grader.diagnosis.diagnose"),
    "grader.screen.report",
]
WITH_PYTEST = ["pytest", "_pytest.config", "grader.cases.run", "pytest_jsonreport.plugin"]
SERIES = Path(__file__).parents[1] / "katas" / "series"
"""A kata whose cases need pytest."""
LOOKING = ["grader.commands.kata", "click", "numpy._core._exceptions", "grader.diagnosis.bank"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "module"),
    [
        *(("grade", module) for module in GRADING + WITH_PYTEST),
        *(("kata", module) for module in LOOKING),
    ],
)
def test_interrupted_at_an_import(command: str, module: str, wrong: Path, tmp_path: Path) -> None:
    """Ctrl-C at any import is one sentence and exit 130, and nothing goes on behind it."""
    target = tmp_path / "report.json"
    words = [*to_grade(module, wrong), "--json", str(target)] if command == "grade" else ["explain"]
    ran = run(
        *(sys.executable, "-c", REAPER, str(SCRIPTS / command), *words),
        cwd=tmp_path,
        env=meeting(tmp_path, module, INTERRUPT),
    )
    assert (ran.code, ran.out) == (130, "")
    assert ran.err == f"{command}: interrupted before it was done.\n"
    assert not target.exists() or module == "grader.screen.report"  # files come first


@pytest.mark.parametrize(
    "module", ["grader.commands.grade_class", "numpy._core._exceptions", "_queue"]
)
def test_interrupted_before_a_class(module: str, wrong: Path, tmp_path: Path) -> None:
    """Ctrl-C before the first report of a class is no other error."""
    (tmp_path / "class").mkdir()
    wrong.rename(tmp_path / "class" / "a.py")
    env = meeting(tmp_path, module, INTERRUPT)
    ran = run("grade", "class", "--out", "out", cwd=tmp_path, env=env)
    assert ran.code == 130
    assert is_a_sentence(ran.err)


@pytest.mark.long
def test_interrupts_that_are_ignored(wrong: Path, tmp_path: Path) -> None:
    """Whoever starts a command with Ctrl-C ignored, as a shell in the background, is heeded."""
    ran = run(
        *("grade", wrong),
        cwd=tmp_path,
        env=meeting(tmp_path, "numpy", INTERRUPT),
        preexec=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert (ran.code, ran.err) == (0, "")


def test_interrupted_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is being written when Ctrl-C comes is as it was, and no draft is left."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    target = tmp_path / "report.json"
    target.write_text("the report of last time")
    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, "half of")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["the report of last time"]


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (EOFError, 3)])
def test_raised_in_a_command(
    error: type[BaseException],
    code: int,
    run_kata: "RunInProcess",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What click takes for "Aborted!", exit 1, is told as what it is."""

    def broken(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr("grader.screen.mistake.describe_bank", broken)
    ran = run_kata("explain")
    assert ran.code == code
    assert is_a_sentence(ran.err)


# ---- what nobody thought of ----------------------------------------------------------


@pytest.mark.parametrize("raised", ["ImportError('x')", "MemoryError", "OSError(24, 'x')"])
@pytest.mark.parametrize("module", ["grader.jail", "click", "numpy", "_pytest.config", "_pytest"])
def test_a_broken_start(module: str, raised: str, wrong: Path, tmp_path: Path) -> None:
    """Whatever is raised while the command is being imported is a sentence and exit 3."""
    words = to_grade(module, wrong)
    ran = run("grade", *words, cwd=tmp_path, env=meeting(tmp_path, module, f"raise {raised}"))
    assert ran.code == 3
    assert is_a_sentence(ran.err)


@pytest.mark.long
def test_pytest_itself_breaks(run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks pytest itself is told in a sentence, not in pytest's traceback."""

    def broken(*_: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("grader.cases.plugin.Collected", broken)
    ran = run_grade(SERIES / "solution" / "series.py", "--kata", SERIES)
    assert ran.code == 3
    assert is_a_sentence(ran.err)
    assert "No space left on device" in ran.err


def test_a_broken_format(
    solution: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A format that fails takes neither the other files nor the screen with it."""

    def broken(_: object) -> NoReturn:
        raise SyntaxError("not today")

    def spoil(name: str) -> Any:
        return replace(find(name), render=broken) if name == "html" else find(name)

    monkeypatch.setattr("grader.formats.find", spoil)
    target = tmp_path / "report.json"
    page = tmp_path / "page.html"
    ran = run_grade(solution, "--format", f"html={page}", "--format", f"report={target}")
    assert ran.code == 3
    assert "The format html failed (SyntaxError: not today)" in ran.err
    assert "100 / 100" in ran.out
    assert json.loads(target.read_text())["points"] == 100


# ---- a screen that takes nothing -----------------------------------------------------


def unread() -> int:
    """Return the end of a pipe that nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("grade wrong.py", 0),
        ("grade wrong.py --json -", 0),
        ("grade wrong.py --format markdown", 0),
        ("grade wrong.py --fail-under 1", 1),
        ("grade wrong.py --watch", 0),
        ("grade --formats", 0),
        ("grade --help", 0),
        ("grade missing.py", 2),
        ("kata explain", 0),
        ("kata statement", 0),
        ("kata schema", 0),
    ],
)
def test_a_reader_that_has_gone(words: str, code: int, wrong: Path, tmp_path: Path) -> None:
    """A reader who has seen enough, such as `head -1`, is no fault: the verdict is the code."""
    pipe = unread()
    ran = run(*words.split(), cwd=tmp_path, stdout=pipe)
    os.close(pipe)
    assert ran.code == code
    assert ran.err == "" or code == 2


@pytest.mark.parametrize(
    "words", ["grade wrong.py --json a.json --fail-under 1", "grade --formats", "kata schema"]
)
def test_a_full_screen(words: str, wrong: Path, tmp_path: Path, read_report: "ReadReport") -> None:
    """Standard output that is full is a sentence and exit 3; files are written all the same."""
    full = os.open("/dev/full", os.O_WRONLY)
    ran = run(*words.split(), cwd=tmp_path, stdout=full)
    os.close(full)
    assert ran.code == 3
    assert is_a_sentence(ran.err)
    assert "standard output cannot be written (no space left on device)" in ran.err
    if "--json" in words:
        assert read_report((tmp_path / "a.json").read_bytes())["status"] == "graded"


@pytest.mark.long
def test_a_reader_that_is_slow(wrong: Path, tmp_path: Path, read_report: "ReadReport") -> None:
    """Where standard output is set not to wait, all of it comes out nevertheless."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writing, False)
    command = [str(SCRIPTS / "grade"), "wrong.py", "--json", "-"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=writing) as process:
        os.close(writing)
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            text = b"".join(iter(lambda: pipe.read(100), b""))
    assert process.returncode == 0
    assert read_report(text)["status"] == "graded"


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (0, 1, 2)])
def test_closed_descriptors(
    closed: tuple[int, ...], wrong: Path, tmp_path: Path, read_report: "ReadReport"
) -> None:
    """A command without standard streams writes its files, and nothing else into them."""
    target = tmp_path / "report.json"
    ran = run(
        *("grade", wrong, "--json", target, "--fail-under", "1"),
        cwd=tmp_path,
        preexec=lambda: list(map(os.close, closed)),
    )
    assert ran.code == 1
    assert read_report(target.read_bytes())["status"] == "graded"
    told = "grade: standard output is closed, so nothing was shown.\n"
    assert ran.err == (told if 1 in closed and 2 not in closed else "")


def test_a_report_for_a_closed_descriptor(wrong: Path, tmp_path: Path) -> None:
    """A report that was asked for on standard output needs one."""
    ran = run("grade", wrong, "--json", "-", cwd=tmp_path, preexec=lambda: os.close(1))
    assert ran.code == 2
    assert "Error: Standard output is closed; name a file for the report" in ran.err


# ---- what the system does not give ---------------------------------------------------


@pytest.mark.parametrize("mebibytes", [64, 96, 112, 128, 144, 156])
@pytest.mark.parametrize("words", ["grade wrong.py", "kata explain causal-mask"])
def test_little_memory(words: str, mebibytes: int, wrong: Path, tmp_path: Path) -> None:
    """Too little memory is a sentence and exit 3, however little it is."""
    most = mebibytes * 2**20
    ran = run(
        *words.split(),
        cwd=tmp_path,
        preexec=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
    )
    assert ran.code == 3
    assert is_a_sentence(ran.err)
    assert "too little memory" in ran.err


@pytest.mark.parametrize("most", [6, 8, 10])
def test_few_descriptors(most: int, wrong: Path, tmp_path: Path) -> None:
    """Too few descriptors are told of, with the limit to raise, and exit 3."""
    ran = run(
        *("grade", wrong),
        cwd=tmp_path,
        preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)),
    )
    assert ran.code == 3
    assert "may not open enough files" in ran.err
    assert "`ulimit -n`" in ran.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("grade {wrong} --json {report}", 0),
        ("grade {folder} --out {out}", 0),
        ("kata explain", 0),
        ("grade wrong.py", 2),
        ("grade {wrong} --json report.json", 2),
        ("grade {wrong} --format html=page.html", 2),
        ("grade {folder} --out out", 2),
        ("kata start", 2),
    ],
)
def test_a_deleted_folder(words: str, code: int, wrong: Path, tmp_path: Path) -> None:
    """In a folder that was deleted all works but what is named from there, which is told."""
    gone, folder = tmp_path / "gone", tmp_path / "class"
    gone.mkdir()
    folder.mkdir()
    (folder / "a.py").write_bytes(wrong.read_bytes())
    paths = {"wrong": wrong, "report": tmp_path / "report.json", "out": tmp_path / "out"}
    ran = run(*words.format(folder=folder, **paths).split(), cwd=gone, preexec=gone.rmdir)
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert ("Error: The current folder was deleted, so " in ran.err) == (code == 2)


@pytest.mark.long
def test_no_shared_memory(
    wrong: Path, tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class is graded where locks cannot be made, as without /dev/shm."""
    (tmp_path / "class").mkdir()
    wrong.rename(tmp_path / "class" / "a.py")
    monkeypatch.setattr("multiprocessing.synchronize.SemLock._make_name", lambda *_: "/no/such")
    ran = run_grade(tmp_path / "class", "--out", tmp_path / "out")
    assert ran.code == 0


@pytest.mark.parametrize(
    "env",
    [
        {"HOME": "/no/such", "TMPDIR": "/no/such", "TERM": "dumb", "COLUMNS": "1"},
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONUNBUFFERED": "1"},
    ],
)
def test_strange_environments(env: dict[str, str], wrong: Path, tmp_path: Path) -> None:
    """No home, no place for temporary files, no locale: a file is graded all the same."""
    path = wrong.rename(tmp_path / "n√.py")
    ran = run("grade", path, "--json", "é.json", cwd=tmp_path, env=env)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads((tmp_path / "é.json").read_bytes())["status"] == "graded"


@pytest.mark.long
@pytest.mark.parametrize(
    ("target", "code"),
    [(".", 2), ("wrong.py/a.json", 2), ("no/such/a.json", 2), ("/dev/full", 3), ("/dev/fd/99", 3)],
)
def test_reports_that_cannot_be_written(
    target: str, code: int, wrong: Path, tmp_path: Path
) -> None:
    """A place where no report can be is told in a sentence, and nothing is left there."""
    ran = run("grade", wrong, "--json", target, cwd=tmp_path)
    assert ran.code == code
    assert is_a_sentence(ran.err.splitlines(keepends=True)[-1])
    assert list(tmp_path.iterdir()) == [wrong]
