"""The function that a class is a map over, as it runs in a process of a pool or a cluster."""

import atexit
import gc
import os
import signal
import sys
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grader.classroom.cores import keep_to_share, seconds_used
from grader.errors import GraderFault, sentence
from grader.formats import View, find
from grader.jail import Isolation, Jail, Level, Limits, threads
from grader.jail.isolation import is_at_least
from grader.kata import Kata
from grader.learner.code import as_text
from grader.report.model import Feedback, Report
from grader.screen.naming import naming
from grader.worker import kernel

if TYPE_CHECKING:
    from grader.cases.session import Session

_OWN = 0.9  # of the time that a submission took: if so much was computed, nobody took any away


@dataclass(frozen=True)
class Task:
    """One submission on its way to be graded.

    Attributes:
        kata: what it is to be.
        name: the file's name.
        source: its bytes.
        problem: why there is nothing to grade; empty if there is.
        seed, limits, feedback: as for `grade`.
        level: the level of the class; at a lower one nobody is judged. None takes any.
        formats: the names of those that are wanted beside the report.
        unreadable: whether the problem is no fault of the learner's: it could not be read.
        alone: nothing else runs, so that what comes now counts.
    """

    kata: Kata
    name: str
    source: bytes
    problem: str
    seed: int
    limits: Limits
    feedback: Feedback
    level: Level | None
    formats: tuple[str, ...] = ()
    unreadable: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Graded:
    """What came of a task.

    Attributes:
        report: as JSON.
        formats: what the formats that were asked for made of it, by name.
        faults: what went wrong in formats, which is nobody's submission's fault.
        doubt: why the machine may be to blame for what came; empty if nothing says so.
        unready: why nothing could be graded in that process at all; no code was run.
    """

    report: str = ""
    formats: dict[str, bytes | None] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    doubt: str = ""
    unready: str = ""


_jails: dict[Limits, Jail] = {}
_sessions: dict[Kata, "Session"] = {}
_owner: list[int] = []
_lock = threading.Lock()  # a cluster's workers may have threads; pytest has one


def grade_task(task: Task) -> Graded:
    """Grade one submission; whatever goes wrong is told by what is returned."""
    with _lock:
        if task.alone:
            forget()
        try:
            jail, session = _make_ready(task.kata, task.limits)
            found = jail.isolation.level
            if task.level is not None and not is_at_least(found, task.level):
                raise GraderFault(f"A jail came up at level {found}, the class's is {task.level}.")
        except Exception as error:
            forget()
            return Graded(unready=sentence(error))
        report, doubt = _grade(task, jail, session)
    view = View(report, as_text(task.source), {}, time.time(), naming(task.kata, elsewhere=True))
    made: dict[str, bytes | None] = {}
    faults = []
    for name in task.formats:
        try:
            made[name] = find(name).render(view)
        except Exception as error:
            faults.append(sentence(error))
    return Graded(report.to_json(), made, tuple(faults), doubt)


def isolation_here(kata: Kata, limits: Limits) -> Isolation | str:
    """Return the isolation of this process's jail, or why there is none."""
    with _lock:
        try:
            threads.check_room()
            return _make_ready(kata, limits)[0].isolation
        except Exception as error:
            forget()
            return sentence(error)


def _grade(task: Task, jail: Jail, session: "Session") -> tuple[Report, str]:
    """Return the report, and what speaks against it."""
    from grader.grading.grade import grade, grader_error, reject

    about: Any = {"name": task.name, "seed": task.seed, "feedback": task.feedback}
    kata, source, problem = task.kata, task.source, task.problem
    if task.unreadable:
        return grader_error(kata, jail.isolation, source, message=problem, **about), ""
    if problem:
        return reject(kata, jail, source, message=problem, **about), ""
    started, used = time.monotonic(), seconds_used()
    try:
        with jail.again() if task.alone else nullcontext():
            report = grade(kata, jail, source, session=session, **about)
    except Exception as error:
        message = sentence(error)
        failed = grader_error(kata, jail.isolation, source, message=message, **about)
        forget()  # the next one gets what this cannot have harmed
        return failed, message
    took = time.monotonic() - started
    # Whoever lost no points lost nothing, and below this time no deadline was met.
    late = took >= min(task.limits.call_seconds, task.limits.submission_seconds)
    if late and report.score != 1 and not task.alone and seconds_used() - used < _OWN * took:
        return report, "It ran out of time while others ran."
    return report, ""


def prepare_process(place: int, jobs: int, parent: int) -> None:
    """Make a process of a class end with the grading, leave Ctrl-C to it, and keep to its cores.

    Args:
        place: its number among them, from 0.
        jobs: how many there are.
        parent: the process that grades the class.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if sys.platform == "linux":
        kernel.die_with_parent()
    if os.getppid() != parent:  # it ended before it was asked to take this process along
        os._exit(1)
    keep_to_share(place, jobs)
    gc.freeze()


def _make_ready(kata: Kata, limits: Limits) -> tuple[Jail, "Session"]:
    """Return this process's jail and session, started when they are first needed and kept."""
    from grader.grading.ready import begin_session

    if _owner != [os.getpid()]:  # a fork must not share these with its parent
        _owner[:] = [os.getpid()]
        _jails.clear()
        _sessions.clear()
    if limits not in _jails:
        _jails[limits] = Jail(limits, ahead=False)  # each core has its own submissions
        atexit.register(_jails[limits].__exit__, None, None, None)
        _jails[limits].__enter__()
    if kata not in _sessions:
        _sessions[kata] = begin_session(kata)
    _ = _jails[limits].isolation
    return _jails[limits], _sessions[kata]


def forget() -> None:
    """End what this process keeps from one submission to the next."""
    if _owner != [os.getpid()]:
        return
    while _sessions:
        _sessions.popitem()[1].__exit__()
    while _jails:
        jail = _jails.popitem()[1]
        atexit.unregister(jail.__exit__)
        jail.__exit__(None, None, None)
