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
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from grader.cases.asking import Known, Target
from grader.cases.things import Thing
from grader.kata import Kata
from grader.learner.outcomes import METHOD


class _Now(threading.local):
    """What is asked in a thread; not in a context, of which unittest makes its own for `async`."""

    target: Target | None = None


class StandIn:
    """The module, and what it asks.

    There is one of each kata, however many sessions there are of its cases: these are imported
    once. What it asks is the affair of a session, which has a thread of its own.

    Args:
        kata: whose solution it stands for.

    Attributes:
        module: what the cases import.
        known: what is known here of the solution's classes.
    """

    def __init__(self, kata: Kata) -> None:
        self.module = ModuleType(kata.module)
        self.known = Known({}, {}, {})
        self._now = _Now()
        solution = kata.solution
        for name, value in vars(solution).items():
            if not (name.startswith("__") or isinstance(value, ModuleType)):
                setattr(self.module, name, self._stand_in_for(name, value, solution.__name__))

    @property
    def target(self) -> Target | None:
        """What is asked; None where nothing may be, as when cases are collected."""
        return self._now.target

    @contextlib.contextmanager
    def asks(self, target: Target) -> Iterator[None]:
        """Let it ask a target for a while."""
        before, self._now.target = self._now.target, target
        try:
            yield
        finally:
            self._now.target = before

    def ask(self) -> Target:
        """Return what is asked.

        Raises:
            RuntimeError: nothing may be asked now.
        """
        target = self.target
        if target is None:
            raise RuntimeError(
                f"A case asks {self.module.__name__} for something while it is imported or "
                "collected: do that inside of a test, or in a fixture."
            )
        return target

    def _stand_in_for(self, name: str, value: Any, module: str) -> Any:
        if isinstance(value, type) and value.__module__ == module:
            if issubclass(value, BaseException):
                self.known.exceptions[name] = value
                return value
            about = {"__module__": self.module.__name__, "__doc__": value.__doc__}
            bases = [self.known.handles.get(base.__name__) for base in value.__bases__]
            own: Any = _Class(name, tuple(filter(None, bases)) or (Thing,), about)
            type.__setattr__(own, "_stand_in", self)
            self.known.handles[name] = own
            self.known.methods[name] = frozenset(
                each
                for each in dir(value)
                if inspect.isfunction(inspect.getattr_static(value, each))
            )
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
