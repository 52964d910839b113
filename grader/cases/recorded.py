"""What the cases asked of the solution: each call, as it can be made again of another one."""

import contextlib
import copy
import enum
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, NamedTuple

_SPECIAL = (  # of a class's methods with lines around their names, those that cases come by
    "abs add and bool bytes call contains delitem enter eq exit float floordiv format ge getitem"
    " gt int iter le len lt mod mul ne neg or pos pow radd repr reversed rmul rsub setitem str sub"
    " truediv xor"
).split()
_MOST = 2_000  # calls that are kept
_MOST_NUMBERS = 20_000  # in an array that is passed


class Ref:
    """In the place of an object of the solution's: the result of an earlier call.

    Args:
        at: which call.
    """

    def __init__(self, at: int) -> None:
        self.at = at

    def __deepcopy__(self, memo: dict[Any, Any]) -> Any:
        """Return what stands there now; see `Call.given`."""
        return memo["results"][self.at] if "results" in memo else self


class Call(NamedTuple):
    """One call of a case.

    Attributes:
        name: of a function or class, or of a method.
        owner: the object whose method it is; None for what the module has.
        args: the arguments, with a `Ref` for each object of the solution's.
        kwargs: those by name.
    """

    name: str
    owner: Ref | None
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def given(self, results: list[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return its arguments, made anew, with the results of the calls before it."""
        memo: dict[Any, Any] = {"results": results}
        args, kwargs = copy.deepcopy((self.args, dict(self.kwargs)), memo)
        return args, kwargs


class Recorder:
    """Writes down the calls of a module that come from outside of it.

    Args:
        module: the module, whose functions and classes are changed.

    Attributes:
        calls: the calls, in order.
    """

    def __init__(self, module: ModuleType) -> None:
        self.calls: list[Call] = []
        self._depth = 0
        self._made: dict[int, tuple[int, Any]] = {}  # by the id of an object: the call, and it
        self._classes: list[type] = []
        for name, value in list(vars(module).items()):
            own = getattr(value, "__module__", None) == module.__name__
            if not own or name.startswith("_"):
                continue
            if not isinstance(value, type):
                setattr(module, name, self._function(name, value))
            elif not issubclass(value, BaseException):
                self._prepare(value)

    def _prepare(self, kind: type) -> None:
        self._classes.append(kind)
        special = {f"__{name}__" for name in _SPECIAL}
        for name, value in list(vars(kind).items()):
            if callable(value) and not isinstance(value, type):
                if not name.startswith("_") or name in special:
                    self._put(kind, name, self._method(name, value))
            elif isinstance(value, classmethod | staticmethod) and not name.startswith("_"):
                bound = getattr(kind, name)
                self._put(
                    kind, name, staticmethod(self._function(f"{kind.__name__}.{name}", bound))
                )
        if not issubclass(kind, enum.Enum):
            self._put(kind, "__init__", self._maker(kind))

    def _put(self, kind: type, name: str, value: Any) -> None:
        with contextlib.suppress(AttributeError, TypeError):  # a class may refuse it
            setattr(kind, name, value)

    def _function(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            with self._inside(name, None, args, kwargs) as at:
                return self._keep(at, function(*args, **kwargs))

        return called

    def _method(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(this: Any, *args: Any, **kwargs: Any) -> Any:
            with self._inside(name, this, args, kwargs) as at:
                return self._keep(at, function(this, *args, **kwargs))

        return called

    def _maker(self, kind: type) -> Callable[..., None]:
        original: Any = getattr(kind, "__init__")  # noqa: B009

        def made(this: Any, *args: Any, **kwargs: Any) -> None:
            with self._inside(type(this).__name__, None, args, kwargs) as at:
                if original is object.__init__:
                    args, kwargs = (), {}
                original(this, *args, **kwargs)
                self._keep(at, this)

        return made

    @contextlib.contextmanager
    def _inside(
        self, name: str, this: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Iterator[int | None]:
        """Write a call down unless another one makes it; gives its place."""
        at = self._note(name, this, args, kwargs) if self._depth == 0 else None
        self._depth += 1
        try:
            yield at
        finally:
            self._depth -= 1

    def _note(
        self, name: str, this: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> int | None:
        known = self._made.get(id(this))
        if len(self.calls) >= _MOST or (this is not None and known is None):
            return None
        memo: dict[Any, Any] = {key: Ref(at) for key, (at, _) in self._made.items()}
        try:
            args, kwargs = copy.deepcopy((args, dict(kwargs)), memo)
        except Exception:
            return None  # it cannot be made again
        if sum(getattr(arg, "size", 0) for arg in args) > _MOST_NUMBERS:
            return None
        self.calls.append(Call(name, None if known is None else Ref(known[0]), args, kwargs))
        return len(self.calls) - 1

    def _keep(self, at: int | None, result: Any) -> Any:
        """Remember by which call an object of the solution's came."""
        if at is not None and isinstance(result, tuple(self._classes)):
            self._made.setdefault(id(result), (at, result))
        return result


def chain(calls: list[Call], at: int) -> list[Call]:
    """Return the calls that one stands on, and it itself, in order: with their places changed."""
    needed = {at}
    todo = [at]
    while todo:
        now = todo.pop()
        for ref in _refs(calls[now]):
            same = [
                place
                for place in range(now)
                if place == ref or any(one == ref for one in _refs(calls[place]))
            ]
            todo += [place for place in same if place not in needed]
            needed.update(same)
    places = sorted(needed)
    new = {old: place for place, old in enumerate(places)}
    return [_moved(calls[place], new) for place in places]


def _refs(call: Call) -> set[int]:
    found: set[int] = {call.owner.at} if call.owner is not None else set()
    todo: list[Any] = [*call.args, *call.kwargs.values()]
    while todo:
        value = todo.pop()
        if isinstance(value, Ref):
            found.add(value.at)
        elif isinstance(value, list | tuple | set):
            todo += value
        elif isinstance(value, dict):
            todo += value.values()
    return found


def _moved(call: Call, new: Mapping[int, int]) -> Call:
    memo: dict[Any, Any] = {"results": {old: Ref(place) for old, place in new.items()}}
    owner = None if call.owner is None else Ref(new[call.owner.at])
    args, kwargs = copy.deepcopy((call.args, dict(call.kwargs)), memo)
    return Call(call.name, owner, args, kwargs)
