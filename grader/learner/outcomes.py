"""What came of asking the learner's code for something, as facts; see `remote`."""

from typing import Any, NamedTuple

from grader.learner.endings import Failed
from grader.report.seen import Seen
from grader.worker import values


class Returned(NamedTuple):
    """An operation ended well.

    Attributes:
        value: what it returned.
        changed: the operands that it changed, each with what it is now, by their positions; those
            of keyword arguments go on from the others. Nothing is written to the operands.
        overwritten: whether it changed what the operation before had returned.
    """

    value: Any
    changed: dict[int, Any]
    overwritten: bool


class Thrown(NamedTuple):
    """An operation raised something.

    Attributes:
        type: the name of its class.
        classes: its class and what that stands on, the first first: `builtins.ValueError`, or
            `.Full` for a class of the learner's.
        args: its arguments; None if they are not plain.
        attributes: those of its attributes that are plain.
        message: what it says.
        line: the learner's line, if it is known.
        sentence: all that in words, to stand behind a subject.
        seen: the same as facts.
    """

    type: str
    classes: tuple[str, ...]
    args: tuple[Any, ...] | None
    attributes: dict[str, Any]
    message: str
    line: int | None
    sentence: str
    seen: Seen


class Uncalled(NamedTuple):
    """What was to be called as a method is none.

    Attributes:
        value: what it is.
    """

    value: Any


class Odd(NamedTuple):
    """An operation returned what may not cross, or put it into an operand.

    Attributes:
        why: one of `grader.worker.values.REASONS`.
        type: the name of its type.
        in_argument: whether it is in an operand.
    """

    why: str
    type: str
    in_argument: bool


class Method:
    """An attribute that can be called: its value stays in the worker."""


METHOD = Method()
CallOutcome = Returned | Thrown | Odd | Uncalled | Method


def odd_value(what: str, odd: Odd) -> Failed:
    """Return how a case ends in which something came that may not cross."""
    verb = "changed an argument, which now holds" if odd.in_argument else "returned"
    text = f"{what} {verb} {_ODD[odd.why].format(type=odd.type)}"
    return Failed(text, Seen("dtype" if odd.why == "dtype" else "wrong_kind", type=odd.type))


_ODD = {
    "object": "an object of type {type}, but it should be a plain value.",
    "subclass": "an object of type {type}, but it should be a plain value, not a subclass of one.",
    "dtype": "an array of dtype {type}, but it should be one of real numbers.",
    "size": "more than any case asks for.",
    "depth": f"what is nested in more than {values.MAX_DEPTH} levels, or contains itself.",
    "digits": "an int that is longer than any case asks for.",
}
