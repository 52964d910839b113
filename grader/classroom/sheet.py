"""Our own gradebook of a class: a line for each learner, in an order that never varies."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from grader.classroom.records import Record
from grader.formats.channels import cell
from grader.text import without_unseen

COLUMNS = (
    "name",
    "identifier",
    "score",
    "points",
    "status",
    "first_diagnosis",
    "reason",
    "late",
    "attempt",
    "report",
)
PENALIZED = ("late_penalty", "points_after_penalty")
"""Columns that are there when being late costs something."""
_TEXTS = ("name", "identifier", "reason", "report")


def gradebook(records: Iterable[Record], *, penalized: bool = False) -> str:
    """Return the gradebook as CSV (RFC 4180), one line a learner, sorted by key.

    Each of a group has a line. What a spreadsheet would take for a formula begins with an
    apostrophe.
    """
    text = io.StringIO()
    columns = (*COLUMNS, *PENALIZED) if penalized else COLUMNS
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    for record in in_order(records):
        row = _row(record)
        for person in record.people if len(record.people) > 1 else (None,):
            if person is not None:
                row |= {"name": person.name, "identifier": person.identifier}
            guarded = {column: cell(tidy(row[column])) for column in _TEXTS}
            writer.writerow({**row, **guarded})
    return text.getvalue()


def rows(records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    """Yield the line of each hand-in as a dictionary, sorted by key."""
    return map(_row, in_order(records))


def in_order(records: Iterable[Record]) -> list[Record]:
    """Return records sorted by key."""
    return sorted(records, key=lambda record: (record.key.casefold(), record.key))


def _row(record: Record) -> dict[str, Any]:
    judged = record.score is not None
    counted = record.counted
    return {
        "key": record.key,
        "name": record.learner,
        "identifier": record.identifier,
        "score": f"{record.score:.2f}" if judged else "",
        "points": record.points if judged else "",
        "status": record.status,
        "first_diagnosis": record.first,
        "reason": record.reason,
        "late": "LATE" if record.late else "",
        "attempt": record.attempt,
        "report": record.key,
        "late_penalty": f"{record.penalty:.0%}" if record.penalty else "",
        "points_after_penalty": f"{counted * 100:g}" if counted is not None else "",
    }


def tidy(name: str) -> str:
    """Return a name in one line, without characters that nobody sees or a terminal obeys."""
    return without_unseen(" ".join(name.split()), "?")
