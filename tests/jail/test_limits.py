"""What a submission may use of the machine is bounded, and nothing of it stays behind."""

import os
import select
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.errors import GraderFault, UsageError
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.jail.limits import MAXIMA
from grader.jail.talk import MAX_FLOOD
from grader.kata import default_kata
from grader.learner.endings import CaseEnded, Crashed, NotRun, Raised, TimedOut
from grader.learner.submission import Rejected, Submission
from grader.worker import imports

KATA = default_kata()

ARRAYS, FOUR = [np.ones((4, 4))] * 3, [np.ones((4, 4))] * 4
PATIENCE = 30.0
"""Seconds after which what should have happened is taken not to happen."""
CALL = 0.5
Start = Callable[[str], Submission]


def source_of(body: str, head: str = "") -> str:
    """Return a submission whose `self_attention` runs `body`; `compute_qkv` is innocent."""
    return (
        f"import numpy as np\n{head}\n"
        f"def self_attention(Q, K, V):\n{textwrap.indent(body, '    ')}\n    return V\n"
        "def compute_qkv(X, a, b, c):\n    return X, X, X\n"
    )


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    """A jail with little time and memory."""
    limits = Limits(call_seconds=CALL, submission_seconds=60, memory_mib=256, output_kib=4)
    with Jail(limits) as jail:
        yield jail


@pytest.fixture(scope="module")
def patient_jail() -> Iterator[Jail]:
    """The same with a lot of time, for what must end by another limit."""
    limits = Limits(call_seconds=60, submission_seconds=120, memory_mib=256, output_kib=4)
    with Jail(limits) as jail:
        yield jail


def start(jail: Jail, body: str, head: str = "") -> Submission:
    """Load a submission whose `self_attention` runs `body`."""
    submission = Submission(jail, source_of(body, head).encode(), KATA)
    submission.load()
    return submission


def call(jail: Jail, body: str, head: str = "") -> str:
    """Run `body` in a worker; return the message of its end, empty if it ended well."""
    submission = start(jail, body, head)
    try:
        submission.self_attention(*ARRAYS).array()
    except CaseEnded as ended:
        return ended.message
    finally:
        submission.end()
    return ""


def children(of: int | None = None) -> set[int]:
    """Return the processes that one, or else this one, has started, and those that they have."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields_ = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields_[0] != "Z":
            parents[int(name)] = int(fields_[1])
    found: set[int] = set()
    border = {of or os.getpid()}
    while border:
        border = {pid for pid, parent in parents.items() if parent in border} - found
        found |= border
    return found


def is_gone(pid: int) -> bool:
    """Say whether a process has ended, reaped or not."""
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_until_gone(pids: set[int]) -> set[int]:
    """Wait until these processes have ended; return those that have not, after a long time."""
    deadline = time.monotonic() + PATIENCE
    while (left := {pid for pid in pids if not is_gone(pid)}) and time.monotonic() < deadline:
        select.select([], [], [], 0.01)
    return left


def stop(pid: int) -> bool:
    """Stop a process and all that it has started; say whether they stand still."""
    every = {pid} | children(pid)
    for one in every:
        os.kill(one, signal.SIGSTOP)
    deadline = time.monotonic() + PATIENCE
    while running := [one for one in every if state_of(one) not in "TZ"]:
        if time.monotonic() > deadline:
            break
        select.select([], [], [], 0.01)
    return not running


def state_of(pid: int) -> str:
    """Return the state of a process; of one that is gone, that of a zombie."""
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@pytest.mark.parametrize("name", MAXIMA)
def test_hard_maxima(name: str) -> None:
    """No limit can be above its maximum, zero, negative or no number; its maximum it can be."""
    most = MAXIMA[name]
    chosen: dict[str, Any] = {name: most}
    Limits(**chosen)
    for value in (most + 1, most * 1e9, 0, -1, float("nan"), float("inf")):
        with pytest.raises(UsageError, match=name):
            Limits(**(chosen | {name: value}))


def test_every_limit_has_a_maximum() -> None:
    """There is no limit without a hard maximum."""
    assert set(Limits._fields) == set(MAXIMA)


@pytest.mark.parametrize(
    "body",
    [
        "np.ones(1 << 30)",  # 8 GiB
        "np.ones((1 << 20, 1 << 20))",
        "x = bytearray(1 << 33)",
        "x = 'x' * (1 << 33)",
        "x = []\nwhile True:\n    x.append(np.ones(1 << 20))",
        "x = b'x'\nwhile True:\n    x += x",
    ],
)
def test_memory(patient_jail: Jail, body: str) -> None:
    """Who asks for too much memory gets an error that says so, and the worker lives on."""
    message = call(patient_jail, body)
    assert "raised" in message
    assert "MemoryError" in message
    assert "more than a submission may use" in message


@pytest.mark.parametrize("without", [(), ("bubblewrap",)], ids=["all", "no bubblewrap"])
def test_memory_by_default(without: tuple[str, ...]) -> None:
    """By default 900 MiB can be had and 1100 MiB cannot, whatever NumPy itself has mapped."""
    with Jail(Limits(call_seconds=30, submission_seconds=60), without=without) as jail:
        assert call(jail, "x = np.empty(900 << 17)") == ""
        assert "MemoryError" in call(jail, "x = np.empty(1100 << 17)")


def test_memory_of_the_next_submission(patient_jail: Jail) -> None:
    """What one submission has used up is there again for the next one."""
    for _ in range(3):
        assert call(patient_jail, "x = np.ones(200 << 17)") == ""


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("import os\nfor i in range(99): os.dup(1)", "Too many open files"),
        ("import resource\nassert resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0)", ""),
        ("import resource\nassert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)", ""),
        ("import resource\nassert resource.getrlimit(resource.RLIMIT_NOFILE) == (32, 32)", ""),
        ("import resource\nassert resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] == 0", ""),
        ("import resource\nassert resource.getrlimit(resource.RLIMIT_CPU) == (61, 62)", ""),
        (
            "import resource\nsoft, hard = resource.getrlimit(resource.RLIMIT_AS)\n"
            "assert soft == hard != resource.RLIM_INFINITY",
            "",
        ),
    ],
)
def test_limits_of_the_process(jail: Jail, body: str, error: str) -> None:
    """Descriptors, file size, core dumps, locked memory, CPU time and memory are limited."""
    message = call(jail, body)
    assert error in message
    assert bool(error) == bool(message)


@pytest.mark.parametrize(
    "code",
    [
        "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "resource.setrlimit(resource.RLIMIT_CPU, (600, 600))",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (16, 32))",
        "resource.prlimit(0, resource.RLIMIT_FSIZE, (0, 0))",
    ],
)
def test_limits_cannot_be_changed(jail: Jail, code: str) -> None:
    """A worker can change none of its limits, not even downwards."""
    assert "change its limits" in call(jail, f"import resource\n{code}")


@pytest.mark.long
def test_cpu_time() -> None:
    """CPU time beyond that of a submission ends the worker, with a sentence that says so."""
    limits = Limits(call_seconds=60, submission_seconds=1)
    with Jail(limits) as jail:
        # The wall clock of the trusted side is taken away, as if it were stuck.
        jail.limits = Limits(call_seconds=60, submission_seconds=600)
        real, jail._orders = jail._orders, lambda layers: {**real(layers), "cpu_seconds": 1}  # type: ignore[method-assign]
        message = call(jail, "while True:\n    pass")
    assert message == "While self_attention was running, your code used up its CPU time."


LOOPS = {
    "python": "while True:\n    pass",
    "python that catches all": "while True:\n    try:\n        while True:\n            pass\n"
    "    except BaseException:\n        pass",
    "the lock held in C": "import itertools\nsum(itertools.repeat(1))",
    "a huge power": "x = 7 ** (10 ** 9)",
    "a sort that does not end": "sorted(range(10**6), key=lambda x: sum(range(10**6)))",
    "a regular expression": "import re\nre.match('(a*)*b', 'a' * 60)",
    "sleep": "import time\ntime.sleep(10**6)",
    "signals ignored": "import signal\nfor number in range(1, 32):\n    try:\n"
    "        signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError):\n"
    "        pass\nwhile True:\n    pass",
    "a lock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "threads": "import threading\ndef spin():\n    while True:\n        pass\n"
    "for _ in range(4):\n    threading.Thread(target=spin).start()\nspin()",
}


@pytest.mark.parametrize("loop", LOOPS)
def test_endless(jail: Jail, loop: str) -> None:
    """What does not end is a timeout, and the next call gets a fresh worker at once."""
    submission = start(jail, LOOPS[loop])
    try:
        with pytest.raises(TimedOut) as ended:
            submission.self_attention(*ARRAYS)
        assert ended.value.message == f"self_attention did not finish within {CALL} s."
        for array in submission.compute_qkv(*FOUR).arrays(("Q", "K", "V")):
            np.testing.assert_array_equal(array, ARRAYS[0])
    finally:
        submission.end()


@pytest.mark.long
def test_time_of_a_submission() -> None:
    """Once a submission's own time is used up nothing more of it runs."""
    with Jail(Limits(call_seconds=1, submission_seconds=1.2)) as jail:
        submission = start(jail, LOOPS["python"])
        try:
            with pytest.raises(TimedOut):
                submission.self_attention(*ARRAYS)
            with pytest.raises((TimedOut, NotRun)):
                submission.self_attention(*ARRAYS)
            with pytest.raises(NotRun):
                submission.compute_qkv(*FOUR)
        finally:
            submission.end()


@pytest.mark.parametrize(("name", "descriptor"), [("stdout", 1), ("stderr", 2)])
def test_output_is_capped(jail: Jail, name: str, descriptor: int) -> None:
    """Of much output as much is kept as the limit says, and that it was cut is known."""
    submission = start(jail, f"import os\nfor _ in range(64): os.write({descriptor}, b'x' * 4096)")
    submission.self_attention(*ARRAYS).array()
    submission.end()
    assert getattr(submission.workers, name) == b"x" * 4096
    assert submission.workers.truncated


@pytest.mark.parametrize("descriptor", [1, 2])
def test_flood(patient_jail: Jail, descriptor: int) -> None:
    """Output without end ends the worker long before its time is over, and says so."""
    submission = start(patient_jail, f"import os\nwhile True: os.write({descriptor}, b'x' * 65536)")
    with pytest.raises(Crashed, match=f"printed more than {MAX_FLOOD // 2**20} MiB"):
        submission.self_attention(*ARRAYS)
    submission.end()
    assert len(submission.workers.stdout) + len(submission.workers.stderr) == 4096


def test_flood_of_replies(patient_jail: Jail) -> None:
    """Bytes without end on the grader's own pipe end the worker, and are not kept."""
    submission = start(patient_jail, "import os\nwhile True: os.write(4, b'\\0' * 65536)")
    with pytest.raises(Crashed, match="a pipe that belongs to the grader"):
        submission.self_attention(*ARRAYS)
    submission.end()


def test_worker_that_does_not_read(jail: Jail) -> None:
    """A worker that takes no request is timed out while the trusted side still writes."""
    big = np.ones((1000, 1000))
    # It never reads again once the file is loaded: the loop of the worker is gone.
    head = "import sys, time\nsys.modules['worker.serve'].receive = lambda: time.sleep(10**6)"
    submission = start(jail, "pass", head=head)
    try:
        with pytest.raises((TimedOut, Crashed)):
            submission.self_attention(big, big, big)
    finally:
        submission.end()


PURE = """
import math

def matmul(A, B):
    rows, inner, columns = len(A), len(B), len(B[0])
    C = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            for k in range(inner):
                C[i][j] += float(A[i][k]) * float(B[k][j])
    return C

def compute_qkv(X, W_q, W_k, W_v):
    return tuple(np.array(matmul(X, W)) for W in (W_q, W_k, W_v))

def self_attention(Q, K, V):
    K_t = [[K[j][i] for j in range(len(K))] for i in range(len(K[0]))]
    scores = matmul(Q, K_t)
    for row in scores:
        for j in range(len(row)):
            row[j] /= math.sqrt(len(Q[0]))
        most = max(row)
        row[:] = [math.exp(score - most) for score in row]
        total = sum(row)
        row[:] = [score / total for score in row]
    return np.array(matmul(scores, V))

def multi_head_attention(Q, K, V, n_heads):
    size = Q.shape[1] // n_heads
    size_v = V.shape[1] // n_heads
    heads = []
    for head in range(n_heads):
        part, part_v = (slice(head * s, head * s + s) for s in (size, size_v))
        heads.append(self_attention(Q[:, part], K[:, part], V[:, part_v]))
    return np.array([sum((list(head[i]) for head in heads), []) for i in range(len(Q))])
"""


def test_loops_in_pure_python_pass() -> None:
    """A right solution of triple loops in Python gets full marks with the default limits."""
    with Jail(Limits()) as jail:
        report = grade(KATA, jail, f"import numpy as np\n{PURE}".encode(), name="loops.py", seed=3)
    assert report.score == 1.0, [case.message for case in report.cases if case.message]


@pytest.mark.long
def test_zygote_is_restarted() -> None:
    """If the zygote is killed between two submissions the next one is graded all the same."""
    before = children()
    right = KATA.solution_path.read_bytes()
    with Jail(Limits()) as jail:
        assert grade(KATA, jail, right, name="right.py", seed=1).score == 1.0
        for _ in range(2):
            zygote = jail._zygote
            assert zygote is not None
            started = children() - before
            os.killpg(zygote._process.pid, signal.SIGKILL)
            assert not wait_until_gone(started)
            assert grade(KATA, jail, right, name="right.py", seed=1).score == 1.0
    assert not wait_until_gone(children() - before)


def test_zygote_killed_during_a_submission(jail: Jail) -> None:
    """If the zygote is killed under a running worker that is no fault of the learner's code.

    The next call works.
    """
    submission = start(jail, "pass")
    submission.self_attention(*ARRAYS).array()
    zygote = jail._zygote
    assert zygote is not None
    os.killpg(zygote._process.pid, signal.SIGKILL)
    worker = submission.workers.now
    assert worker is not None
    assert select.select([worker._talk._pipes.replies], [], [], PATIENCE)[0]  # it has hung up
    with pytest.raises(GraderFault, match="A worker was lost"):
        submission.self_attention(*ARRAYS)
    submission.self_attention(*ARRAYS).array()
    submission.end()


def test_zygote_killed_during_a_call(jail: Jail) -> None:
    """The same if it is killed while the learner's code computes."""
    submission = start(jail, "while True: pass")
    zygote = jail._zygote
    assert zygote is not None
    jail.errands.append(lambda: os.killpg(zygote._process.pid, signal.SIGKILL))
    with pytest.raises(GraderFault, match="A worker was lost"):
        submission.self_attention(*ARRAYS)
    submission.compute_qkv(*FOUR).arrays(("Q", "K", "V"))
    submission.end()


def test_prepared_workers(jail: Jail) -> None:
    """Workers that were started ahead know nothing of earlier calls, and none is left over."""
    submission = start(jail, "calls.append(1)\nreturn np.full((1, 1), len(calls))", "calls = []")
    submission.self_attention(*ARRAYS)
    submission.workers.prepare(3)
    prepared = list(submission.workers._next)
    for worker in prepared:
        submission.workers.renew()
        counts = [submission.self_attention(*ARRAYS).array().item() for _ in range(2)]
        assert counts == [1, 2]
        assert submission.workers.now is worker
    submission.workers.steady.add("self_attention")  # now the last of them counts as fresh
    submission.workers.prepare(1)
    submission.workers.renew()
    assert submission.self_attention(*ARRAYS).array().item() == 3
    submission.workers.prepare(3)
    prepared += submission.workers._next
    assert len(prepared) == 5
    submission.end()
    assert all(worker.ended for worker in prepared)


def test_errands(jail: Jail) -> None:
    """While a worker is waited for, other work is done in order, and no longer than that."""
    submission = start(jail, "for _ in range(10**6): pass")
    done: list[int] = []

    def one_more() -> None:
        done.append(len(done))
        jail.errands.append(one_more)

    jail.errands += [lambda: done.append(-2), lambda: done.append(-1), one_more]
    submission.self_attention(*ARRAYS).array()
    jail.errands.clear()
    assert done[:2] == [-2, -1]
    assert done[2:] == list(range(2, len(done)))
    assert len(done) > 3
    submission.end()


def test_errands_without_end(jail: Jail) -> None:
    """A call that hangs is over in its time, whatever else there is to do."""
    until = time.monotonic() + PATIENCE

    def one_more() -> None:
        if time.monotonic() < until:
            jail.errands.append(one_more)

    submission = start(jail, "while True: pass")
    one_more()
    with pytest.raises(TimedOut):
        submission.self_attention(*ARRAYS)
    assert jail.errands  # it did not wait for their end
    jail.errands.clear()


@pytest.mark.parametrize("ahead", [True, False])
def test_starting_over(ahead: bool) -> None:
    """A worker that is ended for a fresh one is heard out; of the fresh one nothing is kept."""
    with Jail(Limits(), ahead=ahead) as jail:
        body = "calls.append(1)\nprint('call', len(calls))\nreturn np.full((1, 1), len(calls))"
        submission = start(jail, body, "print('load')\ncalls = []")
        submission.self_attention(*ARRAYS)
        old = submission.workers.now
        submission.workers.start_over()
        assert old is not None
        assert old.ended
        assert len(submission.workers._next) == ahead
        assert submission.self_attention(*ARRAYS).array().item() == 1
        submission.end()
        assert submission.workers.stdout == b"load\ncall 1\n"


def test_jail_that_nothing_was_asked_of(jail: Jail) -> None:
    """What the kernel offers is heard first, whatever is asked for before it is needed."""
    with Jail(Limits()) as fresh:
        fresh.settle()
        assert fresh.isolation == jail.isolation


def test_nothing_is_prepared_without_a_core_to_spare() -> None:
    """A class uses all cores: a worker is started there when it is needed."""
    with Jail(Limits(), ahead=False) as jail:
        submission = start(jail, "pass")
        submission.workers.prepare(3)
        assert not submission.workers._next
        submission.end()


def test_prepared_worker_of_a_killed_zygote(jail: Jail) -> None:
    """A worker that was started ahead and did not come up is replaced."""
    start(jail, "pass").end()
    submission = Submission(jail, source_of("pass").encode(), KATA)
    zygote = jail._zygote
    assert zygote is not None
    assert stop(zygote._process.pid)  # else it may still answer
    submission.workers.prepare()
    os.killpg(zygote._process.pid, signal.SIGKILL)
    submission.self_attention(*ARRAYS).array()
    submission.end()


WITHOUT = pytest.mark.parametrize(
    "without",
    [(), ("bubblewrap",), ("seccomp",), ("bubblewrap", "seccomp")],
    ids=lambda without: "without " + ("+".join(without) or "nothing"),
)


@pytest.mark.long
@WITHOUT
def test_nothing_is_left_of_a_submission(without: tuple[str, ...]) -> None:
    """When a submission and its jail have ended no process lives on, whatever it was doing."""
    before = children()
    with Jail(Limits(call_seconds=CALL, submission_seconds=60), without=without) as jail:
        submission = start(jail, LOOPS["signals ignored"])
        with pytest.raises(TimedOut):
            submission.self_attention(*ARRAYS)
        submission.compute_qkv(*FOUR)
        assert children() - before
        submission.end()
    assert not wait_until_gone(children() - before)


KILLED = """
import sys
from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.learner.submission import Rejected, Submission
import numpy as np
source = b"def self_attention(Q, K, V):\\n    print('I run', flush=True)\\n    while True: pass\\n"
with Jail(Limits(call_seconds=60, submission_seconds=600), without=tuple(sys.argv[1:])) as jail:
    submission = Submission(jail, source, default_kata())
    submission.load()
    print("loaded", flush=True)
    submission.self_attention(*[np.ones((2, 2))] * 3)
"""


@WITHOUT
def test_nothing_outlives_the_grader(without: tuple[str, ...]) -> None:
    """When the grading process is killed the zygote and the worker vanish with it."""
    before = children()
    grading = subprocess.Popen(
        [sys.executable, "-c", KILLED, *without], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    with grading:
        assert grading.stdout is not None
        assert grading.stdout.readline() == b"loaded\n"
        started = children() - before - {grading.pid}
        assert started
        grading.kill()
    assert not wait_until_gone(started)


def test_children_are_seen() -> None:
    """The helper of these tests sees a child and a grandchild, or the tests would prove nothing."""
    before = children()
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        deadline = time.monotonic() + PATIENCE
        while len(children() - before) < 2 and time.monotonic() < deadline:
            pass
        started = children() - before
        assert len(started) == 2
        process.communicate(b"\n")
    assert not wait_until_gone(started)


def test_error_of_python_is_not_a_crash(jail: Jail) -> None:
    """Recursion without end is an error of Python's, after which the worker answers again."""
    submission = start(jail, "return self_attention(Q, K, V)")
    with pytest.raises(Raised, match="RecursionError"):
        submission.self_attention(*ARRAYS)
    worker = submission.workers.now
    submission.compute_qkv(*FOUR)
    assert submission.workers.now is worker
    submission.end()


def test_threads_are_counted(jail: Jail) -> None:
    """A worker may start 32 threads, whoever it is for, and no more, however small they are."""
    body = textwrap.dedent(
        """
        import _thread, threading
        threading.stack_size(65536)
        lock, count = _thread.allocate_lock(), 0
        lock.acquire()
        try:
            while count < 2000:
                _thread.start_new_thread(lock.acquire, ())
                count += 1
        except RuntimeError:
            raise ValueError(f"ended at {count}.")
        """
    )
    message = call(jail, body)
    assert "ended at 32." in message


def test_no_submission_finds_what_another_imported(jail: Jail) -> None:
    """What is imported for one submission is not there for the next."""
    late = "late = getattr(np, 'test' + 'ing')"
    for _ in range(2):
        with pytest.raises(Rejected):
            start(jail, "pass", head=late).load()
        start(jail, "pass", head="np.testing.assert_allclose(1, 1)").load()


def test_what_a_worker_is_told_to_import_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found of a source in another worker is no order: the same modules are welcome."""
    imported: list[str] = []
    monkeypatch.setattr(imports, "_import", lambda module, name: imported.append(module))
    told = [("this", ""), ("numpy.f2py", ""), ("grader", ""), ("json", "loads")]
    imports.import_each({"imports": told, "helpers": ["serve", "../grader"]})
    assert imported == ["json"]


def test_programs_are_not_run_by_imports(jail: Jail) -> None:
    """Parts of NumPy and of the library that do something when imported are not imported."""
    for name in ("numpy.distutils.cpuinfo", "numpy.f2py", "unittest.__main__", "test.autotest"):
        with pytest.raises(Rejected):
            start(jail, "pass", head=f"import {name}").load()
