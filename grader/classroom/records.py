"""What a class is summed up from: of each report, the little that the summaries need."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from grader.intake.learners import Entry

Shared = TypeVar("Shared", bound=Hashable)


@cache
def _same(value: Shared) -> Shared:
    """Return the first of all values that are equal to this one: a class has few of them."""
    return value


def _functions(cases: list[dict[str, Any]]) -> list[str]:
    """Return the functions in the kata's order, which is that of the cases."""
    return list(dict.fromkeys(case["function"] for case in cases))


@dataclass(frozen=True)
class Record:
    """One learner's line.

    Attributes:
        key: as in `Entry`.
        learner: the name.
        identifier: the LMS's number.
        status: of the report.
        score: 0 to 1, or None.
        points: earned.
        message: why, when not graded.
        diagnoses: (identifier, title) of each.
        passed: the identifiers of the cases that passed.
        sha256: of the file.
        code_sha256: of its code without formatting and names; may be empty.
        grader: what it was judged by: versions, cases, level of feedback.
        seed: what the inputs were drawn from.
        judged: the identifiers of the cases that could be judged.
        cases: (identifier, title) of each case.
        first: the identifier of the diagnosis to look at first; empty if there is none.
    """

    key: str
    learner: str
    identifier: str
    status: str
    score: float | None
    points: int
    message: str
    diagnoses: tuple[tuple[str, str], ...]
    passed: frozenset[str]
    sha256: str
    code_sha256: str
    grader: tuple[tuple[str, str], ...]
    seed: int
    judged: frozenset[str] = frozenset()
    cases: tuple[tuple[str, str], ...] = ()
    first: str = ""

    @classmethod
    def of(cls, entry: Entry, report: dict[str, Any]) -> "Record":
        """Return the record of an entry's report."""
        cases, diagnoses = report["cases"], report["diagnoses"]
        judged = [case for case in cases if case["outcome"] != "not_run"]
        wrong = {case["function"] for case in judged if case["outcome"] != "passed"}
        wrong |= {one["function"] for one in diagnoses}
        first = next((name for name in _functions(cases) if name in wrong), None)
        return cls(
            key=entry.key,
            learner=entry.learner,
            identifier=entry.identifier,
            status=report["status"],
            score=report["score"],
            points=report["points"],
            message=report["message"],
            diagnoses=_same(tuple((one["id"], one["title"]) for one in diagnoses)),
            passed=_same(frozenset(case["id"] for case in judged if case["outcome"] == "passed")),
            sha256=report["submission"]["sha256"],
            code_sha256=report["submission"].get("code_sha256", ""),
            grader=_same(tuple(report["grader"].items())),
            seed=report["seed"],
            judged=_same(frozenset(case["id"] for case in judged)),
            cases=_same(tuple((case["id"], case["title"]) for case in cases)),
            first=next((one["id"] for one in diagnoses if one["function"] == first), ""),
        )
