"""What a class is summed up from: of each report, the little that the summaries need."""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from grader.intake.entry import Entry
from grader.intake.people import Person
from grader.report.focus import NOT_WRITTEN, OF_ANOTHER_KATA
from grader.text import clean_line

Shared = TypeVar("Shared", bound=Hashable)
NOT_BEGUN = (NOT_WRITTEN, "function-missing", OF_ANOTHER_KATA)
_EMPTY = ("missing", "returned_none")  # what a case sees of a function that is not begun
_REASON = 300  # characters of what a line says of a report


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
        reason: what cost most: a mistake, what a case says, why nothing was judged.
        unnamed: (name, digest) of each function that no known mistake explains.
        functions: (name, state) of each: "right", "wrong", or "not begun".
        members: who gets the result; several in a group.
        platform: whose names the files bear; empty if nobody's.
        place: the name of the file or folder at the top of the class.
        called: what the learner called the file.
        late: whether it came late.
        when: when it was handed in, if the platform tells.
        penalty: what being late costs, as a part of full marks.
        attempt: which of how many; empty if there is one.
        earlier_of: the key of the learner, if this is an earlier attempt.
        note: what a teacher should know.
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
    reason: str = ""
    functions: tuple[tuple[str, str], ...] = ()
    unnamed: tuple[tuple[str, str], ...] = ()
    members: tuple[Person, ...] = ()
    platform: str = ""
    place: str = ""
    called: str = ""
    late: bool = False
    when: datetime | None = None
    penalty: float = 0.0
    attempt: str = ""
    earlier_of: str = ""
    note: str = ""

    @property
    def people(self) -> tuple[Person, ...]:
        """Who gets the result."""
        return self.members or (Person(self.learner, self.identifier),)

    @property
    def counted(self) -> float | None:
        """The score after what being late costs."""
        return None if self.score is None else max(self.score - self.penalty, 0.0)

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
            reason=_same(_reason(report)),
            unnamed=_same(tuple(_unnamed(report))),
            functions=_same(tuple(_states(report))),
            members=entry.people,
            platform=entry.platform,
            place=entry.place,
            called=entry.name,
            late=entry.late,
            when=entry.when,
            attempt=entry.attempt,
            earlier_of=entry.earlier_of,
            note=entry.note,
        )


def _unnamed(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each function that no known mistake explains, with a digest of what it does."""
    for one in report["submission"].get("unnamed", "").split():
        name, _, digest = one.partition(":")
        yield name, digest


def _states(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield how far each function is; one that is missing or returns nothing is not begun."""
    if report["status"] != "graded":
        return
    empty = {one["function"] for one in report["diagnoses"] if one["id"] in NOT_BEGUN}
    for name in _functions(report["cases"]):
        cases = [case for case in report["cases"] if case["function"] == name]
        failed = (case for case in cases if case["outcome"] not in ("passed", "not_run"))
        seen = next((case["seen"] for case in failed), None) or {}
        if all(case["points"] == case["max_points"] for case in cases):
            yield name, "right"
        else:
            is_empty = name in empty or seen.get("code") in _EMPTY
            yield name, "not begun" if is_empty else "wrong"


def _reason(report: dict[str, Any]) -> str:
    """Return what cost most: of the function that lost the most points, the earliest of all."""
    if report["status"] != "graded" or report["score"] == 1:
        return clean_line(report["message"], _REASON)
    lost: Counter[str] = Counter()
    for case in report["cases"]:
        lost[case["function"]] += case["max_points"] - case["points"]
    if not lost:
        return ""
    function = lost.most_common(1)[0][0]
    titles = [one["title"] for one in report["diagnoses"] if one["function"] == function]
    failed = [
        case
        for case in report["cases"]
        if case["function"] == function and case["outcome"] not in ("passed", "not_run")
    ]
    says = [case["message"] or case["title"] for case in failed]
    others = [one["title"] for one in report["diagnoses"]]
    # An exception says more by its own words than by the name of its kind.
    ended = [case["message"] for case in failed if case["outcome"] != "failed" and case["message"]]
    return clean_line(next(iter([*titles, *ended, *others, *says]), ""), _REASON)
