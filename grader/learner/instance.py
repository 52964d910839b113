"""An object of one of the learner's classes, for cases that ask for what they need by name."""

from typing import Any, Self

from grader.learner.endings import Failed, Raised
from grader.learner.messages import meddled
from grader.learner.outcomes import Odd, Returned, Thrown, odd_value
from grader.learner.remote import Handle, Remote
from grader.learner.submission import Submission
from grader.report.seen import Seen


class Instance:
    """An object that stays in the worker; made by `Instance.of`.

    Args:
        remote: where it is.
        handle: what it is known by.
    """

    def __init__(self, remote: Remote, handle: Handle) -> None:
        self._remote = remote
        self._handle = handle
        self._kind = handle._at.kind

    @classmethod
    def of(cls, submission: Submission, name: str, *args: Any) -> Self:
        """Make an object of a class of the kata.

        Raises:
            CaseEnded: there is none.
        """
        remote = Remote(submission, [*submission.kata.classes])
        made = returned(name, remote.ask("call", [name, *args])).value
        if not isinstance(made, Handle):
            text = f"{name} makes no object of a class of its own."
            raise Failed(text, Seen("wrong_kind", type=type(made).__name__))
        return cls(remote, made)

    def __len__(self) -> int:
        """Return what the learner's `__len__` says."""
        found: int = self._do("len", "len", [self._handle]).value
        return found

    def call(self, method: str, *args: Any, layout: str = "") -> Returned:
        """Call a method.

        Args:
            method: its name.
            args: plain values.
            layout: how arrays lie in memory; see `Submission.call`.

        Raises:
            CaseEnded: it did not answer.
        """
        return self._do(f"{self._kind}.{method}", "method", [self._handle, method, *args], layout)

    def call_each(self, method: str, *columns: Any) -> None:
        """Call a method with one row of each array after the other, in one request.

        Args:
            method: its name.
            columns: arrays of equal length.

        Raises:
            CaseEnded: one of the calls did not end well.
        """
        self._do(f"{self._kind}.{method}", "each", [self._handle, method, *columns])

    def error(self, method: str, *args: Any) -> Thrown | None:
        """Call a method, and return what it raised, if it did."""
        outcome = self._remote.ask("method", [self._handle, method, *args])
        return outcome if isinstance(outcome, Thrown) else None

    def fill_result(self, number: float) -> None:
        """Write a number all over the array that a call returned last, as a caller may."""
        self._do("writing to a result", "fill", [number])

    def _do(self, what: str, do: str, operands: list[Any], layout: str = "") -> Returned:
        return returned(what, self._remote.ask(do, operands, layout=layout))


def returned(what: str, outcome: object) -> Returned:
    """Return what came back from an operation.

    Raises:
        CaseEnded: nothing did.
    """
    if isinstance(outcome, Returned):
        return outcome
    if isinstance(outcome, Thrown):
        raise Raised(f"{what} {outcome.sentence}", outcome.seen)
    raise odd_value(what, outcome) if isinstance(outcome, Odd) else meddled()
