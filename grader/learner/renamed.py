"""Parameters that have other names in a learner's file than in the statement.

Cases pass arguments by their places, so such a function may be right. Whoever calls it by the
names that the statement gives is refused.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grader.kata import Function
from grader.text import clean_line

if TYPE_CHECKING:
    from grader.learner.submission import Submission

_LONGEST = 40  # characters of a name


def renamed(submission: "Submission") -> dict[str, dict[str, str]]:
    """Return the names that parameters have, by those of the statement, of each function with such.

    A function that cannot be called at all is left out.
    """
    told = submission.functions
    names = {
        name: _renamed(function, told.get(name))
        for name, function in submission.kata.functions.items()
        if told and submission.misfit(name) is None
    }
    return {name: found for name, found in names.items() if found}


def _renamed(function: Function, about: Any) -> dict[str, str]:
    """Return the names of one function.

    Args:
        function: as the statement has it.
        about: what a worker says of the learner's: `either`, the names of the parameters that can
            be passed by name as well as by place; absent if it takes any name.
    """
    names = about.get("either") if isinstance(about, Mapping) else None
    if function.is_class or not isinstance(names, list):
        return {}
    asked = function.parameters
    given = [clean_line(str(name), _LONGEST) for name in names]
    missing = [name for name in asked[function.by_place :] if name not in given]
    others = [name for name in given[: len(asked)] if name not in asked]
    return dict(zip(missing, others[-len(missing) :], strict=False))
