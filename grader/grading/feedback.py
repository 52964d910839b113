"""What a report tells of a verdict, at each level of feedback.

The learner's code is called with hidden inputs, so whatever it can choose could tell them: a
number, a shape, a place, a type, a line, the second in which it ends. Below `full`, what is said
of a hidden case therefore follows from how the cases ended, and from nothing else. Public cases
run before all hidden ones, and what they saw is told as it is.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.learner.messages import AFTER, UNTOLD
from grader.report.model import MAX_PRINTED, CaseResult, Feedback, Report
from grader.report.next_steps import next_step
from grader.report.seen import Seen
from grader.text import clean, clean_capped, shorten

if TYPE_CHECKING:
    from grader.cases.session import Judged

MAX_MESSAGE = 600
"""Characters of a message in a report."""
DRAWS: tuple[Feedback, ...] = ("full",)
"""The levels that show what came back."""
EXPLAINS: tuple[Feedback, ...] = ("hints", "full")
"""The levels that tell mistakes and next steps. They are of public inputs."""
NOTHING_PRINTED: dict[str, Any] = {"stdout": "", "stderr": "", "truncated": False}
"""What is told of output below `full`, where the code could print hidden inputs."""


def tell(
    report: Report, judged: "Sequence[Judged]", level: Feedback, small_call: str = ""
) -> Report:
    """Return what is told at this level of a report that holds all.

    Args:
        report: all that is known, but for the cases.
        judged: all cases, empty if there is no verdict.
        level: the level.
        small_call: as for `next_step`.
    """
    told = report.output if level == "full" else NOTHING_PRINTED
    return replace(
        report,
        cases=tell_cases(judged, level, loaded=report.status == "graded", small_call=small_call),
        diagnoses=report.diagnoses if level in EXPLAINS else (),
        picture=report.picture if level in DRAWS else None,
        output=told,
        timing={name: tell_seconds(value, level) for name, value in report.timing.items()},
        grader={**report.grader, "feedback": level},
    )


def tell_cases(
    judged: "Sequence[Judged]", level: Feedback, *, loaded: bool, small_call: str = ""
) -> tuple[CaseResult, ...]:
    """Return what the report says of each case at this level.

    Args:
        judged: all cases.
        level: the level.
        loaded: whether any of the learner's code was called.
        small_call: as for `next_step`.
    """
    if level == "score":
        return ()
    by_id = {result.case.id: result for result in judged}
    told = []
    for result in judged:
        message, seen, printed = "", None, ""
        if level == "full" or (level == "hints" and (result.case.is_open or not loaded)):
            message, seen = shorten(clean(result.message), MAX_MESSAGE), result.seen
            printed = _beginning(result.printed)
        elif level == "hints":
            message = say_of_hidden(result, by_id)
        shown = _case_result(result, message, seen, printed, hinted=level in EXPLAINS)
        told.append(replace(shown, hint=next_step(shown, small_call)) if shown.hint else shown)
    return tuple(told)


def _beginning(printed: str) -> str:
    """Return the first `MAX_PRINTED` characters of what was printed, the last "…" if cut."""
    enough = 8 * MAX_PRINTED  # to clean a text makes it shorter, of an address a sixth is left
    return shorten(clean_capped(printed.lstrip("\r\n")[:enough]).strip("\n"), MAX_PRINTED)


def say_of_hidden(result: "Judged", by_id: "dict[str, Judged]") -> str:
    """Return the sentence for a hidden case; it depends on the outcomes alone."""
    case = result.case
    if result.outcome != "not_run":
        return UNTOLD[result.outcome].format(function=case.function)
    while case.needs is not None:
        case = by_id[case.needs].case
        if by_id[case.id].outcome == "passed":
            break
        if by_id[case.id].outcome != "not_run":
            return AFTER.format(title=case.title)
    return UNTOLD["not_run"].format(function=case.function)


def _case_result(
    result: "Judged", message: str, seen: Seen | None, printed: str, *, hinted: bool
) -> CaseResult:
    case = result.case
    return CaseResult(
        id=case.id,
        title=case.title,
        function=case.function,
        points=result.points,
        max_points=case.max_points,
        visibility=case.visibility,
        outcome=result.outcome,
        message=message,
        hint=case.hint if hinted and result.outcome not in ("passed", "not_run") else "",
        seen=seen,
        printed=printed,
    )


def printed_by(submission: Any) -> dict[str, Any]:
    """Return what the learner's code printed; nothing if there is no submission."""
    if submission is None:
        return NOTHING_PRINTED
    tidy = clean_capped if submission.truncated else clean
    return {
        "stdout": tidy(submission.stdout.decode("utf-8", "replace")),
        "stderr": tidy(submission.stderr.decode("utf-8", "replace")),
        "truncated": submission.truncated,
    }


def tell_seconds(seconds: float, level: Feedback) -> float:
    """Return how long it took; below `full` as the next power of ten, for code can wait."""
    if level == "full" or seconds <= 0:
        return round(seconds, 6)
    return float(10.0 ** min(max(math.ceil(math.log10(seconds)), -3), 3))
