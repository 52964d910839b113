"""The module that plain cases import: what the learner wrote, as far as they can tell.

It has the names of the solution. A function of it asks the learner's code, in its worker; an
object of one of its classes stays there, and what stands for it here is a handle. What is
returned is a plain value. An exception of the standard library, or of a class that the solution
defines, is raised here as it was there.

The same module can stand for the solution itself, or for a wrong one of ours: so it is found out
whether a case that broke is the author's fault.
"""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from grader.kata import Kata
from grader.learner.endings import Raised
from grader.learner.outcomes import METHOD
from grader.learner.rebuilt import rebuild
from grader.learner.remote import KINDS, Handle, LearnerRaised, Place, Remote
from grader.learner.submission import Submission

THROWN = "_thrown_by_the_learner"
"""The attribute of an exception that the learner's code raised: what it was, in words."""


class Asked(NamedTuple):
    """What a case asked last, and what came.

    Attributes:
        what: the function, or the method of a class.
        args: what it was given.
        kwargs: the same by name.
        result: what it returned; None if it raised.
        raised: whether it did.
    """

    what: str
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    result: Any = None
    raised: bool = False


class Target(Protocol):
    """What a stand-in asks."""

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a function, make an object of a class, or call what a class has by a name."""

    def get(self, name: str) -> Any:
        """Return what a class has under a name; `METHOD` if it can be called."""

    def is_of(self, value: object, name: str) -> bool:
        """Say whether a value is an object of a class of the kata."""


class Learners:
    """The learner's code, in its worker.

    Args:
        submission: the learner's.
        stand_in: whose classes and exceptions are made here.
    """

    def __init__(self, submission: Submission, stand_in: "StandIn") -> None:
        self._stand_in = stand_in
        self._remote = Remote(submission, stand_in.classes, self._make)
        self.last: Asked | None = None

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """See `Target`."""
        return self.ask(name, args, kwargs, lambda: self._remote.call(name, args, kwargs))

    def get(self, name: str) -> Any:
        """See `Target`."""
        return self.ask(name, (), {}, lambda: self._remote.get(name))

    def is_of(self, value: object, name: str) -> bool:
        """See `Target`."""
        return isinstance(value, Handle) and value._at.kind == name

    def ask(
        self, what: str, args: Sequence[Any], kwargs: Mapping[str, Any], ask: Callable[[], Any]
    ) -> Any:
        """Ask, and raise what the learner's code raised.

        Raises:
            CaseEnded: there was no answer, or what was raised cannot be raised here.
        """
        self.last = Asked(what, args, kwargs, raised=True)
        try:
            result = ask()
        except LearnerRaised as raised:
            said = f"{what} {raised.thrown.sentence}"
            error = rebuild(raised.thrown, self._stand_in.exceptions)
            if error is None:
                raise Raised(said) from None
            setattr(error, THROWN, said)
            raise error from None
        self.last = Asked(what, args, kwargs, result)
        return result

    def _make(self, remote: Remote, kind: str, number: int) -> Handle:
        handle: Handle = object.__new__(self._stand_in.handles.get(kind, _Thing))
        about = {"_at": Place(remote, kind, number), "_asker": self}
        for name, value in about.items():
            object.__setattr__(handle, name, value)
        return handle


class Ours:
    """The solution, or a wrong one of ours, in this process.

    Args:
        module: the module.
        exceptions: the solution's own, in the place of which those of this module are raised.
    """

    def __init__(self, module: ModuleType, exceptions: Mapping[str, type[BaseException]]) -> None:
        self._module = module
        self._exceptions = exceptions

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """See `Target`."""
        try:
            return self._find(name)(*args, **kwargs)
        except Exception as error:
            known = self._exceptions.get(type(error).__name__)
            if known is None or isinstance(error, known):
                raise
            raise known(*error.args) from None

    def get(self, name: str) -> Any:
        """See `Target`."""
        found = self._find(name)
        return METHOD if callable(found) else found

    def is_of(self, value: object, name: str) -> bool:
        """See `Target`."""
        return isinstance(value, self._find(name))

    def _find(self, name: str) -> Any:
        found: Any = self._module
        for part in name.split("."):
            found = getattr(found, part)
        return found


class StandIn(ModuleType):
    """The module.

    Args:
        kata: whose solution it stands for.

    Attributes:
        target: what is asked; None where nothing may be, as when cases are collected.
        classes: the names of the solution's classes whose objects become handles.
        exceptions: those of its classes that are exceptions.
        handles: the classes of handles, by kind.
    """

    def __init__(self, kata: Kata) -> None:
        super().__init__(kata.module)
        self.target: Target | None = None
        self.classes: list[str] = []
        self.exceptions: dict[str, type[BaseException]] = {}
        self.handles: dict[str, type[Handle]] = dict.fromkeys(KINDS, _Thing)
        solution = kata.solution
        for name, value in vars(solution).items():
            if not (name.startswith("__") or isinstance(value, ModuleType)):
                setattr(self, name, self._stand_in_for(name, value, solution.__name__))

    @contextlib.contextmanager
    def asks(self, target: Target) -> Iterator[None]:
        """Let it ask a target for a while."""
        before, self.target = self.target, target
        try:
            yield
        finally:
            self.target = before

    def ask(self) -> Target:
        """Return what is asked.

        Raises:
            RuntimeError: nothing may be asked now.
        """
        if self.target is None:
            raise RuntimeError(
                f"A case asks {self.__name__} for something while it is imported or collected: "
                "do that inside of a test, or in a fixture."
            )
        return self.target

    def _stand_in_for(self, name: str, value: Any, module: str) -> Any:
        if isinstance(value, type) and value.__module__ == module:
            if issubclass(value, BaseException):
                self.exceptions[name] = value
                return value
            self.classes.append(name)
            about = {"__module__": self.__name__, "__doc__": value.__doc__}
            own: Any = _Class(name, (_Thing,), about)
            type.__setattr__(own, "_stand_in", self)
            self.handles[name] = own
            return own
        if callable(value) and getattr(value, "__module__", None) == module:
            return self._function(name, value)
        return value

    def _function(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            return self.ask().call(name, args, kwargs)

        function.__name__ = function.__qualname__ = name
        function.__doc__ = original.__doc__
        with contextlib.suppress(TypeError, ValueError):
            function.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
        return function


class _Class(type):
    """A class of the solution, as the cases see it."""

    _stand_in: StandIn

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._stand_in.ask().call(cls.__name__, args, kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") or cls._stand_in.target is None:  # it is only looked at
            raise AttributeError(name)
        target, full = cls._stand_in.ask(), f"{cls.__name__}.{name}"
        found = target.get(full)
        if found is METHOD:
            return lambda *args, **kwargs: target.call(full, args, kwargs)
        return found

    def __instancecheck__(cls, value: object) -> bool:
        target = cls._stand_in.target
        return target is not None and target.is_of(value, cls.__name__)


class _Thing(Handle):
    """An object that stays in the worker: each operation on it is carried out there."""

    _asker: Learners

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
        what = f"{self._at.kind}.{name}"
        found = self._asker.ask(what, (), {}, lambda: self._at.remote.attribute(self, name))
        return self._method(name) if found is METHOD else found

    def __setattr__(self, name: str, value: Any) -> None:
        self._operate("set_attribute", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._operate("delete_attribute", self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        def apply() -> Any:
            remote, kind, _ = self._at
            return remote.settle(kind, remote.ask("apply", [self, *args], kwargs))

        return self._asker.ask(self._at.kind.lstrip("."), args, kwargs, apply)

    def __enter__(self) -> Any:
        return self._method("__enter__")()

    def __exit__(self, *about: object) -> Any:
        return self._method("__exit__")(*about)

    def _method(self, name: str) -> Callable[..., Any]:
        what = f"{self._at.kind}.{name}"

        def method(*args: Any, **kwargs: Any) -> Any:
            ask = lambda: self._at.remote.method(self, name, args, kwargs)  # noqa: E731
            return self._asker.ask(what, args, kwargs, ask)

        return method

    def _operate(self, operation: str, *operands: Any) -> Any:
        what = operation.strip("_")
        return self._asker.ask(
            what, operands, {}, lambda: self._at.remote.operate(operation, *operands)
        )


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
        setattr(_Thing, f"__{names.get(name, name)}__", straight(operation))
    for name in binary.split():
        operation = f"{name}_" if name in ("and", "or") else name
        setattr(_Thing, f"__r{name}__", reflected(operation))
        if name != "divmod":
            setattr(_Thing, f"__i{name}__", straight(f"i{name}"))


_define_operations()
