"""The mark that makes a pytest function a case."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

Visibility = Literal["visible", "hidden"]
_Function = TypeVar("_Function", bound=Callable[..., None])


class Case(NamedTuple):
    """What is known of a case before it runs.

    Attributes:
        id: stable and unique; begins with the function's name and a dot.
        title: what it checks, for a learner.
        max_points: what it is worth.
        needs: the case that must have passed before this one can be judged.
        hint: a next step for who fails it: a question or an experiment, not the answer.
        visibility: whether its inputs and expected values are public.
        excused_by: cases of the function that this one's stands on. Where one of them was not
            passed, it is judged on the learner's own.
        judges: the function or class that it judges, if that is not what the `id` begins with.
    """

    id: str
    title: str
    max_points: int
    needs: str | None
    hint: str
    visibility: Visibility
    excused_by: tuple[str, ...] = ()
    judges: str = ""

    @property
    def function(self) -> str:
        """The function that the case judges."""
        return self.judges or self.id.partition(".")[0]

    @property
    def is_hidden(self) -> bool:
        """Whether nobody may be told its inputs."""
        return self.visibility == "hidden"

    @property
    def is_open(self) -> bool:
        """Whether it can be judged without any input that nobody may be told.

        What is judged on the learner's own function is judged on fresh inputs, too.
        """
        return not self.is_hidden and not self.excused_by


class CaseToRun(Protocol):
    """A case as it is run."""

    @property
    def nodeid(self) -> str:
        """What it is known by."""


def case(
    id: str,  # noqa: A002
    title: str,
    *,
    points: int,
    hint: str,
    needs: str | None = None,
    visibility: Visibility = "hidden",
    excused_by: tuple[str, ...] = (),
) -> Callable[[_Function], _Function]:
    """Mark a pytest function as the case `id`; see `Case`.

    What a case `needs` is named without its function, what it is `excused_by` with it.
    """

    def mark(function: _Function) -> _Function:
        prefix = id.partition(".")[0]
        about: Any = function
        before = needs and f"{prefix}.{needs}"
        about.case = Case(id, title, points, before, hint, visibility, excused_by)
        return function

    return mark
