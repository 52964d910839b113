"""What to look at first in a report: the earliest function in the flow of data that is wrong.

What is wrong in a later one may come of it, and one that is still to be written can wait.
"""

from collections.abc import Sequence
from typing import NamedTuple

from grader.report.model import CaseResult, Diagnosis, Report
from grader.report.seen import NOT_CALLABLE, Code

OF_ANOTHER_KATA = "function-of-another-kata"
"""The diagnosis of a function that is not there, in a file that has another kata's."""
NOT_WRITTEN = "nothing-returned"
"""The diagnosis of a function that gives nothing back."""
RAISED = frozenset(
    {
        "array-of-objects",
        "boolean-index-does-not-fit",
        "caret-for-power",
        "exception-raised",
        "calls-inside-each-other",
        "index-out-of-range",
        "more-axes-expected",
        "name-not-defined",
        "not-hashable",
        "not-of-numpy",
        "own-check-refuses",
        "self-forgotten",
        "shapes-do-not-fit",
        "truth-of-an-array",
        "whole-number-needed",
        "wrong-arguments",
    }
)
"""Diagnoses whose words refer to an exception's message, which has to stand beside them."""


class First(NamedTuple):
    """What to look at first.

    Attributes:
        function: the function.
        diagnoses: what explains it; may be empty.
        case: the case to show: the one that raised what the diagnosis refers to, the first that
            failed if that raised, its answer is of another kind or shape or there is no diagnosis;
            else None.
    """

    function: str
    diagnoses: tuple[Diagnosis, ...]
    case: CaseResult | None


_SHAPE_WRONG = "shape-wrong"
MISPLACED = frozenset({"function-missing", "function-signature", OF_ANOTHER_KATA})
"""Diagnoses of a function that cannot be called, of which the case's message says why."""


def first(report: Report) -> First | None:
    """Return what to look at first; None if nothing is wrong, or nothing may be told."""
    found = {one.function for one in report.diagnoses}
    wrong = found | {case.function for case in report.cases if failed(case)}
    name = next((one.name for one in report.functions if one.name in wrong), None)
    if name is None:
        return None
    diagnoses = tuple(one for one in report.diagnoses if one.function == name)
    cases = [case for case in report.cases if case.function == name and failed(case)]
    if not diagnoses:
        return First(name, (), cases[0])
    if diagnoses[0].id in MISPLACED:
        return First(name, diagnoses, cases[0] if cases else None)
    is_about_it = any(one.id in RAISED for one in diagnoses)
    raised = first_raised(cases if is_about_it else cases[:1])
    return First(name, diagnoses, raised or _first_form(cases, diagnoses[0]))


_FORMS = frozenset({"wrong_kind", "wrong_count", "shape"})


def _first_form(cases: Sequence[CaseResult], told: Diagnosis) -> CaseResult | None:
    """Return the first case whose message says what came and what should, if that shows first."""
    where = cases if told.id == _SHAPE_WRONG else cases[:1]
    return next((case for case in where if code_of(case) in _FORMS), None)


def first_raised(cases: Sequence[CaseResult]) -> CaseResult | None:
    """Return the first of these cases in which the function raised an exception."""
    return next((case for case in cases if case.outcome == "error"), None)


def failed(case: CaseResult) -> bool:
    """Say whether a case was judged and not passed."""
    return case.outcome not in ("passed", "not_run")


def answered(case: CaseResult) -> bool:
    """Say whether the function was there to be called in a case, and came back."""
    return case.outcome in ("passed", "failed") and code_of(case) not in NOT_CALLABLE


def is_unwritten(function: str, report: Report) -> bool:
    """Say whether a function gives nothing back: it is to be done, which is not wrong."""
    if any(one.function == function and one.id == NOT_WRITTEN for one in report.diagnoses):
        return True
    cases = [case for case in report.cases if case.function == function]
    if any(case.outcome == "passed" for case in cases):
        return False  # it gives something back where that is right
    return {code_of(case) for case in cases if failed(case)} - {None} == {"returned_none"}


def code_of(case: CaseResult) -> Code | None:
    """Return the code of what was seen of a case; None where nothing is told of it."""
    return None if case.seen is None else case.seen.code
