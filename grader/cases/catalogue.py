"""All cases of the kata, in the order in which they are reported."""

import importlib
from functools import cache
from typing import Any

from grader.cases.case import Case
from grader.kata import kata


@cache
def functions() -> tuple[tuple[Case, Any], ...]:
    """Return each case with the pytest function that judges it."""
    modules = (
        importlib.import_module(f"grader.katas.attention.cases.case_{name}")
        for name in kata.FUNCTIONS
    )
    return tuple(
        (member.case, member)
        for module in modules
        for name, member in vars(module).items()
        if name.startswith("case_")
    )


def in_running_order() -> list[tuple[Case, Any]]:
    """Return the same in the order in which they run: what is public first.

    No worker knows a hidden input then when a public case is judged, so that whatever the
    learner's code says in one may be repeated.
    """
    return sorted(functions(), key=lambda pair: not pair[0].is_open)


def all_cases() -> tuple[Case, ...]:
    """Return what is known of each case before it runs."""
    return tuple(case for case, _ in functions())
