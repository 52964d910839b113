"""The gradebook, the summary and the comparison of a class, in an order that never varies."""

import csv
import io
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grader.classroom.records import Record
from grader.files import UNREADABLE, read_json
from grader.intake.learners import RESERVED
from grader.text import without_unseen

COLUMNS = ("name", "identifier", "score", "points", "status", "first_diagnosis")
_FORMULA = re.compile(r"((?:^|;)\s*)([=+\-@\uff1d\uff0b\uff0d\uff20])")


def gradebook(records: Iterable[Record]) -> str:
    """Return the gradebook as CSV (RFC 4180), one line a learner, sorted by key.

    What a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for row in rows(records):
        names = {column: guard(tidy(row[column])) for column in ("name", "identifier")}
        writer.writerow({**row, **names})
    return text.getvalue()


def rows(records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    """Yield a learner's line as a dictionary, sorted by key."""
    for record in _sorted(records):
        judged = record.score is not None
        yield {
            "key": record.key,
            "name": record.learner,
            "identifier": record.identifier,
            "score": f"{record.score:.2f}" if judged else "",
            "points": record.points if judged else "",
            "status": record.status,
            "first_diagnosis": record.first,
        }


def guard(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, nor for a cell and a formula.

    Where the list separator is a semicolon, what stands behind one is a cell of its own.
    """
    return _FORMULA.sub(r"\1'\2", cell)


def tidy(name: str) -> str:
    """Return a name in one line, without characters that nobody sees or a terminal obeys."""
    return without_unseen(" ".join(name.split()), "?")


def summary(records: Iterable[Record]) -> dict[str, Any]:
    """Return what a teacher wants to know of a class."""
    class_ = _sorted(records)
    judged = [record for record in class_ if record.score is not None]
    graded = [record for record in judged if record.status == "graded"]
    scores = [record.points for record in judged]
    mistakes = Counter(found for record in class_ for found in dict.fromkeys(record.diagnoses))
    return {
        "submissions": len(class_),
        "status": dict(sorted(Counter(record.status for record in class_).items())),
        "points": {
            "mean": round(statistics.fmean(scores), 2) if scores else None,
            "median": statistics.median(scores) if scores else None,
            "distribution": {
                f"{low}-{low + 9 if low < 90 else 100}": sum(
                    low <= points < (low + 10 if low < 90 else 101) for points in scores
                )
                for low in range(0, 100, 10)
            },
        },
        "mistakes": [
            {
                "id": found,
                "title": title,
                "learners": count,
                "example": next(r.key for r in class_ if (found, title) in r.diagnoses),
            }
            for (found, title), count in sorted(
                mistakes.items(), key=lambda item: (-item[1], item[0])
            )
        ],
        "cases": sorted(
            (
                {
                    "id": case,
                    "title": title,
                    "passed": sum(case in record.passed for record in graded),
                    "of": sum(case in record.judged for record in graded),
                }
                for case, title in dict(one for record in class_ for one in record.cases).items()
            ),
            key=lambda case: (case["passed"] / case["of"] if case["of"] else 1, case["id"]),
        ),
        "not_loaded": [
            {"key": record.key, "message": record.message}
            for record in class_
            if record.status == "rejected"
        ],
        "grader_errors": [
            {"key": record.key, "message": record.message}
            for record in class_
            if record.status == "grader_error"
        ],
        "identical": _identical(class_),
    }


def compare(old: Path, records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return whose score is another than in the reports of `old`, and why."""
    changes = []
    new = {record.key: record for record in records}
    for key in sorted({*new, *_keys(old)}, key=lambda key: (key.casefold(), key)):
        record = new.get(key)
        now = record.points if record and record.score is not None else None
        points = None
        try:
            before = read_json(old / f"{key}.json")
            points = before["points"] if before["score"] is not None else None
            why = _difference(before, record) if record else "no longer in the class"
        except FileNotFoundError:
            why = "not in the old reports"
        except UNREADABLE:
            why = "the old report cannot be read"
        if points != now:
            changes.append({"key": key, "before": points, "now": now, "why": why})
    return changes


def _keys(old: Path) -> list[str]:
    shown = (path.stem for path in old.glob("*.json") if not path.name.startswith("."))
    return [stem for stem in shown if stem not in RESERVED]


def _difference(before: dict[str, Any], record: Record) -> str:
    """Say what differs of all that a verdict hangs on."""
    old, new = before["grader"], dict(record.grader)
    reasons = {
        "submission changed": before["submission"]["sha256"] != record.sha256,
        "cases changed": old["cases_sha256"] != new["cases_sha256"],
        "grader changed": old["version"] != new["version"],
        "seed changed": before["seed"] != record.seed,
        **{
            f"{name} changed from {old[key]} to {new[key]}": old[key] != new[key]
            for name, key in (("Python", "python"), ("NumPy", "numpy"), ("pytest", "pytest"))
        },
    }
    return ", ".join(reason for reason, differs in reasons.items() if differs) or (
        "nothing that a verdict hangs on; was the machine busy, or is the code random?"
    )


def _sorted(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.key.casefold(), record.key))


def _identical(records: list[Record]) -> dict[str, list[list[str]]]:
    """Return who handed in the same bytes, and who the same code in other bytes."""
    same_bytes = _groups(records, "sha256")
    told = {tuple(group) for group in same_bytes}
    same_code = [g for g in _groups(records, "code_sha256") if tuple(g) not in told]
    return {"bytes": same_bytes, "code": same_code}


def _groups(records: list[Record], attribute: str) -> list[list[str]]:
    """Return the keys of records that share a value, group by group."""
    groups: dict[str, list[str]] = {}
    for record in records:
        value = getattr(record, attribute)
        if value and record.status == "graded":
            groups.setdefault(value, []).append(record.key)
    return sorted(group for group in groups.values() if len(group) > 1)
