"""What plain cases ask: the learner's code in its worker, or a solution of ours in this process."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from grader.learner.endings import Raised
from grader.learner.outcomes import METHOD
from grader.learner.rebuilt import rebuild
from grader.learner.remote import Handle, LearnerRaised, Place, Remote
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


class Known(NamedTuple):
    """What is known here of a kata's classes.

    Attributes:
        handles: the class of the handles of each, by its name.
        exceptions: those that are exceptions, by their names.
    """

    handles: dict[str, type[Handle]]
    exceptions: dict[str, type[BaseException]]


class Learners:
    """The learner's code, in its worker.

    Args:
        submission: the learner's.
        known: whose objects become handles, and what is raised here.
    """

    def __init__(self, submission: Submission, known: Known) -> None:
        self._known = known
        self._remote = Remote(submission, [*known.handles], self._make)
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
            error = rebuild(raised.thrown, self._known.exceptions)
            if error is None:
                raise Raised(said) from None
            setattr(error, THROWN, said)
            raise error from None
        self.last = Asked(what, args, kwargs, result)
        return result

    def _make(self, remote: Remote, kind: str, number: int) -> Handle:
        handle: Handle = object.__new__(self._known.handles.get(kind, Thing))
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


class Thing(Handle):
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
        """Call the object."""

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
        setattr(Thing, f"__{names.get(name, name)}__", straight(operation))
    for name in binary.split():
        operation = f"{name}_" if name in ("and", "or") else name
        setattr(Thing, f"__r{name}__", reflected(operation))
        if name != "divmod":
            setattr(Thing, f"__i{name}__", straight(f"i{name}"))


_define_operations()
