"""The summary and the comparison of a class, in an order that never varies."""

import statistics
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grader.classroom import unnamed
from grader.classroom.records import NOT_BEGUN, Record
from grader.classroom.sheet import in_order
from grader.files import UNREADABLE, read_json
from grader.intake.keys import RESERVED


def summary(records: Iterable[Record]) -> dict[str, Any]:
    """Return what a teacher wants to know of a class."""
    class_ = in_order(records)
    judged = [record for record in class_ if record.score is not None]
    graded = [record for record in judged if record.status == "graded"]
    scores = [record.points for record in judged]
    who: dict[tuple[str, str], list[str]] = {}
    for record in class_:
        for found in dict.fromkeys(record.diagnoses):
            if found[0] not in NOT_BEGUN:
                who.setdefault(found, []).append(record.key)
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
            {"id": found, "title": title, "learners": len(keys), "example": keys[0], "keys": keys}
            for (found, title), keys in sorted(
                who.items(), key=lambda item: (-len(item[1]), item[0])
            )
        ],
        "unnamed": unnamed.groups(class_),
        "functions": _functions(graded),
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
        "late": [record.key for record in class_ if record.late],
        "notes": [{"key": record.key, "message": record.note} for record in class_ if record.note],
    }


def _functions(graded: Iterable[Record]) -> list[dict[str, Any]]:
    """Return how many have each function right, wrong, and not begun."""
    counts: dict[str, Counter[str]] = {}
    for record in graded:
        for name, state in record.functions:
            counts.setdefault(name, Counter())[state] += 1
    return [
        {
            "name": name,
            "right": count["right"],
            "wrong": count["wrong"],
            "not_begun": count["not begun"],
        }
        for name, count in counts.items()
    ]


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
        if value and record.code_sha256 and record.status == "graded":
            groups.setdefault(value, []).append(record.key)
    return sorted(group for group in groups.values() if len(group) > 1)
