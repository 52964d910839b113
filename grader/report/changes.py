"""What changed from one report to the next, for who is working on the file."""

from collections.abc import Iterator
from typing import NamedTuple

from grader.report.focus import NOT_WRITTEN, answered, failed, first_raised, is_unwritten
from grader.report.model import CaseResult, Report
from grader.report.seen import Seen


class Before(NamedTuple):
    """What a report is compared with.

    Attributes:
        report: of the last save that could be loaded.
        is_last: whether that was the last one of all.
    """

    report: Report
    is_last: bool = True


def changes(earlier: Before, now: Report) -> Iterator[str]:
    """Yield sentences: first the points, then the mistakes that went and those that came."""
    before = earlier.report
    if now.status == "rejected":
        if before.status == "graded" and earlier.is_last:
            yield "Since the last save: the file cannot be loaded any more."
        return
    since = "Since the last save" if earlier.is_last else "Since the last save that could be loaded"
    gained = now.points - before.points
    points = f"{abs(gained)} point{'' if abs(gained) == 1 else 's'}"
    if gained:
        yield f"{since}: {points} {'more' if gained > 0 else 'fewer'}."
    else:
        yield f"{since}: no change in points."
    yield from _exceptions(before, now)
    yield from _mistakes(before, now)


def _mistakes(before: Report, now: Report) -> Iterator[str]:
    old, new = ({(one.function, one.id): one.title for one in r.diagnoses} for r in (before, now))
    gone = {key: title for key, title in old.items() if key not in new and _shows(key, before, now)}
    elsewhere = {name for _, name in new}
    for (function, name), title in gone.items():
        if name == NOT_WRITTEN:
            continue  # what is written instead says more
        yield f"Gone{f' from {function}' if name in elsewhere else ''}: {title}."
    for (function, name), title in new.items():
        if name == NOT_WRITTEN and is_unwritten(function, before):
            continue  # it was still to be written before, too
        if (function, name) not in old:
            still = any(name == other for _, other in gone)
            yield f"{f'Still in {function}' if still else 'New'}: {title}."


def _shows(key: tuple[str, str], before: Report, now: Report) -> bool:
    """Say whether a mistake that is not named any more would show, if it were still there.

    It would not if what failed before now ends earlier, in an exception for example.
    """
    function, name = key
    if name == NOT_WRITTEN and is_unwritten(function, now):
        return False
    came_back = {case.id for case in now.cases if answered(case)}
    return all(case.id in came_back for case in _of(function, before) if failed(case))


def _exceptions(before: Report, now: Report) -> Iterator[str]:
    """Yield in which functions another exception is raised than before."""
    for function in (one.name for one in now.functions):
        old, new = (first_raised(_of(function, report)) for report in (before, now))
        if new is not None and (old is None or _bare(old) != _bare(new)):
            yield f"{'Another' if old else 'An'} exception is raised now in {function}."


def _of(function: str, report: Report) -> list[CaseResult]:
    return [case for case in report.cases if case.function == function]


def _bare(case: CaseResult) -> Seen | None:
    """Return what was seen, but for the number of the line: it moves when others are written."""
    return case.seen and case.seen._replace(line=None, cell=None)
