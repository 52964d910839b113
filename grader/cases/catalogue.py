"""All cases of the kata, in the order in which they run."""

import importlib
from functools import cache

from grader import kata
from grader.cases.case import Case


@cache
def all_cases() -> tuple[Case, ...]:
    """Return what is known of each case before it runs."""
    modules = (importlib.import_module(f"grader.cases.case_{name}") for name in kata.FUNCTIONS)
    return tuple(
        member.case
        for module in modules
        for name, member in vars(module).items()
        if name.startswith("case_")
    )
