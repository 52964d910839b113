"""The function that a class is a map over, as it runs in a process of a pool or a cluster."""

import atexit
import signal
import sys
import threading
from dataclasses import dataclass
from typing import Any

from grader.errors import GraderError
from grader.jail import Jail, Level, Limits
from grader.report import Feedback
from grader.worker import kernel


@dataclass(frozen=True)
class Task:
    """One submission on its way to be graded.

    Attributes:
        name: the file's name.
        source: its bytes.
        problem: why there is nothing to grade; empty if there is.
        seed, limits, feedback, level: as for `grade`.
    """

    name: str
    source: bytes
    problem: str
    seed: int
    limits: Limits
    feedback: Feedback
    level: Level | None


_jails: dict[Limits, Jail] = {}
_sessions: list[Any] = []
_lock = threading.Lock()  # a cluster's workers may have threads; pytest has one


def grade_task(task: Task) -> str:
    """Grade one submission and return its report as JSON.

    Raises:
        GraderFault: the jail is weaker than required.
    """
    from grader.grading import begin_session, grade, grader_error, reject

    with _lock:
        jail = _jail(task.limits)
        if not _sessions:
            _sessions.append(begin_session())
        if task.level is not None:
            jail.isolation.require(task.level)
        if task.problem:
            report = reject(
                jail,
                task.source,
                name=task.name,
                seed=task.seed,
                message=task.problem,
                feedback=task.feedback,
            )
            return report.to_json()
        try:
            report = grade(
                jail,
                task.source,
                name=task.name,
                seed=task.seed,
                feedback=task.feedback,
                session=_sessions[0],
            )
        except Exception as error:
            message = str(error) if isinstance(error, GraderError) else repr(error)
            report = grader_error(
                jail.isolation,
                task.source,
                name=task.name,
                seed=task.seed,
                message=f"The grader failed: {message}",
                feedback=task.feedback,
            )
        return report.to_json()


def prepare_process() -> None:
    """Make a pool's process end with the grading, and leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        kernel.die_with_parent()


def _jail(limits: Limits) -> Jail:
    """Return this process's jail, started when it is first needed and kept."""
    if limits not in _jails:
        jail = Jail(limits).__enter__()
        atexit.register(jail.__exit__, None, None, None)
        _jails[limits] = jail
    return _jails[limits]
