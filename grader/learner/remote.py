"""The learner's code called with any plain values, and their objects, which stay in the worker.

`Remote.ask` sends one request and returns what came of it as a fact: `Returned`, `Thrown`, `Odd`
or `METHOD`. The other methods return the value, or raise: `LearnerRaised` with what was thrown,
`Failed` for a value that may not cross. See `grader.worker.objects` for the operations.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from grader.learner.endings import NotRun
from grader.learner.messages import describe_error, meddled, missing, seen_of, type_name
from grader.learner.outcomes import (
    METHOD,
    CallOutcome,
    Odd,
    Returned,
    Thrown,
    Uncalled,
    odd_value,
)
from grader.learner.submission import Submission
from grader.worker import values, wire
from grader.worker.numeric import is_array
from grader.worker.objects import FUNCTION, ITERABLE, ITERATOR, MAX_OBJECTS

KINDS = (ITERATOR, ITERABLE, FUNCTION)
"""The kinds of handles beside the classes of a kata."""
_MAX_CLASSES = 16
_MAX_NAME = 200
_MAX_MESSAGE = 2_000


class Place(NamedTuple):
    """Where the object of a handle is; see `Handle`."""

    remote: "Remote"
    kind: str
    number: int


class Handle:
    """An object of the learner's that stays in the worker.

    It is the same as another only if it is that: what the learner's code says of equality is to
    be asked for with `operate("eq", …)`, and believed where both sides are handles at most.
    Otherwise an object that is equal to everything would pass for any value.

    Its own names begin with a line, so that those of the learner's class are the learner's.

    Args:
        remote: where it is.
        kind: the kata's class that it is of, or one of `KINDS`.
        number: what it is known by.
    """

    def __init__(self, remote: "Remote", kind: str, number: int) -> None:
        self._at = Place(remote, kind, number)


class Stranger(Handle):
    """An object where the kata's solution has none: it may be passed on, and nothing else."""


class LearnerRaised(Exception):
    """The learner's code raised something.

    Args:
        thrown: what.
    """

    def __init__(self, thrown: Thrown) -> None:
        super().__init__(thrown.type, thrown.message)
        self.thrown = thrown


class NotSendable(TypeError):
    """A case passes what may not reach the learner's code."""


class Remote:
    """A submission, asked for anything by name.

    Args:
        submission: what is asked; it has been loaded.
        classes: the classes of the kata, whose objects become handles.
        make: makes a handle, of its own class for instance.
        admits: says whether an object of a kind may come now; else it becomes a `Stranger`.
    """

    def __init__(
        self,
        submission: Submission,
        classes: Sequence[str] = (),
        make: Callable[["Remote", str, int], Handle] = Handle,
        admits: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._submission = submission
        self._classes = list(classes)
        self._make = make
        self._admits = admits
        self._worker: object = None
        self._handles: dict[int, Handle] = {}

    def call(self, name: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] = {}) -> Any:
        """Call a function or make an object of a class; `name` may be that of a class's method."""
        return self.settle(name, self.ask("call", [name, *args], kwargs))

    def get(self, name: str) -> Any:
        """Return what the module, or a class of it, has under a name; METHOD if it is callable."""
        return self.settle(name, self.ask("get", [name]))

    def method(
        self, handle: Handle, name: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] = {}
    ) -> Any:
        """Call a method of an object."""
        what = f"{handle._at.kind}.{name}"
        return self.settle(what, self.ask("method", [handle, name, *args], kwargs))

    def invoke(
        self, handle: Handle, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Call a method of an object, in one piece with asking whether it is one.

        What is none is not called, but returned as `Uncalled`.
        """
        what = f"{handle._at.kind}.{name}"
        return self.settle(what, self.ask("invoke", [handle, name, *args], kwargs))

    def attribute(self, handle: Handle, name: str) -> Any:
        """Return an attribute of an object; METHOD if it can be called."""
        return self.settle(f"{handle._at.kind}.{name}", self.ask("attribute", [handle, name]))

    def operate(self, operation: str, *operands: Any) -> Any:
        """Return the result of one of `grader.worker.operations.OPERATIONS`."""
        return self.settle(operation, self.ask(operation, operands))

    def settle(self, what: str, outcome: CallOutcome) -> Any:
        """Return the value of an outcome, or METHOD, or raise.

        Raises:
            LearnerRaised: the learner's code raised something.
            Failed: there is no value that may cross.
        """
        if isinstance(outcome, Returned):
            return outcome.value
        if isinstance(outcome, Thrown):
            raise LearnerRaised(outcome)
        if isinstance(outcome, Odd):
            raise odd_value(what, outcome)
        return outcome

    def ask(
        self,
        operation: str,
        operands: Sequence[Any],
        kwargs: Mapping[str, Any] = {},
        layout: str = "",
    ) -> CallOutcome:
        """Ask for an operation, once, and return what came of it.

        Args:
            operation: see `grader.worker.objects`.
            operands: plain values and handles.
            kwargs: keyword arguments.
            layout: how arrays lie in memory; see `grader.worker.arrays.lay_out`.

        Raises:
            NotSendable: an operand is neither plain nor a handle.
            CaseEnded: there was no answer, or the module has no such name.
        """
        what = _subject(operation, operands)
        header = {"do": operation, "classes": self._classes, "layout": layout}
        try:
            message = values.pack([[*kwargs], *operands, *kwargs.values()], self._describe)
        except values.NotPlain as error:
            text = f"A case passes to {what} {_PASSED[error.why]} ({error.name})."
            raise NotSendable(text) from error
        reply, buffers = self._submission.exchange(what, (header, message), values.MAX_MESSAGE)
        if self._submission.workers.now is not self._worker:
            self._worker = self._submission.workers.now
            self._handles = {}
        if reply.get("missing") is True:
            kind, about = "class" if what in self._classes else "function", self._submission
            raise missing(kind, what, about.kata, about.functions)
        try:
            outcome = self._read(reply, buffers, len(operands) + len(kwargs))
            if isinstance(outcome, Uncalled) and operation != "invoke":
                raise wire.WireError("an attribute that was not asked for")
        except wire.WireError as error:
            raise meddled() from error
        return outcome

    def _read(self, reply: wire.Header, buffers: list[bytearray], count: int) -> CallOutcome:
        odd = reply.get("odd")
        if isinstance(odd, dict):
            why = odd.get("why")
            known = why if isinstance(why, str) and why in values.REASONS else "object"
            return Odd(known, type_name(odd.get("type")), "argument" in odd)
        result, *contents = values.unpack(buffers, self._find) or [None]
        positions = reply.get("changed")
        if type(positions) is not list or len(positions) != len(contents):
            raise wire.WireError("operands without their positions")
        if any(type(position) is not int or not 0 <= position < count for position in positions):
            raise wire.WireError("the position of no operand")
        if "error" in reply:
            return self._read_error(reply["error"], result)
        if reply.get("method") is True:
            return METHOD
        if reply.get("uncalled") is True:
            return Uncalled(result)
        changed = dict(zip(positions, contents, strict=True))
        return Returned(result, changed, reply.get("overwritten") is True)

    def _read_error(self, error: Any, facts: Any) -> Thrown:
        if type(error) is not dict or type(facts) is not list or len(facts) != 2:
            raise wire.WireError("an error without its facts")
        args, attributes = facts
        if type(args) is not tuple and args is not None:
            raise wire.WireError("no arguments")
        if type(attributes) is not dict or any(type(name) is not str for name in attributes):
            raise wire.WireError("no attributes")
        classes, line, message = error.get("classes"), error.get("line"), error.get("message")
        return Thrown(
            type_name(error.get("type")),
            tuple(
                name[:_MAX_NAME]
                for name in (classes if type(classes) is list else [])[:_MAX_CLASSES]
                if type(name) is str
            ),
            args,
            attributes,
            message[:_MAX_MESSAGE] if type(message) is str else "",
            line if type(line) is int else None,
            describe_error(error, self._submission.workers.source),
            seen_of(error, self._submission.workers.source),
        )

    def _describe(self, value: Any) -> tuple[str, int] | None:
        if not isinstance(value, Handle):
            return None
        if self._submission.workers.now is not self._worker or value._at.remote is not self:
            raise NotRun(f"The process that held this {value._at.kind} has ended.")
        return value._at.kind, value._at.number

    def _find(self, kind: str, number: int) -> Handle:
        if kind not in self._classes and kind not in KINDS:
            raise wire.WireError("an object of no class of the kata")
        if not 0 <= number < MAX_OBJECTS:
            raise wire.WireError("an object with no number")
        if not self._admits(kind):
            return Stranger(self, kind, number)
        if number not in self._handles:
            self._handles[number] = self._make(self, kind, number)
        handle = self._handles[number]
        if handle._at.kind != kind:
            raise wire.WireError("an object of two classes")
        return handle


def write_back(operand: Any, now: Any) -> None:
    """Give an operand that the learner's code changed the contents that it has now.

    Only for an operand that the kata asks to be changed: a case may go on with what it passed, so
    a submission could choose by what it is judged.
    """
    if type(operand) is not type(now):
        return
    if type(operand) is list:
        operand[:] = now
    elif type(operand) in (dict, set):
        operand.clear()
        operand.update(now)
    elif is_array(operand) and operand.shape == now.shape:
        operand[...] = now


def _subject(operation: str, operands: Sequence[Any]) -> str:
    """Return what is asked for an operation: the name of a function, class or kind of handle."""
    first = operands[0] if operands else None
    if operation in ("call", "get"):
        return str(first).partition(".")[0]
    return next((each._at.kind for each in operands if isinstance(each, Handle)), operation)


_PASSED = {
    "object": "an object that is no plain value",
    "subclass": "an object of a class that stands on a plain one",
    "dtype": "an array of other things than real numbers",
    "size": "more than the learner's code can be sent",
    "depth": f"what is nested in more than {values.MAX_DEPTH} levels, or in itself",
    "digits": "an int that is too long",
}
