"""One submission, one report: the straight line, readable from top to bottom."""

import hashlib
import importlib
import mmap
import platform
import time
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

from grader import __version__
from grader.errors import Doubtful
from grader.grading.feedback import (
    MAX_MESSAGE,
    tell_cases,
    tell_output,
    tell_seconds,
)
from grader.jail import Isolation, Jail
from grader.kata import kata
from grader.learner.code import read_code
from grader.report.model import Attention, Diagnosis, Feedback, Report, Status
from grader.text import clean, clean_line, shorten

if TYPE_CHECKING:
    from grader.cases.session import Session

_MEMORY = 144 * 2**20  # bytes of address space for NumPy and pytest, one thread, and some more
_NAME = 120  # characters of a file name in a report


@cache
def load() -> None:
    """Import NumPy, pytest and what stands on them."""
    _need_memory()
    importlib.import_module("grader.cases.session")


def _need_memory() -> None:
    """Ask for the memory that all of it takes, as OpenBLAS ends the process if it gets none.

    Raises:
        MemoryError: there is not as much.
    """
    try:
        mmap.mmap(-1, _MEMORY, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as error:
        raise MemoryError from error


def begin_session() -> "Session":
    """Return a session for the cases.

    This takes as long as the jail needs to start, so it is for the time between.
    """
    load()
    from grader.cases.session import Session

    return Session()


def grade(
    jail: Jail,
    source: bytes,
    *,
    name: str,
    seed: int,
    feedback: Feedback = "full",
    session: "Session | None" = None,
) -> Report:
    """Judge one submission.

    Args:
        jail: where its code runs.
        source: the bytes of the learner's file.
        name: the file's name, for the report.
        seed: what the inputs of the cases are drawn from; the same seed, submission and
            versions give the same report but for `timing`.
        feedback: how much of the verdict the report tells.
        session: where the cases run; one of its own if None.

    Raises:
        Doubtful: the machine may be to blame for what came; worth one more try, alone.
        GraderFault: the grader could not do its work; no verdict.
    """
    from grader.learner.submission import Rejected, Submission

    started = time.monotonic()
    submission = Submission(jail, source)
    watch = jail.watch_threads()
    rejection = read_code(source).problem
    diagnoses: tuple[Diagnosis, ...] = ()
    attention: Attention | None = None
    try:
        if not rejection:
            submission.load()
            with begin_session() if session is None else nullcontext(session) as cases:
                judged = cases.judge(submission, seed)
            if feedback == "full":
                attention = _weigh(submission, judged)
            if feedback in ("full", "hints"):
                diagnoses = _diagnose(submission, judged)
    except Rejected as rejected:
        rejection = rejected.message
    finally:
        submission.end()
    if rejection:
        judged = _unjudged()
    if sum(result.points for result in judged) < 100:
        watch.check(source, apart=jail.counts_apart)
    return _report(
        jail.isolation,
        source,
        name,
        seed,
        feedback,
        status="rejected" if rejection else "graded",
        message=rejection or submission.failed_cells,
        judged=judged,
        diagnoses=diagnoses,
        attention=attention,
        submission=submission,
        seconds=time.monotonic() - started,
    )


def grade_again_if_lost(jail: Jail, source: bytes, **how: Any) -> Report:
    """Judge one submission that nothing runs beside; twice if the first time ended in doubt.

    Args:
        jail: as for `grade`; the second time all that it started is started anew.
        source: as for `grade`.
        how: what else `grade` takes.

    Raises:
        GraderFault: as for `grade`.
    """
    try:
        return grade(jail, source, **how)
    except Doubtful:
        with jail.again():
            return grade(jail, source, **how)


def reject(
    jail: Jail,
    source: bytes,
    *,
    name: str,
    seed: int,
    message: str,
    feedback: Feedback = "full",
) -> Report:
    """Return the report of a submission that is not run at all, for the reason `message`."""
    return _report(
        jail.isolation,
        source,
        name,
        seed,
        feedback,
        status="rejected",
        message=message,
        judged=_unjudged(),
    )


def grader_error(
    isolation: Isolation | None,
    source: bytes,
    *,
    name: str,
    seed: int,
    message: str,
    feedback: Feedback = "full",
) -> Report:
    """Return the report that says that the grader failed: no score, no cases.

    Args:
        isolation: what there was, if that is known.
        source: as for `grade`.
        name: as for `grade`.
        seed: as for `grade`.
        feedback: as for `grade`.
        message: what failed.
    """
    isolation = isolation or Isolation("process", {})
    return _report(isolation, source, name, seed, feedback, status="grader_error", message=message)


def _unjudged() -> list[Any]:
    from grader.cases.catalogue import all_cases
    from grader.cases.session import Judged

    reason = "The file could not be loaded, so this was not judged."
    return [Judged(case, "not_run", reason) for case in all_cases()]


def _report(
    isolation: Isolation,
    source: bytes,
    name: str,
    seed: int,
    feedback: Feedback,
    *,
    status: Status,
    message: str,
    judged: Sequence[Any] = (),
    diagnoses: tuple[Diagnosis, ...] = (),
    attention: Attention | None = None,
    submission: Any = None,
    seconds: float = 0.0,
) -> Report:
    """Put a report together, telling what the level of feedback allows."""
    points = sum(result.points for result in judged)
    about = {"name": clean_line(name, _NAME) or "?", "sha256": hashlib.sha256(source).hexdigest()}
    if submission is not None and submission.code_sha256:
        about["code_sha256"] = submission.code_sha256
    return Report(
        kata={"name": kata.NAME, "version": kata.VERSION},
        submission=about,
        status=status,
        score=None if status == "grader_error" else points / 100,
        points=points,
        message=shorten(clean(message), MAX_MESSAGE),
        cases=tell_cases(judged, feedback, loaded=status == "graded"),
        diagnoses=diagnoses,
        attention=attention,
        isolation={"level": isolation.level, "layers": isolation.layers},
        output=tell_output(submission, feedback),
        seed=seed,
        timing={"seconds": tell_seconds(seconds, feedback)},
        grader={**versions(), "feedback": feedback},
    )


def _weigh(submission: Any, judged: list[Any]) -> Attention | None:
    """Return the weights of the functions that answer at all."""
    from grader.katas.attention.picture import weigh

    answered = {result.case.function for result in judged if result.outcome in ("passed", "failed")}
    return weigh(submission, answered)


def _diagnose(submission: Any, judged: list[Any]) -> tuple[Diagnosis, ...]:
    """Return what explains the functions that answered wrongly; nothing is run if none did."""
    wrong = {result.case.function for result in judged if result.outcome in ("failed", "error")}
    if not wrong:
        return ()
    try:
        submission.errands.append(_import_diagnosis)
        submission.start_over()
        names = [name for name in kata.FUNCTIONS if name in wrong]
        return tuple(_import_diagnosis().diagnose(submission, names))
    except Doubtful:
        raise
    except Exception:  # whatever comes back, the points stand; a test sees to it that this is rare
        return ()


def _import_diagnosis() -> Any:
    """Return the module, which takes long to import and is only needed where something failed."""
    from grader.diagnosis import diagnose as diagnosis

    return diagnosis


@cache
def versions() -> dict[str, str]:
    """Return the versions of everything that a verdict hangs on."""
    import numpy as np
    import pytest

    return {
        "version": __version__,
        "cases_sha256": cases_sha256(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pytest": pytest.__version__,
    }


@cache
def cases_sha256() -> str:
    """Return a hash of the hidden cases and of the solution that they are judged by."""
    digest = hashlib.sha256()
    for path in [*sorted(kata.CASES.glob("*.py")), kata.solution_path()]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
