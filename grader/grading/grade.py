"""One submission, one report: the straight line, readable from top to bottom."""

import hashlib
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import Doubtful, UsageError
from grader.grading.feedback import DRAWS, EXPLAINS, MAX_MESSAGE, printed_by, tell
from grader.grading.ready import begin_session
from grader.grading.versions import versions
from grader.jail import Isolation, Jail
from grader.kata import Kata
from grader.learner.code import read_code
from grader.learner.renamed import renamed
from grader.report.model import Diagnosis, Feedback, Picture, Report, Status
from grader.report.seen import Seen
from grader.text import clean, clean_line, shorten

if TYPE_CHECKING:
    from grader.cases.session import Session

_PACKAGE = Path(__file__).parents[1]
_NAME = 120  # characters of a file name in a report


def grade(
    kata: Kata,
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
        kata: what it is to be.
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
    submission = Submission(jail, source, kata)
    watch = jail.watch_threads(source)
    rejection = read_code(source).problem
    diagnoses: tuple[Diagnosis, ...] = ()
    picture: Picture | None = None
    seen: Seen | None = None
    broken = ""
    try:
        if not rejection:
            submission.load()
            with begin_session(kata) if session is None else nullcontext(session) as cases:
                judged = cases.judge(submission, seed)
            if feedback in DRAWS:
                picture = _draw(submission, judged)
            if feedback in EXPLAINS:
                diagnoses, broken = _diagnose(submission, judged)
    except Rejected as rejected:
        rejection, seen = rejected.message, rejected.seen
    finally:
        submission.end()
    if rejection:
        judged = _unjudged(kata, session)
    if any(result.outcome != "passed" for result in judged):
        watch.check(apart=jail.counts_apart)
    return _report(
        kata,
        jail.isolation,
        source,
        name,
        seed,
        feedback,
        status="rejected" if rejection else "graded",
        message=rejection or submission.failed_cells,
        seen=seen,
        judged=judged,
        diagnoses=diagnoses,
        broken=broken,
        picture=picture,
        submission=submission,
        seconds=time.monotonic() - started,
    )


def grade_again_if_lost(kata: Kata, jail: Jail, source: bytes, **how: Any) -> Report:
    """Judge one submission that nothing runs beside; twice if the first time ended in doubt.

    Args:
        kata: as for `grade`.
        jail: as for `grade`; the second time all that it started is started anew.
        source: as for `grade`.
        how: what else `grade` takes.

    Raises:
        GraderFault: as for `grade`.
    """
    try:
        return grade(kata, jail, source, **how)
    except Doubtful:
        with jail.again():
            return grade(kata, jail, source, **how)


def reject(
    kata: Kata,
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
        kata,
        jail.isolation,
        source,
        name,
        seed,
        feedback,
        status="rejected",
        message=message,
        judged=_unjudged(kata),
    )


def grader_error(
    kata: Kata,
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
        kata: as for `grade`.
        isolation: what there was, if that is known.
        source: as for `grade`.
        name: as for `grade`.
        seed: as for `grade`.
        feedback: as for `grade`.
        message: what failed.
    """
    isolation = isolation or Isolation("process", {})
    broken: Status = "grader_error"
    return _report(kata, isolation, source, name, seed, feedback, status=broken, message=message)


def _unjudged(kata: Kata, session: "Session | None" = None) -> list[Any]:
    from grader.cases.catalogue import all_cases
    from grader.cases.session import Judged
    from grader.learner.messages import NOT_LOADED

    seen = Seen("not_loaded")
    return [
        Judged(case, "not_run", NOT_LOADED, seen)
        for case in (session.cases if session else all_cases(kata))
    ]


def _report(
    kata: Kata,
    isolation: Isolation,
    source: bytes,
    name: str,
    seed: int,
    feedback: Feedback,
    *,
    status: Status,
    message: str,
    seen: Seen | None = None,
    judged: Sequence[Any] = (),
    diagnoses: tuple[Diagnosis, ...] = (),
    broken: str = "",
    picture: Picture | None = None,
    submission: Any = None,
    seconds: float = 0.0,
) -> Report:
    """Put a report together, telling what the level of feedback allows."""
    points = sum(result.points for result in judged)
    most = sum(result.case.max_points for result in judged) or 100
    about: dict[str, Any] = {
        "name": clean_line(name, _NAME) or "?",
        "sha256": hashlib.sha256(source).hexdigest(),
    }
    if submission is not None and submission.code_sha256:
        about["code_sha256"] = submission.code_sha256
    if submission is not None and any(submission.unnamed.values()):
        told = (f"{name}:{digest}" for name, digest in submission.unnamed.items() if digest)
        about["unnamed"] = " ".join(told)
    if submission is not None and feedback in EXPLAINS and (names := renamed(submission)):
        about["renamed"] = names
    of_kata: dict[str, Any] = {
        "name": kata.name,
        "version": kata.version,
        "title": kata.title,
        "full_marks": kata.full_marks,
    }
    stands_on = {one.name: one.stands_on for one in kata.functions.values() if one.stands_on}
    if stands_on:
        of_kata["stands_on"] = stands_on
    whole = Report(
        kata=of_kata,
        submission=about,
        status=status,
        score=None if status == "grader_error" else points / most,
        points=points,
        max_points=most,
        message=shorten(clean(message), MAX_MESSAGE),
        seen=seen,
        cases=(),
        diagnoses=diagnoses,
        picture=picture,
        isolation={"level": isolation.level, "layers": isolation.layers},
        output=printed_by(submission.workers if submission else None),
        seed=seed,
        timing={"seconds": seconds},
        grader={**versions(kata), **({"diagnosis": broken} if broken else {})},
    )
    return tell(whole, judged, feedback, kata.small_call)


def _draw(submission: Any, judged: list[Any]) -> Picture | None:
    """Return the kata's picture of what the functions answer; None where there is nothing to see.

    The kata's `picture.py` has `draw(submission, answered)`; `answered` are the names of the
    functions that have returned something to a case.
    """
    part = submission.kata.part("picture")
    if part is None:
        return None
    answered = {result.case.function for result in judged if result.outcome in ("passed", "failed")}
    picture: Picture | None = part.draw(submission, answered)
    return picture


def _diagnose(submission: Any, judged: list[Any]) -> tuple[tuple[Diagnosis, ...], str]:
    """Return what explains the functions that answered wrongly, and whether that broke.

    Nothing is run if none did. Whatever comes of it, the points stand.
    """
    wrong = {result.case.function for result in judged if result.outcome in ("failed", "error")}
    if not wrong:
        return (), ""
    try:
        submission.workers.errands.append(_import_diagnosis)
        submission.workers.start_over()
        diagnosis = _import_diagnosis()
        names = [name for name in submission.kata.functions if name in wrong]
        told = {name: diagnosis.Outcomes.of(judged, name) for name in names}
        return tuple(diagnosis.diagnose(submission.kata, submission, told)), ""
    except Doubtful:
        raise
    except Exception as error:
        return (), _say_broken(error, submission.kata)


def _say_broken(error: Exception, kata: Kata) -> str:
    """Say what broke the diagnosis: an error in the kata's files in its words, else the place."""
    if isinstance(error, UsageError):
        return clean_line(f"There is no diagnosis: {error} The points stand.", MAX_MESSAGE)
    import traceback  # seldom needed

    own = (str(_PACKAGE), str(kata.folder))
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if each.filename.startswith(own)] or frames
    place = f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}"
    return f"The diagnosis broke ({type(error).__name__} in {place}). The points stand."


def _import_diagnosis() -> Any:
    """Return the module, which takes long to import and is only needed where something failed."""
    from grader.diagnosis import diagnose as diagnosis

    return diagnosis
