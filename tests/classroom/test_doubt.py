"""Whose fault it was: what the machine may have done is tried again, alone, before anybody pays."""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.classroom import cores, crew, results, running, task
from grader.classroom.folder import claimed
from grader.errors import GraderFault
from grader.files import write_atomically
from grader.grading import grade as grading
from grader.jail import Isolation, Jail
from grader.kata import default_kata
from tests.conftest import SCRIPTS

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

KATA = default_kata()

RIGHT = KATA.solution_path.read_text()
NAMES = ("ada", "bob", "carl")


@pytest.fixture(autouse=True)
def own_jails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what this process itself may have graded with out of the forks."""
    monkeypatch.setattr(task, "_jails", {})
    monkeypatch.setattr(task, "_sessions", {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class of three who are right."""
    (tmp_path / "class").mkdir()
    for name in NAMES:
        (tmp_path / "class" / f"{name}.py").write_text(f"{RIGHT}# {name}\n")
    return tmp_path / "class"


@pytest.fixture
def times(tmp_path: Path) -> Callable[[str], int]:
    """Count how often something has happened, whichever process it happened in."""

    def happened(what: str, *, again: bool = False) -> int:
        with (tmp_path / f"times {what}").open("ab") as file:
            file.write(b"x" * again)
            return file.tell()

    return happened


def scores(out: Path) -> dict[str, float | None]:
    """Return the score of each, as the reports tell it."""
    return {name: json.loads((out / f"{name}.json").read_text())["score"] for name in NAMES}


@pytest.fixture
def arrange(monkeypatch: pytest.MonkeyPatch, times: Any) -> Callable[..., None]:
    """Do something in the grading process before bob is graded; count who is graded how often."""

    def before_bob(do: Callable[[int], object]) -> None:
        original = grading.grade

        def grade(*arguments: Any, name: str, **options: Any) -> Any:
            count = times(name, again=True)
            if name == "bob.py":
                do(count)
            return original(*arguments, name=name, **options)

        monkeypatch.setattr(grading, "grade", grade)  # as the processes inherit it

    return before_bob


def break_by(how: str) -> None:
    """Let something go wrong that is not a learner's doing."""
    if how == "died":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "fault":
        raise GraderFault("A worker was lost.")
    raise RuntimeError("can't start new thread")


@pytest.mark.long
@pytest.mark.parametrize("how", ["died", "fault", "broke"])
@pytest.mark.parametrize("often", [1, 2])
def test_tried_once_more(
    folder: Path,
    tmp_path: Path,
    run_grade: "RunInProcess",
    arrange: Any,
    times: Any,
    how: str,
    often: int,
) -> None:
    """Who was not graded for whatever reason is tried once more; nobody else is."""
    arrange(lambda count: break_by(how) if count <= often else None)
    out = tmp_path / "out"
    ran = run_grade(folder, "--out", out, "--jobs", "2")
    assert ran.code == (0 if often == 1 else 3), ran.err
    assert scores(out) == {"ada": 1, "carl": 1, "bob": 1 if often == 1 else None}
    assert [times(f"{name}.py") for name in NAMES] == [1, 2, 1]
    assert "1 of them once more" in ran.err


@pytest.mark.long
@pytest.mark.parametrize(("starved", "often"), [(True, 2), (False, 1)])
@pytest.mark.parametrize("feedback", ["full", "score"])
def test_out_of_time(
    folder: Path,
    tmp_path: Path,
    run_grade: "RunInProcess",
    monkeypatch: pytest.MonkeyPatch,
    arrange: Any,
    times: Any,
    starved: bool,
    often: int,
    feedback: str,
) -> None:
    """Who ran out of time is judged again alone, unless nobody took any of it away."""
    monkeypatch.setattr(
        task, "seconds_used", (lambda: 0.0) if starved else time.monotonic, raising=False
    )
    arrange(lambda _: None)
    (folder / "bob.py").write_text("while True:\n    pass\n")
    limits = ("--call-seconds", "0.5", "--feedback", feedback)
    ran = run_grade(folder, "--out", tmp_path / "out", "--jobs", "2", *limits)
    assert ran.code == 0
    assert scores(tmp_path / "out")["bob"] == 0
    assert times("bob.py") == often


class Weaker(Jail):
    """A jail that is weaker than this machine's, or none, as long as `fails` says so."""

    fails: Callable[[], bool]
    level: Any = "process"

    @property
    def isolation(self) -> Isolation:
        """What it says of itself."""
        found = super().isolation
        if not type(self).fails():
            return found
        if self.level is None:
            raise GraderFault("The jail's zygote has ended: it said nothing.")
        return Isolation(self.level, found.layers)


@pytest.fixture
def weaken(monkeypatch: pytest.MonkeyPatch, times: Any) -> Callable[..., None]:
    """Let the jails that a module starts be weaker, for the first so many looks at them."""

    def arrange(module: Any, level: str | None, often: int) -> None:
        monkeypatch.setattr(Weaker, "fails", lambda: times("weak", again=True) <= often, False)
        monkeypatch.setattr(Weaker, "level", level)
        monkeypatch.setattr(module, "Jail", Weaker, raising=False)

    return arrange


@pytest.mark.long
@pytest.mark.parametrize("level", ["process", None])
@pytest.mark.parametrize("module", [task, crew])
def test_a_jail_is_lost(
    folder: Path,
    tmp_path: Path,
    run_grade: "RunInProcess",
    weaken: Any,
    level: str | None,
    module: Any,
) -> None:
    """A jail that is lost, or comes up weaker, is started anew, and nobody notices."""
    out = tmp_path / "out"
    if module is crew and level is not None:
        assert run_grade(folder, "--out", out).code == 0  # what the level is has been seen before
    weaken(module, level, 1)
    ran = run_grade(folder, "--out", out, "--jobs", "1", "--fresh")
    assert ran.code == 0, ran.err
    assert set(scores(out).values()) == {1}
    levels = {
        json.loads((out / f"{name}.json").read_text())["isolation"]["level"] for name in NAMES
    }
    assert levels == {json.loads((out / "run.json").read_text())["level"]}


@pytest.mark.long
@pytest.mark.parametrize("level", ["process", None])
@pytest.mark.parametrize("jobs", ["1", "3"])
def test_no_jail_any_more(
    folder: Path,
    tmp_path: Path,
    run_grade: "RunInProcess",
    weaken: Any,
    level: str | None,
    jobs: str,
) -> None:
    """If no jail of the class's level can be had, the rest has no grade; all files are there."""
    out = tmp_path / "out"
    (folder / "zoe.py").write_text(RIGHT)
    for name in NAMES:
        (folder / f"{name}.py").rename(tmp_path / f"{name}.py")
    assert run_grade(folder, "--out", out, "--seed", "1").code == 0
    for name in NAMES:
        (tmp_path / f"{name}.py").rename(folder / f"{name}.py")
    weaken(task, level, 10_000)
    ran = run_grade(folder, "--out", out, "--jobs", jobs)
    assert ran.code == 3
    assert "What was left has no grade" in ran.err
    assert set(scores(out).values()) == {None}
    assert json.loads((out / "zoe.json").read_text())["score"] == 1
    assert json.loads((out / "summary.json").read_text())["submissions"] == 4
    assert (out / "gradebook.csv").read_text().count("grader_error") == 3


@pytest.mark.long
def test_what_is_done_stays_done(
    folder: Path, tmp_path: Path, run_grade: "RunInProcess", weaken: Any
) -> None:
    """A machine on which no jail comes up takes no grade away."""
    out = tmp_path / "out"
    assert run_grade(folder, "--out", out).code == 0
    (folder / "bob.py").write_text(RIGHT + "# better\n")
    weaken(crew, None, 10_000)
    assert run_grade(folder, "--out", out).code == 3
    assert scores(out) == {"ada": 1, "bob": None, "carl": 1}


@pytest.mark.long
def test_judged_at_another_level(folder: Path, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A rerun grades again what was graded at another level than the class's."""
    out = tmp_path / "out"
    run_grade(folder, "--out", out)
    path = out / "ada.json"
    report = json.loads(path.read_text())
    level, report["isolation"]["level"] = report["isolation"]["level"], "process"
    path.write_text(json.dumps(report))
    ran = run_grade(folder, "--out", out)
    assert "2 were done and unchanged" in ran.out
    assert json.loads(path.read_text())["isolation"]["level"] == level


@pytest.mark.long
@pytest.mark.parametrize(("most", "code"), [(0, 3), (1, 0), (2, 0)])
def test_few_processes(
    folder: Path,
    tmp_path: Path,
    run_grade: "RunInProcess",
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    code: int,
) -> None:
    """A class is graded with as many processes as the machine gives; with none it says so."""
    fork = os.fork
    made: list[int] = []

    def refuse() -> int:
        if len(made) >= most:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        made.append(fork())
        return made[-1]

    monkeypatch.setattr(os, "fork", refuse)
    ran = run_grade(folder, "--out", tmp_path / "out", "--jobs", "3")
    assert ran.code == code, ran.err
    assert set(scores(tmp_path / "out").values()) == ({None} if code else {1})
    if code:
        assert "No further process or thread can be started" in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.long
@pytest.mark.skipif(cores.count_cores() < 2, reason="needs two cores")
def test_own_cores(folder: Path, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """The learners' code has the core of the process that grades it, and no way to another's."""
    all_of_them = sorted(os.sched_getaffinity(0))
    try_more = (
        "import os\n"
        "print(sorted(os.sched_getaffinity(0)))\n"
        "try: os.sched_setaffinity(0, range(1024))\n"
        "except OSError: print('refused')\n"
    )
    for name in NAMES:
        (folder / f"{name}.py").write_text(try_more + RIGHT)
    run_grade(folder, "--out", tmp_path / "out", "--jobs", str(len(all_of_them)))
    for name in NAMES:
        said = json.loads((tmp_path / "out" / f"{name}.json").read_text())["output"]["stdout"]
        seen, refused = said.splitlines()[:2]
        assert len(json.loads(seen)) == 1
        assert set(json.loads(seen)) <= set(all_of_them)
        assert refused == "refused"
    assert sorted(os.sched_getaffinity(0)) == all_of_them


@pytest.mark.parametrize("jobs", [1, 2, 3, 5])
def test_shares(monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    """Shares are as large as can be and overlap only where there are more jobs than cores."""
    shares: list[Any] = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 4}, raising=False)
    monkeypatch.setattr(
        os, "sched_setaffinity", lambda _, share: shares.append(list(share)), raising=False
    )
    for place in range(jobs):
        cores.keep_to_share(place, jobs)
    taken = [core for share in shares for core in share]
    assert sorted(set(taken)) == [0, 2, 4]
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    if jobs <= 3:
        assert len(taken) == 3


def test_seconds_used() -> None:
    """The time of those who were started counts, and of those whom they started and reaped."""
    burn = "import time\nwhile time.process_time() < 0.3: pass\n"
    command = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    before = cores.seconds_used()
    with subprocess.Popen(
        [sys.executable, "-c", command + "; print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert cores.seconds_used() - before >= 0.25
        process.communicate(b"\n")
    assert cores.seconds_used() - before >= 0.25


def test_interrupted_while_importing(
    folder: Path, tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C waits until what is imported is there whole, and then ends the class."""
    loaded = []

    def load() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        loaded.append("whole")

    monkeypatch.setattr(crew, "load", load)
    ran = run_grade(folder, "--out", tmp_path / "out")
    assert (ran.code, loaded) == (130, ["whole"])
    assert "interrupted; 0 of 3 reports" in ran.err
    assert (tmp_path / "out" / "gradebook.csv").exists()


@pytest.mark.long
def test_interrupted_at_the_end(
    folder: Path, tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the last files are written does not keep them from being written."""

    def interrupt(*arguments: Any, **options: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        write_atomically(*arguments, **options)

    monkeypatch.setattr(results, "write_atomically", interrupt)
    ran = run_grade(folder, "--out", tmp_path / "out")
    assert ran.code == 130
    assert "interrupted; 3 of 3 reports" in ran.err
    for name in ("gradebook.csv", "summary.json", "class.html"):
        assert (tmp_path / "out" / name).exists()


def test_interrupted_while_a_process_starts(
    folder: Path, tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between a process's first moment and its first line is no traceback in it."""
    fork = os.fork

    def fork_and_interrupt() -> int:
        pid = fork()
        os.kill(os.getpid(), signal.SIGINT)  # to both, as a terminal does
        return pid

    monkeypatch.setattr(os, "fork", fork_and_interrupt)
    errors = tmp_path / "errors"
    kept = os.dup(2)
    with errors.open("wb") as file:
        os.dup2(file.fileno(), 2)
        try:
            ran = run_grade(folder, "--out", tmp_path / "out", "--jobs", "2")
        finally:
            os.dup2(kept, 2)
            os.close(kept)
    assert ran.code == 130
    assert "interrupted; 0 of 3 reports" in ran.err
    assert errors.read_text() == ""


@pytest.mark.long
def test_a_parent_that_ignores_its_children(folder: Path, tmp_path: Path) -> None:
    """A daemon that ignores SIGCHLD gets a file and a class graded like anybody."""
    file: list[str | Path] = [folder / "ada.py", "--json", "-"]
    for words in (file, [folder, "--out", tmp_path / "out"]):
        ran = subprocess.run(
            [SCRIPTS / "grade", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        )
        assert ran.returncode == 0, ran.stderr
    assert set(scores(tmp_path / "out").values()) == {1}


@pytest.mark.long
def test_a_library_leaves_its_process_alone() -> None:
    """To grade from another program changes neither its garbage collector nor its environment."""
    program = (
        "import gc, os, signal\n"
        "before = dict(os.environ), gc.get_freeze_count(), signal.getsignal(signal.SIGCHLD)\n"
        "from grader.grading.grade import grade\n"
        "from grader.jail import Jail, Limits\n"
        "from grader.kata import default_kata\n"
        "KATA = default_kata()\n"
        "with Jail(Limits()) as jail:\n"
        "    grade(KATA, jail, KATA.solution_path.read_bytes(), name='a.py', seed=1)\n"
        "after = dict(os.environ), gc.get_freeze_count(), signal.getsignal(signal.SIGCHLD)\n"
        "assert gc.isenabled()\n"
        "for name in ('PYTEST_VERSION', 'PYTEST_CURRENT_TEST'): after[0].pop(name, None)\n"
        "assert before == after, (set(after[0]) ^ set(before[0]), after[1:])\n"
    )
    environment = {key: os.environ[key] for key in os.environ if not key.startswith("PYTEST")}
    environment.pop("OPENBLAS_NUM_THREADS", None)
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    assert gc.isenabled()


@pytest.mark.long
def test_two_classes_into_one_folder(
    folder: Path, tmp_path: Path, run_grade: "RunInProcess"
) -> None:
    """While a class is graded into a folder, a second one is told so and touches nothing."""
    out = tmp_path / "out"
    with claimed(tmp_path):
        assert run_grade(folder, "--out", out).code == 0
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    with claimed(out):
        ran = run_grade(folder, "--out", out, "--fresh")
    assert ran.code == 2
    assert "Another class is being graded into" in ran.err
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before
    assert run_grade(folder, "--out", out).code == 0


@pytest.mark.long
def test_a_process_that_does_not_come_back(
    folder: Path,
    tmp_path: Path,
    run_grade: "RunInProcess",
    monkeypatch: pytest.MonkeyPatch,
    arrange: Any,
) -> None:
    """A grading process that hangs is taken for dead, and its submission graded by another."""
    arrange(lambda count: os.kill(os.getpid(), signal.SIGSTOP) if count == 1 else None)
    monkeypatch.setattr(running, "_PATIENCE", 5.0, raising=False)
    limits = ("--call-seconds", "0.5", "--submission-seconds", "0.5")
    ran = run_grade(folder, "--out", tmp_path / "out", "--jobs", "2", *limits)
    assert ran.code == 0, ran.err
    assert "1 of them once more" in ran.err
