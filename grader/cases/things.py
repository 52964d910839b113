"""The objects of the learner's code as the cases see them; the objects stay in the worker.

What a handle says of a plain value is the learner's word, and the case tells it the value: an
object that is less than, contains, or differs by nothing from whatever it is shown would pass for
any number. So only an object of a class of the kata can be asked such things, where the solution
gives one too. An iterator gives its members, a function can be called, and no more; what else can
be iterated over is fetched, and asked here.
"""

import opcode
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest

from grader.learner.endings import CaseEnded
from grader.learner.outcomes import METHOD, Uncalled
from grader.learner.remote import Handle

if TYPE_CHECKING:
    from grader.cases.asking import Learners

THROWN = "_thrown_by_the_learner"
"""The attribute of an exception that the learner's code raised: what it was, in words."""


class Asking(Handle):
    """An object of which something can be asked.

    Attributes:
        _asker: what asks.
        _origin: what it came from.
    """

    _asker: "Learners"
    _origin: str

    def _method(self, name: str) -> Callable[..., Any]:
        what = f"{self._at.kind}.{name}".lstrip(".")

        def method(*args: Any, **kwargs: Any) -> Any:
            ask = lambda: self._at.remote.method(self, name, args, kwargs)  # noqa: E731
            return self._asker.ask(what, args, kwargs, ask)

        return method

    def _operate(self, operation: str, *operands: Any) -> Any:
        what = operation.strip("_")
        return self._asker.ask(
            what, operands, {}, lambda: self._at.remote.operate(operation, *operands)
        )

    def _member(self, operation: str) -> Any:
        """Return what is in it, which is as if what it came from had given that."""
        ask = lambda: self._at.remote.operate(operation, self)  # noqa: E731
        return self._asker.ask(operation, [self], {}, ask, self._origin)

    def _apply(self, *args: Any, **kwargs: Any) -> Any:
        def apply() -> Any:
            remote, kind, _ = self._at
            return remote.settle(kind, remote.ask("apply", [self, *args], kwargs))

        return self._asker.ask(self._at.kind.lstrip("."), args, kwargs, apply)


class Members(Asking):
    """An iterator, or a generator.

    Attributes:
        _gave: whether it has given something.
    """

    _gave = False

    def __iter__(self) -> "Members":
        return self

    def __next__(self) -> Any:
        try:
            given = self._member("next")
        except StopIteration:
            if not self._gave:
                self._asker.note(self._origin, EMPTY)
            raise
        self._gave = True
        return given

    def send(self, value: Any) -> Any:
        """Go on, as a generator does."""
        return self._method("send")(value)

    def close(self) -> Any:
        """End, as a generator does."""
        return self._method("close")()


class Whole(Asking):
    """A range, or the keys, values or items of a dictionary, whose members are fetched."""

    def _members(self) -> list[Any]:
        members: list[Any] = self._member("list")
        return members

    def __eq__(self, other: object) -> Any:
        if isinstance(other, Whole):
            return self._members() == other._members()
        return isinstance(other, set | frozenset) and set(self._members()) == other

    def __iter__(self) -> Iterator[Any]:
        return iter(self._members())

    def __len__(self) -> int:
        return len(self._members())

    def __contains__(self, value: object) -> bool:
        return value in self._members()

    def __getitem__(self, at: Any) -> Any:
        return self._members()[at]

    def __reversed__(self) -> Iterator[Any]:
        return iter(self._members()[::-1])


class Callee(Asking):
    """A function."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self._apply(*args, **kwargs)


class Thing(Asking):
    """An object of a class of the kata: each operation on it is carried out in the worker."""

    def __eq__(self, other: object) -> Any:
        if isinstance(other, Handle):
            return self._operate("eq", self, other)
        return False  # else an object that is equal to everything would pass for any value

    def __ne__(self, other: object) -> Any:
        return self._operate("ne", self, other) if isinstance(other, Handle) else True

    def __hash__(self) -> int:
        found: int = self._operate("hash", self)
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        asker = self._asker
        if asker.has_method(self._at.kind, name) and _calls(sys._getframe(1)):
            asker.later, before = None, asker.later
            if before is not None:
                before.look()
            asker.later = Later(self, name)
            return asker.later
        return self._attribute(name)

    def _attribute(self, name: str) -> Any:
        what = f"{self._at.kind}.{name}"
        found = self._asker.ask(what, (), {}, lambda: self._at.remote.attribute(self, name))
        return self._method(name) if found is METHOD else found

    def __setattr__(self, name: str, value: Any) -> None:
        self._operate("set_attribute", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._operate("delete_attribute", self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object."""
        return self._apply(*args, **kwargs)

    def __copy__(self) -> Any:
        return self._operate("copy", self)

    def __deepcopy__(self, _: Any) -> Any:
        return self._operate("deepcopy", self)

    def __enter__(self) -> Any:
        return self._method("__enter__")()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        """Leave a block; the learner's code swallows what the solution swallows, and no verdict.

        What the case raised is told by its class and arguments, unless it is a verdict: of that
        only that there was something.
        """
        if error is None:
            self._method("__exit__")(None, None, None)
            return False
        verdict = isinstance(error, AssertionError | CaseEnded | pytest.fail.Exception)
        theirs = getattr(error, THROWN, None) is not None
        told = () if theirs else _told(AssertionError() if verdict else error)
        what = f"{self._at.kind}.__exit__"
        swallowed = self._asker.ask(
            what, told, {}, lambda: self._at.remote.operate("leave", self, *told)
        )
        return swallowed is True and (theirs or not verdict) and self._asker.allows(what, SWALLOWS)


class Later:
    """A method of the solution's that is called next: whether there is one is asked along with it.

    A round trip to the worker costs more than all else that a case does. What comes is the same as
    if it had been asked for at once: where something else is asked before the call, it is asked
    for before that.

    Args:
        thing: whose.
        name: its name.
    """

    def __init__(self, thing: Thing, name: str) -> None:
        self._thing = thing
        self._name = name
        self._found: Any = None

    def look(self) -> None:
        """Ask for it alone."""
        self._found = self._thing._attribute(self._name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        asker, at = self._thing._asker, self._thing._at
        if asker.later is not self:
            return self._found(*args, **kwargs)
        asker.later = None
        what = f"{at.kind}.{self._name}"
        ask = lambda: at.remote.invoke(self._thing, self._name, args, kwargs)  # noqa: E731
        came = asker.ask(what, args, kwargs, ask)
        if type(came) is not Uncalled:
            return came
        return asker.ask(what, (), {}, lambda: came.value)(*args, **kwargs)


_METHOD, _ATTRIBUTE = opcode.opmap.get("LOAD_METHOD"), opcode.opmap["LOAD_ATTR"]
_HAS_METHODS = sys.version_info < (3, 12)  # later one instruction is for both, and a bit tells


def _calls(frame: FrameType) -> bool:
    """Say whether a frame calls what it asks an object for, as `stack.push(1)` does.

    The instruction tells: then it is not asked whether there is such a method, or kept for later.
    """
    code, at = frame.f_code.co_code, frame.f_lasti
    if _HAS_METHODS:
        return code[at] == _METHOD
    return code[at] == _ATTRIBUTE and bool(code[at + 1] & 1)


OBJECT, EMPTY, SOMETHING, SWALLOWS = "object", "empty", "something", "swallows"
"""Facts of what an operation gave: an object of a class of the kata, nothing, something; that it
swallowed an exception."""


def _told(error: BaseException) -> tuple[list[str], tuple[Any, ...]]:
    """Return the names of the classes of an exception, and its arguments as far as plain."""
    names = [f"{each.__module__}.{each.__name__}" for each in type(error).__mro__]
    args = error.args
    if not all(isinstance(each, str | int | float | None) for each in args):
        args = ("",)
        with suppress(Exception):
            args = (str(error),)
    return names, args


def _define_operations() -> None:
    """Give a handle what Python looks for in the class of an operand."""
    unary = (
        "abs bool bytes complex float hash int iter len next repr reversed str index inv neg pos"
    )
    binary = "add and floordiv lshift matmul mod mul or pow rshift sub truediv xor divmod"
    compared = "lt le gt ge contains getitem delitem setitem format round"
    names = {"inv": "invert", "and": "and", "or": "or"}

    def straight(operation: str) -> Callable[..., Any]:
        return lambda self, *operands: self._operate(operation, self, *operands)

    def reflected(operation: str) -> Callable[..., Any]:
        return lambda self, other: self._operate(operation, other, self)

    for name in f"{unary} {binary} {compared}".split():
        operation = f"{name}_" if name in ("and", "or") else name
        setattr(Thing, f"__{names.get(name, name)}__", straight(operation))
    for name in binary.split():
        operation = f"{name}_" if name in ("and", "or") else name
        setattr(Thing, f"__r{name}__", reflected(operation))
        if name != "divmod":
            setattr(Thing, f"__i{name}__", straight(f"i{name}"))


_define_operations()
