"""What the screen and the page say of a report in the same words."""

import builtins
from collections.abc import Mapping, Sequence

from grader.report.focus import (
    NOT_WRITTEN,
    OF_ANOTHER_KATA,
    RAISED,
    answered,
    code_of,
    failed,
    first_raised,
    is_unwritten,
)
from grader.report.model import CaseResult, Diagnosis, Report
from grader.report.seen import NOT_CALLABLE

_ENDED = {
    "error": "A call ends in an exception",
    "timeout": "A call does not come to an end in time",
    "crashed": "A call takes the whole program along",
}


def full_marks(report: Report) -> str:
    """Say what a learner reads who has full marks."""
    return f"All of it is right. {report.kata.get('full_marks', '')}".strip()


def renamed(report: Report) -> str:
    """Say which parameters have other names than in the statement; empty if none has."""
    functions: Mapping[str, Mapping[str, str]] = report.submission.get("renamed", {})
    if not functions:
        return ""
    alike: dict[str, list[str]] = {}
    for function, names in functions.items():
        alike.setdefault(f"{', '.join(names.values())} for {', '.join(names)}", []).append(function)
    told = "; ".join(f"{names} in {' and '.join(where)}" for names, where in alike.items())
    return f"Parameters have other names than in the statement: {told}. Calls by name fail."


def beside(diagnoses: Sequence[Diagnosis], report: Report) -> str:
    """Say what stands beside the first of a function's diagnoses; empty if nothing does.

    Where what a function stands on is right, the second of two may follow from the first.
    """
    first, *others = diagnoses
    if first.certainty == "pair" and others:
        base = [one for one in report.functions if one.name == _base(first.function, report)]
        if base and base[0].passed == base[0].cases:
            return f"What comes back is as if this were so, too: {others[0].title}."
        return f"There is a second mistake with it: {others[0].title}."
    if first.certainty == "one-of" and others:
        return f"Or it is this, which looks the same from here: {others[0].title}."
    if others:
        return f"This was seen beside it: {others[0].title}."
    return _MORE if first.certainty == "part" else ""


_MORE = "This may not explain all that was seen; more may show once it is fixed."


def _base(function: str, report: Report) -> str | None:
    """Return the function that another stands on."""
    found: str | None = report.kata.get("stands_on", {}).get(function)
    return found


def after_that(function: str, report: Report) -> str:
    """Say what is wrong with a function that is not the first to look at; empty if nothing is told.

    An exception has a line, which says more than anything else.
    """
    found = [one for one in report.diagnoses if one.function == function]
    if not found or found[0].id == NOT_WRITTEN or report.diagnoses[0].id == OF_ANOTHER_KATA:
        return ""
    cases = [case for case in report.cases if case.function == function and failed(case)]
    raised = first_raised(cases) if found[0].id in RAISED else None
    if raised is None or raised.seen is None or raised.seen.line is None:
        return f"After that: {found[0].title}."
    cell = f"cell {raised.seen.cell}, " if raised.seen.cell else ""
    return f"After that: {found[0].title} ({cell}line {raised.seen.line})."


def on_its_base(function: str, report: Report) -> str:
    """Say what the function on which one stands means for it, if that is wrong; else nothing."""
    base = _base(function, report)
    standing = {one.name: one for one in report.functions}
    if base not in standing or standing[base].passed == standing[base].cases:
        return ""
    one = standing[function]
    if one.passed == one.cases:
        return f"What is wrong in {base} costs no points here."
    told = {found.function for found in report.diagnoses if found.id != NOT_WRITTEN}
    if one.points or function in told or is_unwritten(function, report):
        return ""
    if is_unwritten(base, report):
        return f"It stands on {base}, which has to return an array first."
    returns = any(answered(case) for case in report.cases if case.function == base)
    return "" if returns else f"It stands on {base}: mend that first."


def may_come_of_its_base(function: str, report: Report) -> str:
    """Say where what fails may come from, of a function that nothing else is told of."""
    base = _base(function, report)
    told = {one.function for one in report.diagnoses} | _wrong_by_themselves(report)
    wrong = {case.function for case in report.cases if failed(case)}
    if base is None or function in told or not {function, base} <= wrong:
        return ""
    if is_unwritten(function, report):
        return ""
    if is_unwritten(base, report) or _fails_by_itself(function, base, report):
        return ""
    return f"What fails here may come from {base}: mend that first."


def _fails_by_itself(function: str, base: str, report: Report) -> bool:
    """Say whether a function fails in another way than its base, which has wrong numbers alone.

    A line that raised in the base may do so for the function, too.
    """
    ours, its = (
        {code_of(case) for case in report.cases if case.function == name and failed(case)}
        for name in (function, base)
    )
    return ours <= _OTHERWISE and its <= _OF_NUMBERS and ours.isdisjoint(its)


_OF_NUMBERS = frozenset({"values", "constant", "assertion"})
_OTHERWISE = frozenset({"raised", "refused", "not_here", "shape", "constant"})


def _wrong_by_themselves(report: Report) -> set[str]:
    """Return the functions that are wrong on what they stand on as it is, and have no diagnosis."""
    return {one.partition(":")[0] for one in report.submission.get("unnamed", "").split()}


def explain(diagnosis: Diagnosis, naming: str) -> str:
    """Return the command that tells more of a known mistake.

    Args:
        diagnosis: the mistake.
        naming: what is typed behind a command so that it is about this kata.
    """
    return f"kata explain {diagnosis.id}{naming}"


def headline(case: CaseResult) -> str:
    """Say in a few words what a case shows that no diagnosis explains."""
    if code_of(case) == "not_here":
        return "Something is used that is not available here"
    raised = case.seen.type if case.outcome == "error" and case.seen is not None else ""
    if hasattr(builtins, raised):
        return f"A call ends in {'an' if raised[0] in 'AEIOU' else 'a'} {raised}"
    if case.outcome in _ENDED:
        return _ENDED[case.outcome]
    if code_of(case) == "missing":
        return "The function is not there"
    if code_of(case) in NOT_CALLABLE:
        return "The function cannot be called as it should"
    return "What comes back is wrong"


def told_too_little(report: Report) -> str:
    """Say what the level of feedback keeps back; empty if nothing that a learner looks for."""
    return {
        "score": "the feedback level `score` tells the number of points and no more",
        "names": "the feedback level `names` tells no mistake and no next step",
    }.get(report.grader["feedback"], "")
