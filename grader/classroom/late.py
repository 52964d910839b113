"""What being late costs, where it is known by how much."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from grader.classroom.records import Record
from grader.errors import UsageError
from grader.intake.platforms.dates import read_date

_PENALTY = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*/\s*(hour|day|week)")
_UNIT = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True)
class LatePenalty:
    """When it was due, and what each day costs that is begun after it.

    Attributes:
        due: as the platform's own dates are; None if only the platform's marks count.
        part: of full marks.
        unit: what costs it.
    """

    due: datetime | None = None
    part: float = 0.0
    unit: timedelta = timedelta(days=1)


def read_rule(due: str | None, penalty: str | None) -> LatePenalty:
    """Return the rule that two options name.

    Raises:
        UsageError: one cannot be read, or there is a penalty and nothing to count from.
    """
    when = read_date(due) if due else None
    if due and when is None:
        raise UsageError(f"--due takes a date, as 2026-03-01 or '2026-03-01 23:59', not {due}.")
    if not penalty:
        return LatePenalty(when)
    match = _PENALTY.fullmatch(penalty.strip())
    if not match or float(match[1]) > 100:
        raise UsageError(f"--late-penalty takes what a day costs, as 10%/day, not {penalty}.")
    if when is None:
        raise UsageError("--late-penalty counts from --due, which is missing.")
    return LatePenalty(when, float(match[1]) / 100, _UNIT[match[2]])


def apply(records: Iterable[Record], rule: LatePenalty) -> list[Record]:
    """Return the records with what is late, and what it costs."""
    return [_apply(record, rule) for record in records]


def _apply(record: Record, rule: LatePenalty) -> Record:
    if rule.due is None or record.when is None:
        return record
    over = record.when - rule.due
    if over <= timedelta(0):
        return record
    penalty = min(1.0, rule.part * math.ceil(over / rule.unit))
    return replace(record, late=True, penalty=penalty)


def undated(records: Iterable[Record], rule: LatePenalty) -> list[str]:
    """Return the keys of those who are late, and by how much nobody knows."""
    return [r.key for r in records if rule.part and r.late and r.when is None]
