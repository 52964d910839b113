"""What the machine does to a worker is never blamed on the code in it, nor the other way round."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.errors import Doubtful
from grader.grading.grade import grade, grade_again_if_lost
from grader.jail import Jail, Limits, launch
from grader.jail.ending import Circumstances, Ending
from grader.jail.worker import Worker
from grader.kata import default_kata
from grader.learner.endings import Crashed
from grader.learner.submission import Submission
from grader.report.model import Report

KATA = default_kata()

ARRAYS = [np.ones((2, 2))] * 3
PATIENT = Limits(call_seconds=60, submission_seconds=600)
RIGHT = KATA.solution_path.read_bytes()
WRONG = RIGHT.replace(b"np.sqrt(d_k)", b"d_k")


def load(jail: Jail, body: str) -> Submission:
    """Load a submission whose `self_attention` runs `body`."""
    source = f"import numpy as np\ndef self_attention(Q, K, V):\n    {body}\n    return V\n"
    submission = Submission(jail, source.encode(), KATA)
    submission.load()
    return submission


def workers_of(jail: Jail) -> list[int]:
    """Return the processes that the zygote of a jail without bubblewrap has forked."""
    assert jail._zygote is not None
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == jail._zygote._process.pid and words[0] != "Z":
            found.append(int(pid))
    return found


def kill_workers(jail: Jail, number: int = signal.SIGKILL) -> None:
    """Do to the workers what the system does when it is short of memory."""
    for pid in workers_of(jail):
        os.kill(pid, number)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1])
def test_killed_from_outside(number: int) -> None:
    """A signal that no worker can bring upon itself is not blamed on the code in it."""
    with Jail(PATIENT, without=("bubblewrap",)) as jail:
        submission = load(jail, "while True: pass")
        jail.errands.append(lambda: kill_workers(jail, number))
        with pytest.raises(Doubtful, match="from outside"):
            submission.self_attention(*ARRAYS)
        submission.end()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import os; os._exit(137)", "ended the process it runs in"),
        ("import os; os._exit(9)", "ended the process it runs in"),
        ("import ctypes; ctypes.string_at(0)", "segmentation fault"),
        (
            "import os, time; os.close(4); time.sleep(99)",
            "closed a pipe that belongs to the grader",
        ),
        ("import os; os.write(4, b'?' * 64)", "a pipe that belongs to the grader"),
        ("import os\n    try: os.kill(os.getpid(), 9)\n    except OSError: os._exit(0)", "ended"),
    ],
)
def test_killed_by_itself(body: str, reason: str) -> None:
    """What a worker does to itself is a crash, however much it looks like something else."""
    with Jail(PATIENT) as jail:
        submission = load(jail, body)
        with pytest.raises(Crashed, match=reason):
            submission.self_attention(*ARRAYS)
        submission.end()


@pytest.mark.long
def test_cpu_time_of_who_ignores_its_end() -> None:
    """A worker that ignores the end of its CPU time is killed for it: its own doing as well."""
    with Jail(PATIENT) as jail:
        real = jail._orders
        jail._orders = lambda layers: {**real(layers), "cpu_seconds": 1}  # type: ignore[method-assign]
        body = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n    while True: pass"
        submission = load(jail, body)
        with pytest.raises(Crashed, match="used up its CPU time"):
            submission.self_attention(*ARRAYS)
        submission.end()


def test_circumstances() -> None:
    """Memory is evidence the second time only, and a lone signal where workers can send one."""
    circumstances = Circumstances(cpu_seconds=11, memory_mib=1024)
    killed, large = Ending(-signal.SIGKILL, 1.0, 60), Ending(-signal.SIGKILL, 1.0, 900)
    again = circumstances._replace(again=True)
    for tried, ending in ((circumstances, killed), (circumstances, large), (again, killed)):
        with pytest.raises(Doubtful):
            tried.reason(ending)
    assert "memory" in again.reason(large)
    assert "CPU time" in circumstances.reason(Ending(-signal.SIGKILL, 12.0, 60))
    with pytest.raises(Doubtful):
        circumstances._replace(jailed=False).reason(killed)
    assert "SIGKILL" in again._replace(jailed=False).reason(killed)
    with pytest.raises(Doubtful):
        circumstances.reason(Ending(-signal.SIGRTMAX))


def without_time(report: Report) -> Report:
    """Return a report without what differs from run to run."""
    return replace(report, timing={})


@pytest.mark.long
@pytest.mark.parametrize("source", [RIGHT, WRONG], ids=["right", "wrong"])
@pytest.mark.parametrize("at", [1, 2, 5, 9, 14])
@pytest.mark.parametrize("what", ["worker", "zygote"])
def test_graded_again(what: str, at: int, source: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission that lost a worker or the zygote gets the report that it would have got."""
    jail = Jail(Limits(), without=("bubblewrap",))
    count = 0

    def disturb(real: Callable[..., object]) -> Callable[..., object]:
        def disturbed(self: Worker, *args: object) -> object:
            nonlocal count
            count += 1
            if count == at and what == "worker":
                kill_workers(jail)
            elif count == at and jail._zygote is not None:
                os.kill(jail._zygote._process.pid, signal.SIGKILL)
            return real(self, *args)

        return disturbed

    with jail:
        undisturbed = grade(KATA, jail, source, name="a.py", seed=1)
        for name in ("loaded", "send", "receive"):
            monkeypatch.setattr(Worker, name, disturb(getattr(Worker, name)))
        report = grade_again_if_lost(KATA, jail, source, name="a.py", seed=1)
    assert count >= at
    assert without_time(report) == without_time(undisturbed)


@pytest.mark.long
def test_killed_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is killed whenever it is asked leaves no verdict at all."""
    with Jail(Limits(), without=("bubblewrap",)) as jail:
        real = Worker.send

        def send(self: Worker, *args: object) -> list[int]:
            kill_workers(jail)
            return real(self, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(Worker, "send", send)
        with pytest.raises(Doubtful):
            grade_again_if_lost(KATA, jail, RIGHT, name="a.py", seed=1)


@pytest.mark.parametrize("again", [False, True])
def test_what_is_said_of_an_end_from_outside(again: bool) -> None:
    """Whoever ran alone is not told to run alone; the sentence says what to do."""
    with pytest.raises(Doubtful) as ended:
        Circumstances(again=again).reason(Ending(-signal.SIGKILL))
    assert ("and so it was alone" in str(ended.value)) == again
    assert "Give this machine more of it" in str(ended.value)
    assert "less runs beside it" not in str(ended.value)


@pytest.mark.long
@pytest.mark.parametrize("without", [(), ("bubblewrap",)], ids=["all", "no bubblewrap"])
@pytest.mark.parametrize("ready", [False, True], ids=["starting", "ready"])
def test_zygote_killed_before_the_probe(without: tuple[str, ...], ready: bool) -> None:
    """A zygote that is killed before its jail is probed is replaced by one that is as strong."""
    with Jail(Limits(), without=without) as jail:
        undisturbed = jail.isolation
    with Jail(Limits(), without=without) as jail:
        for _ in range(2):
            assert jail._zygote is not None
            if ready:
                jail._zygote.wait_until_ready()
            os.killpg(jail._zygote._process.pid, signal.SIGKILL)
            assert jail.isolation == undisturbed
            jail._isolation = None


@pytest.mark.long
def test_zygote_killed_whenever_it_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where no zygote comes up nothing is graded, at no level, however often it is asked for."""
    folder = tmp_path / "worker"
    shutil.copytree(launch.worker_folder(), folder)
    with (folder / "zygote.py").open("a") as file:
        file.write("os.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setattr(launch, "worker_folder", lambda: str(folder))
    with Jail(Limits()) as jail:
        for _ in range(2):
            with pytest.raises(Doubtful, match="from outside"):
                grade(KATA, jail, RIGHT, name="a.py", seed=1)
        assert jail._isolation is None


NO_FORK = """
_fork_for_real = os.fork
def _fork_unless_told_not_to():
    if os.path.exists({path!r}):
        raise BlockingIOError(11, "Resource temporarily unavailable")
    return _fork_for_real()
os.fork = _fork_unless_told_not_to
"""


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file; while it is there, zygotes that are started from now on cannot fork."""
    folder, path = tmp_path / "worker", tmp_path / "crowded"
    shutil.copytree(launch.worker_folder(), folder)
    with (folder / "zygote.py").open("a") as file:
        file.write(NO_FORK.format(path=str(path)))
    monkeypatch.setattr(launch, "worker_folder", lambda: str(folder))
    return path


def test_no_fork(crowded: Path) -> None:
    """A zygote that cannot fork says so and lives; when it can again, it does."""
    with Jail(Limits(), without=("bubblewrap",)) as jail:
        submission = load(jail, "pass")
        zygote = jail._zygote
        crowded.touch()
        submission.workers.renew()
        submission.workers.start_over()
        with pytest.raises(Doubtful, match="No process can be made for it"):
            submission.self_attention(*ARRAYS)
        crowded.unlink()
        submission.self_attention(*ARRAYS).array()
        assert jail._zygote is zygote
        submission.end()


def test_no_room_beside_the_file(crowded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another worker has no room beside the file's own, that one is ended for it.

    What was asked of it is asked again, and no call goes unanswered.
    """
    crowded_while: list[Worker] = []

    def ended(self: Worker, *args: object, **how: object) -> object:
        if self in crowded_while:
            crowded.unlink(missing_ok=True)
        return real(self, *args, **how)  # type: ignore[arg-type]

    real = Worker.end
    monkeypatch.setattr(Worker, "end", ended)
    with Jail(Limits(), without=("bubblewrap",)) as jail:
        submission = load(jail, "pass")
        answers = submission.call_each("self_attention", [ARRAYS] * 3)
        next(answers)
        assert submission.workers.now is not None
        crowded_while.append(submission.workers.now)
        crowded.touch()
        np.testing.assert_array_equal(
            submission.beside[0].self_attention(*ARRAYS).array(), ARRAYS[0]
        )
        assert len(list(answers)) == 2
        submission.end()


def test_ready_answer_and_late_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is there counts, and no time is used up while this process sleeps."""
    with Jail(Limits(call_seconds=1, submission_seconds=5)) as jail:
        submission = load(jail, "sum(range(10**5))")
        real, ahead = time.monotonic, [0.0]

        def asleep() -> float:  # a machine that sleeps for a minute between any two looks
            ahead[0] += 60
            return real() + ahead[0]

        monkeypatch.setattr(time, "monotonic", asleep)
        for _ in range(3):
            submission.self_attention(*ARRAYS).array()
        monkeypatch.undo()
        submission.end()
