"""The cases of a kata: those that bear a mark, and all of them."""

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

from grader.cases.case import Case
from grader.kata import Kata

Marked = TypeVar("Marked", bound=tuple[Case, Any])


@cache
def functions(kata: Kata) -> tuple[tuple[Case, Any], ...]:
    """Return each marked case with the pytest function that judges it, in the flow of data."""
    found = [
        (member.case, member)
        for path in kata.cases
        for member in vars(kata.case_module(path)).values()
        if isinstance(getattr(member, "case", None), Case)
    ]
    return tuple(in_flow(kata, found))


def in_flow(kata: Kata, marked: Iterable[Marked]) -> list[Marked]:
    """Return cases in the flow of data, which is the order of a report."""
    order = {name: place for place, name in enumerate(kata.functions)}
    return sorted(marked, key=lambda pair: order.get(pair[0].function, len(order)))


def in_running_order(marked: Iterable[Marked]) -> list[Marked]:
    """Return the same in the order in which they run: what is public first.

    No worker knows a hidden input then when a public case is judged, so that whatever the
    learner's code says in one may be repeated.
    """
    return sorted(marked, key=lambda pair: not pair[0].is_open)


@cache
def all_cases(kata: Kata) -> tuple[Case, ...]:
    """Return what is known of each case before it runs, in the order of a report."""
    from grader.cases.session import Session

    with Session(kata) as session:
        return session.cases
