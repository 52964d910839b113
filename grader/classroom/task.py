"""The function that a class is a map over, as it runs in a process of a pool or a cluster."""

import atexit
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

from grader.errors import GraderError
from grader.formats import View, find
from grader.jail import Jail, Level, Limits
from grader.report import Feedback, Report
from grader.worker import kernel


@dataclass(frozen=True)
class Task:
    """One submission on its way to be graded.

    Attributes:
        name: the file's name.
        source: its bytes.
        problem: why there is nothing to grade; empty if there is.
        seed, limits, feedback, level: as for `grade`.
        formats: the names of those that are wanted beside the report.
        unreadable: whether the problem is no fault of the learner's: it could not be read.
    """

    name: str
    source: bytes
    problem: str
    seed: int
    limits: Limits
    feedback: Feedback
    level: Level | None
    formats: tuple[str, ...] = ()
    unreadable: bool = False


_jails: dict[Limits, Jail] = {}
_sessions: list[Any] = []
_owner: list[int] = []
_lock = threading.Lock()  # a cluster's workers may have threads; pytest has one


@dataclass(frozen=True)
class Graded:
    """What came of a task.

    Attributes:
        report: as JSON.
        formats: what the formats that were asked for made of it, by name.
        faults: what went wrong in formats, which is nobody's submission's fault.
    """

    report: str
    formats: dict[str, bytes | None]
    faults: tuple[str, ...] = ()


def grade_task(task: Task) -> Graded:
    """Grade one submission.

    Raises:
        GraderFault: the jail is weaker than required.
    """
    with _lock:
        report = _grade(task)
    view = View(report, task.source.decode(errors="replace"), {}, time.time())
    made: dict[str, bytes | None] = {}
    faults = []
    for name in task.formats:
        try:
            made[name] = find(name).render(view)
        except GraderError as error:
            faults.append(str(error))
    return Graded(report.to_json(), made, tuple(faults))


def _grade(task: Task) -> Report:
    from grader.grading import begin_session, grade, grader_error, reject

    about: Any = {"name": task.name, "seed": task.seed, "feedback": task.feedback}
    if _owner != [os.getpid()]:  # a fork must not share these with its parent
        _owner[:] = [os.getpid()]
        _jails.clear()
        _sessions.clear()
    jail = _jail(task.limits)
    if not _sessions:
        _sessions.append(begin_session())
    if task.level is not None:
        jail.isolation.require(task.level)
    if task.unreadable:
        return grader_error(jail.isolation, task.source, message=task.problem, **about)
    if task.problem:
        return reject(jail, task.source, message=task.problem, **about)
    try:
        return grade(jail, task.source, session=_sessions[0], **about)
    except Exception as error:
        message = str(error) if isinstance(error, GraderError) else repr(error)
        message = f"The grader failed: {message}"
        return grader_error(jail.isolation, task.source, message=message, **about)


def prepare_process() -> None:
    """Make a pool's process end with the grading, and leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        kernel.die_with_parent()


def _jail(limits: Limits) -> Jail:
    """Return this process's jail, started when it is first needed and kept."""
    if limits not in _jails:
        jail = Jail(limits, ahead=False).__enter__()  # each core has its own submissions
        atexit.register(jail.__exit__, None, None, None)
        _jails[limits] = jail
    return _jails[limits]
