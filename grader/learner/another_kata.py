"""Which shipped kata a file is of that has nothing of the one that it is judged as."""

from collections.abc import Mapping
from typing import Any

from grader.kata import Kata, shipped_katas
from grader.learner.endings import Failed
from grader.report.seen import Seen

_LOOKS = (
    "The file has all that the kata {name} asks for, and nothing that only this kata does. To "
    "grade it as that, add `--kata {name}`."
)


def another_kata(kata: Kata, functions: Mapping[str, Any]) -> Failed | None:
    """Return how a case ends of whose function there is nothing, but all of another kata's.

    Args:
        kata: what the file is judged as. If it has any function that only this one asks for, it is
            taken for what it is said to be.
        functions: what the worker says of each function of the kata, and under "" of others.

    Returns:
        The ending; None if there is no such kata among those that are shipped.
    """
    top = functions.get("")
    defined = top.get("defined") if isinstance(top, dict) else None
    names = {
        str(one.get("name"))
        for one in (defined if isinstance(defined, list) else ())
        if isinstance(one, dict)
    }
    names |= {
        name
        for name in kata.functions
        if isinstance(about := functions.get(name), dict) and about.get("kind") != "missing"
    }
    for other in shipped_katas().values():
        own = set(kata.functions) - set(other.functions)
        if own and names.isdisjoint(own) and names.issuperset(other.functions):
            return Failed(_LOOKS.format(name=other.where), Seen("missing", name=other.where))
    return None
