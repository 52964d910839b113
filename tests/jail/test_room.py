"""What a machine has too little of is said before anybody is judged, and blamed on nobody."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from grader.classroom.crew import Processes
from grader.classroom.task import Task
from grader.errors import FILES, PROCESSES, Doubtful, GraderFault, sentence
from grader.grading.grade import grade, grade_again_if_lost
from grader.jail import Jail, Limits, groups, memory, threads
from grader.jail.zygote import ZygoteLost
from grader.kata import default_kata
from grader.learner.endings import TimedOut
from grader.learner.submission import Submission
from tests.hostile import floods

KATA = default_kata()

ARRAYS = [np.ones((2, 2))] * 3
THREADED = b"import threading\n"
MIB = 2**20
RIGHT = Path(__file__).resolve().parents[1] / "right"
WRONG = KATA.solution_path.read_bytes().replace(b"np.sqrt(d_k)", b"d_k") + THREADED
HOG = b"""
import numpy as np
kept = []
def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v
def self_attention(Q, K, V):
    while True:
        kept.append(np.ones(1 << 17))
def multi_head_attention(Q, K, V, n_heads):
    return Q
"""
EITHER = pytest.mark.parametrize("without", [(), ("bubblewrap",)], ids=["all", "no bubblewrap"])


class Group:
    """A control group of this process, as it would be seen in a container."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.set("pids", {"pids.max": "max", "pids.current": 5, "pids.events": "max 0"})

    def set(self, controller: str, files: Mapping[str, object]) -> None:
        """Write some of its files."""
        (self._root / controller).mkdir(exist_ok=True)
        for name, text in files.items():
            (self._root / controller / name).write_text(f"{text}\n")


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Group:
    """A control group without limits."""
    made = Group(tmp_path)
    monkeypatch.setattr(
        groups, "folders", lambda controller: iter([tmp_path / controller, tmp_path / "none"])
    )
    return made


@contextmanager
def limited(controller: str, files: Mapping[str, object]) -> Iterator[Path]:
    """Make a control group of this machine with a limit."""
    group = Path("/sys/fs/cgroup", controller, f"attention-kata-{os.getpid()}")
    try:
        group.mkdir()
        for name, text in files.items():
            (group / name).write_text(str(text))
    except OSError:
        pytest.skip(f"no group with a limit of {controller} can be made here")
    try:
        yield group
    finally:
        group.rmdir()


IN_GROUP = """
import ctypes, os, sys
open(sys.argv.pop(1), "w").write(str(os.getpid()))
if os.geteuid() == 0:  # as in a container that drops all capabilities, where root is not counted
    libc, sets = ctypes.CDLL(None, use_errno=True), (ctypes.c_uint32 * 6)()
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)
    assert libc.capset(ctypes.byref((ctypes.c_uint32 * 2)(0x20080522, 0)), ctypes.byref(sets)) == 0
from grader.commands.entry import grade
grade()
"""


def grade_in(group: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a control group."""
    command = [sys.executable, "-c", IN_GROUP, str(group / "cgroup.procs"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# ------------------------------------------------------------------------------- threads


def test_no_verdict_without_room(tmp_path: Path) -> None:
    """With ten tasks one file and a class end with 3 and the limit's name; nobody is judged."""
    handed_in(tmp_path, ["by_row_threads"])
    file = str(tmp_path / "class" / "by_row_threads.py")
    with limited("pids", {"pids.max": 10}) as group:
        for words in ([file], [f"{tmp_path}/class", "--out", f"{tmp_path}/out"]):
            ran = grade_in(group, *words)
            assert ran.returncode == 3, ran.stderr
            assert "pids limit of 10" in ran.stderr
    assert scores_in(tmp_path / "out", ["by_row_threads"]) == {"by_row_threads": None}


@pytest.mark.long
def test_right_beside_floods(tmp_path: Path) -> None:
    """Who is refused threads as others' floods hold all there are has full marks; they have not."""
    names = ["by_row_threads", "thread_pool_heads", "plain_loops"]
    handed_in(tmp_path, names)
    flooding = ["raw-at-call", "sleeping-at-call"]
    for name in flooding:
        (tmp_path / "class" / f"{name}.py").write_bytes(floods.sources()[name])
    with limited("pids", {"pids.max": 128}) as group:
        words = f"{tmp_path}/class --out {tmp_path}/out --jobs 4 --call-seconds 5".split()
        ran = grade_in(group, *words)
    assert ran.returncode == 0, ran.stderr
    assert scores_in(tmp_path / "out", names) == dict.fromkeys(names, 1.0), ran.stderr
    scores = scores_in(tmp_path / "out", flooding)
    assert scores == dict.fromkeys(flooding, 0.2), ran.stderr


def handed_in(folder: Path, names: list[str]) -> None:
    """Lay out a class of right files."""
    (folder / "class").mkdir()
    for name in names:
        shutil.copy(RIGHT / f"{name}.py", folder / "class")


def scores_in(out: Path, names: list[str]) -> dict[str, object]:
    """Return the scores of a class."""
    return {name: json.loads((out / f"{name}.json").read_bytes())["score"] for name in names}


@pytest.mark.parametrize("most", [3, 10, 60, 100])
def test_no_room_for_threads(group: Group, most: int) -> None:
    """A group without room for what a submission may start is named, with what it takes."""
    group.set("pids", {"pids.max": most})
    with pytest.raises(GraderFault, match=rf"pids limit of {most} .* at least 128"):
        threads.check_room()
    with pytest.raises(GraderFault, match=f"limit of {most} "):
        Processes(1, 60.0).isolation(KATA, Limits())


@pytest.mark.parametrize("most", [128, 4096, "max"])
def test_room_for_threads(group: Group, most: object) -> None:
    """With what the documents say there is room, and without a limit."""
    group.set("pids", {"pids.max": most})
    threads.check_room()


def refuse(group: Group, times: int = 1) -> None:
    """Let the kernel have refused tasks."""
    group.set("pids", {"pids.events": f"max {times}"})


def test_refused_beside_others(group: Group) -> None:
    """Who was refused a thread while others ran is tried again, if it may have started any."""
    watch = threads.Watch(THREADED, alone=False)
    watch.check(apart=True)
    other = threads.Watch(b"import numpy", alone=False)
    refuse(group)
    other.check(apart=True)
    with pytest.raises(Doubtful):
        watch.check(apart=True)


def test_refused_where_nobody_is_counted_apart(group: Group) -> None:
    """Where others' threads count as one's own a verdict that was made beside them is doubted."""
    with pytest.raises(Doubtful):
        threads.Watch(THREADED, alone=False).check(apart=False)
    threads.Watch(THREADED, alone=True).check(apart=False)


def test_refused_alone(group: Group) -> None:
    """Who fills alone what has room for all that it may start has flooded it."""
    group.set("pids", {"pids.max": 128})
    watch = threads.Watch(THREADED, alone=True)
    refuse(group)
    watch.check(apart=True)


@pytest.mark.parametrize("when", ["before", "after"])
def test_refused_alone_without_room(group: Group, when: str) -> None:
    """Who is alone and was refused threads for want of room has no verdict, and that is named."""
    full = {"pids.max": 128, "pids.current": 100}
    group.set("pids", full if when == "before" else {})
    watch = threads.Watch(THREADED, alone=True)
    refuse(group)
    group.set("pids", full)
    with pytest.raises(Doubtful, match="pids limit of 128"):
        watch.check(apart=True)


@pytest.mark.long
def test_graded_again_when_refused(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict below full marks that was made while threads were refused is made again, once."""
    refused = iter(range(1, 99))
    real = Jail.start_worker

    def start_worker(self: Jail, source: bytes) -> object:
        refuse(group, next(refused))
        return real(self, source)

    monkeypatch.setattr(Jail, "start_worker", start_worker)
    with Jail(Limits()) as jail:
        with pytest.raises(Doubtful):
            grade(KATA, jail, WRONG, name="a.py", seed=1)
        assert grade_again_if_lost(KATA, jail, WRONG, name="a.py", seed=1).points < 100
        right = KATA.solution_path.read_bytes() + THREADED
        assert grade(KATA, jail, right, name="a.py", seed=1).points == 100


def test_all_threads_whatever_the_others_hold(group: Group) -> None:
    """How many threads a worker may start does not hang on what others hold."""
    group.set("pids", {"pids.max": 128, "pids.current": 120})
    source = (
        b"import threading\n"
        b"gate = threading.Event()\n"
        b"kept = [threading.Thread(target=gate.wait, daemon=True) for _ in range(32)]\n"
        b"for one in kept: one.start()\n"
        b"def compute_qkv(*a): pass\n"
    )
    with Jail(Limits(), without=("bubblewrap",)) as jail:
        submission = Submission(jail, source, KATA)
        submission.load()
        submission.end()


# ------------------------------------------------------------------------------- memory


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({"memory.max": "max", "memory.current": 5 * MIB}, float("inf")),
        ({"memory.max": 200 * MIB, "memory.current": 50 * MIB}, 150),
        ({"memory.limit_in_bytes": 200 * MIB, "memory.usage_in_bytes": 50 * MIB}, 150),
        (
            {
                "memory.max": 200 * MIB,
                "memory.current": 190 * MIB,
                "memory.stat": f"anon 1\ninactive_file {30 * MIB}\nactive_file {10 * MIB}",
            },
            50,
        ),
        ({"memory.max": 10 * MIB, "memory.current": 20 * MIB}, 0),
    ],
)
def test_memory_left(group: Group, files: dict[str, object], left: float) -> None:
    """What is left is the limit less what is held, and files that were read hold nothing."""
    group.set("memory", files)
    assert memory.left_mib() == left


@pytest.mark.long
@pytest.mark.parametrize("mebibytes", [120, 200, 350])
def test_hog(mebibytes: int, tmp_path: Path) -> None:
    """What takes all memory that a container has is to blame for its end; a right file is not."""
    points = {}
    with limited("memory", {"memory.limit_in_bytes": mebibytes * MIB}) as group:
        for name, source in (("hog", HOG), ("right", KATA.solution_path.read_bytes())):
            (tmp_path / f"{name}.py").write_bytes(source)
            ran = grade_in(group, f"{tmp_path}/{name}.py", "--json", "-")
            points[name] = json.loads(ran.stdout)["points"]
    assert points == {"hog": 20, "right": 100}


@EITHER
def test_what_the_kernel_ends_first(without: tuple[str, ...]) -> None:
    """All that a jail starts gives way to the grader, which stays as it is."""
    path = Path("/proc/self/oom_score_adj")
    before = path.read_text()
    with Jail(Limits(), without=without) as jail:
        submission = Submission(jail, b"def compute_qkv(*a): pass\n", KATA)
        submission.load()
        assert jail._zygote is not None
        processes = below(jail._zygote._process.pid)
        scores = {Path(f"/proc/{number}/oom_score_adj").read_text().strip() for number in processes}
        submission.end()
    assert len(processes) > 1
    assert scores == {"1000"}
    assert path.read_text() == before


# ------------------------------------------------------------------------------- time


def below(root: int) -> list[int]:
    """Return a process and all that stand below it, those who have no child of their own last."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if words[0] != "Z":
            parents[int(name)] = int(words[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return sorted(found, key=lambda pid: pid not in parents.values())


def stop_worker(jail: Jail, *, goes_on: bool) -> None:
    """Stop the worker, and let it go on if that is wanted."""
    assert jail._zygote is not None
    worker = below(jail._zygote._process.pid)[-1]
    os.kill(worker, signal.SIGSTOP)
    while goes_on:
        if Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0] == "T":
            os.kill(worker, signal.SIGCONT)
            break


@pytest.mark.long
@EITHER
@pytest.mark.parametrize("goes_on", [False, True], ids=["stopped", "went on"])
def test_stopped(goes_on: bool, without: tuple[str, ...]) -> None:
    """A worker that somebody stopped had no time of its own, be it that it goes on."""
    with Jail(Limits(call_seconds=1.0), without=without, ahead=False) as jail:
        submission = Submission(jail, b"def self_attention(Q, K, V):\n    while True: pass\n", KATA)
        submission.load()
        jail.errands.append(lambda: stop_worker(jail, goes_on=goes_on))
        with pytest.raises(Doubtful, match="stopped from outside"):
            submission.self_attention(*ARRAYS)
        submission.end()


@pytest.mark.long
@pytest.mark.parametrize("body", ["time.sleep(60)", "lock.acquire()", "pass"])
def test_asleep(body: str) -> None:
    """A worker that sleeps, waits or loops has used up its own time."""
    source = "import threading, time\nlock = threading.Lock()\n"
    source += f"def self_attention(Q, K, V):\n    while True: {body}\n"
    with Jail(Limits(call_seconds=0.5)) as jail:
        submission = Submission(jail, source.encode(), KATA)
        submission.load()
        with pytest.raises(TimedOut):
            submission.self_attention(*ARRAYS)
        submission.end()


# ------------------------------------------------------------------------------- sentences


def test_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a zygote or a process says that it lacks becomes the sentence that says what to do."""
    assert (
        sentence(ZygoteLost("It ended: [Errno 11] Resource temporarily unavailable")) == PROCESSES
    )
    with Jail(Limits(), without=("bubblewrap",)) as jail:
        assert jail._zygote is not None
        jail._zygote.wait_until_ready()
        answer = {"error": "no", "errno": errno.EAGAIN}
        monkeypatch.setattr("grader.jail.jail.Zygote.receive", lambda *_: answer)
        with pytest.raises(ZygoteLost) as lost:
            _ = jail.isolation
    assert sentence(lost.value) == PROCESSES


@pytest.mark.parametrize(
    ("number", "said"), [(errno.EMFILE, FILES), (errno.EAGAIN, PROCESSES)], ids=["files", "tasks"]
)
def test_no_process_to_grade_in(number: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that can start no process says what the machine lacks."""
    crew = Processes(1, 60.0)

    def start(place: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(crew, "_start", start)
    crew.hand_out("key", Task(KATA, "a.py", b"", "", 1, Limits(), "full", None))
    ((_, graded),) = crew.collect(0)
    assert graded is not None
    assert graded.unready == said
