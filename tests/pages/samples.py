"""Reports and classes for the tests of the pages: real ones in form, made up in content."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from grader.cases.catalogue import all_cases
from grader.classroom import summary as summaries
from grader.classroom.records import Record
from grader.diagnosis.bank import bank
from grader.intake.entry import Entry
from grader.kata import default_kata
from grader.report.model import CaseResult, Diagnosis, Number, Picture, Report
from grader.report.seen import Outcome, Seen

KATA = default_kata()

SOURCE = "import numpy as np\n\n\ndef self_attention(Q, K, V):\n    return undefined\n"
RAISED = "self_attention raised NameError: undefined (line 5: return undefined)"
SEEN = Seen("raised", "NameError", "undefined", line=5, source="return undefined")
OUTCOMES: tuple[Outcome, ...] = (
    *("failed", "error", "timeout", "crashed", "not_run"),
    *("passed", "passed"),
)
"""What becomes of one case after the other."""


def report(text: str = "plain words", message: str = RAISED, seen: Seen = SEEN) -> Report:
    """Return a graded report in which the learner had a say in `text`, with all outcomes."""
    count = len(all_cases(KATA))
    judged = tuple(_judged(index, f"{message} {text}", seen) for index in range(count))
    points = sum(case.points for case in judged)
    return Report(
        kata={"name": "multi-head-attention", "version": "1"},
        submission={"name": f"{text}.py", "sha256": "0" * 64},
        status="graded",
        score=points / 100,
        points=points,
        message="",
        cases=judged,
        isolation={"level": "full", "layers": {"seccomp": "held"}},
        output={"stdout": text, "stderr": text, "truncated": True},
        seed=1,
        timing={"seconds": 0.1},
        grader={
            "version": "1.0.0",
            "cases_sha256": "1" * 64,
            "python": "3.11.7",
            "numpy": "2.4.6",
            "pytest": "9.2.0",
            "feedback": "full",
        },
        diagnoses=(
            _diagnosis("compute_qkv", 0),
            _diagnosis("multi_head_attention", 120),
        ),
    )


def _judged(index: int, message: str, seen: Seen) -> CaseResult:
    case, outcome = all_cases(KATA)[index], OUTCOMES[index % len(OUTCOMES)]
    passed = outcome == "passed"
    return CaseResult(
        id=case.id,
        title=case.title,
        function=case.function,
        points=case.max_points if passed else 0,
        max_points=case.max_points,
        visibility="visible",
        outcome=outcome,
        message="" if passed else message,
        hint="" if passed else "Compute one row by hand.",
        seen=seen if outcome == "error" else None,
    )


def picture(
    expected: Sequence[Sequence[Number]],
    actual: Sequence[Sequence[Number]],
    rows: Sequence[str] = ("the", "cat", "sat"),
    columns: Sequence[str] | None = None,
) -> Picture:
    """Return a picture of these numbers; each column has the label of a row if none is given."""
    return Picture(
        function="f",
        caption="Who looks at whom",
        about="On a small input.",
        numbers="weights",
        row="query",
        column="key",
        rows=tuple(rows),
        columns=tuple(rows if columns is None else columns),
        expected=tuple(map(tuple, expected)),
        actual=tuple(map(tuple, actual)),
    )


def with_picture() -> Report:
    """Return the report of weights that are wrong, and partly no numbers."""
    right = ((0.7, 0.2, 0.1), (0.1, 0.8, 0.1), (0.3, 0.3, 0.4))
    wrong = ((0.7, 0.2, 0.1), (0.1, 0.5, "nan"), (0.5, 0.5, 0.4))
    return replace(report(), picture=picture(right, wrong))


INVALID = Seen("not_python", "SyntaxError", "invalid syntax", line=4, source="def")


def rejected(
    message: str = "The file is not valid Python: invalid syntax (line 4: def)",
    seen: Seen | None = INVALID,
) -> Report:
    """Return the report on a file that could not be loaded."""
    nothing = {"cases": (), "diagnoses": (), "points": 0, "score": 0.0, "seen": seen}
    return replace(report(), status="rejected", message=message, **nothing)  # type: ignore[arg-type]


def without_verdict() -> Report:
    """Return the report of a grader that failed."""
    nothing = {"cases": (), "diagnoses": (), "points": 0, "score": None}
    return replace(report(), status="grader_error", message="The jail broke.", **nothing)  # type: ignore[arg-type]


def full_marks() -> Report:
    """Return the report on a right submission."""
    whole = report()
    passed = tuple(
        replace(case, points=case.max_points, outcome="passed", message="", hint="", seen=None)
        for case in whole.cases
    )
    return replace(whole, cases=passed, diagnoses=(), points=100, score=1.0)


def classroom(size: int, name: str = "Ada") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the summary of a class, and a row for each learner, whose names begin with `name`."""
    records = [_record(index, f"{name} {index:04}") for index in range(size)]
    rows = [
        {
            "key": record.key,
            "name": record.learner,
            "identifier": record.identifier,
            "points": "" if record.score is None else record.points,
            "status": record.status,
            "first_diagnosis": record.first,
            "reason": record.reason,
            "late": "LATE" if index % 7 == 0 else "",
        }
        for index, record in enumerate(records)
    ]
    return {**summaries.summary(records), "ignored": [f"{name}.txt"]}, rows


def _record(index: int, learner: str) -> Record:
    whole = full_marks() if index % 4 == 3 else report()
    if index % 10 == 8:
        whole = rejected(f"{learner}: no Python.")
    if index % 50 == 9:
        whole = without_verdict()
    if index % 4 < 3 and whole.diagnoses:
        whole = replace(whole, diagnoses=(_diagnosis("compute_qkv", index % 20),))
    values = whole.as_dict()
    values["submission"] = {
        "name": learner,
        "sha256": str(index // 3),
        "code_sha256": str(index // 3),
    }
    entry = Entry(f"{learner}_{index}", learner, str(10000 + index), "file.py", bytes)
    return Record.of(entry, values)


def _diagnosis(function: str, index: int) -> Diagnosis:
    mistake = bank(KATA)[index]
    return Diagnosis(
        mistake.id, mistake.title, function, mistake.explanation, mistake.next_step, "part"
    )
