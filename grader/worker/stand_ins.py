"""What stands in the place of libraries that are not here, for the learner's own imports.

What only shows things does nothing. What computes can be imported, named and subclassed, and
raises when it is used. An import that the learner's code is prepared to see fail does fail, and
so does a look whether the library is there.
"""

import ast
import importlib.machinery
import linecache
import opcode
import sys
import types
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .libraries import KINDS, SETS
from .results import LEARNERS, NotHere

_UNPACK = opcode.opmap["UNPACK_SEQUENCE"]
_HANDS_THROUGH = frozenset(("tqdm", "tqdm_notebook", "trange", "track", "progress_bar", "alive_it"))
_CATCHES = frozenset(("ImportError", "ModuleNotFoundError", "Exception", "BaseException"))


class Nothing:
    """What does nothing: an attribute, a call or an element of it is one again.

    Args:
        name: what it stands for, with dots.
        given: what it hands through when something goes over its elements.
    """

    def __init__(self, name: str, given: Any = None) -> None:
        self.__name__ = name
        self._given = given

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Nothing(f"{self.__name__}.{name}")

    def __call__(self, *args: Any, **_: Any) -> Any:
        """Return what is decorated, or nothing."""
        last = self.__name__.rpartition(".")[2]
        if len(args) == 1 and _is_decorated(args[0]):
            return args[0]
        if last in ("trange", "prange"):
            return Nothing(last, range(*args))
        return Nothing(self.__name__, args[0] if last in _HANDS_THROUGH and args else None)

    def __iter__(self) -> Iterator[Any]:
        if self._given is not None:
            return iter(self._given)
        frame = sys._getframe(1)
        code, at = frame.f_code.co_code, frame.f_lasti
        wanted = code[at + 1] if code[at] == _UNPACK else 0  # fig, ax = plt.subplots()
        return iter([Nothing(self.__name__) for _ in range(wanted)])

    def __len__(self) -> int:
        return 0 if self._given is None else len(self._given)

    def __getitem__(self, _: Any) -> "Nothing":
        return Nothing(self.__name__)

    def __setitem__(self, *_: Any) -> None:
        pass

    def __enter__(self) -> "Nothing":
        return self

    def __exit__(self, *_: Any) -> bool:
        return self.__name__ == "pytest.raises"

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return self is other or self.__name__ == "pytest.approx"

    def __hash__(self) -> int:
        return id(self)

    def __instancecheck__(self, _: object) -> bool:
        return False

    def __format__(self, _: str) -> str:
        return ""

    def __mro_entries__(self, _: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def _itself(self, *_: Any) -> "Nothing":
        return self

    __or__ = __ror__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _itself
    __truediv__ = __rtruediv__ = __neg__ = _itself

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    __index__ = __int__


def _is_decorated(thing: Any) -> bool:
    """Say whether something is a function or a class of the learner's, to be handed back."""
    if isinstance(thing, types.FunctionType):
        return True
    return isinstance(thing, type) and thing.__module__ not in ("builtins", "numpy")


class Foreign:
    """What is not here and would compute: it may be named, not used.

    Args:
        name: what it stands for, with dots.
    """

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Foreign(f"{self.__name__}.{name}")

    def __call__(self, *args: Any, **_: Any) -> Any:
        """Refuse to be used, unless that only sets something, or takes a function as it is."""
        name, _dot, last = self.__name__.rpartition(".")
        if last in SETS or name.endswith(".config"):
            return args[0] if len(args) == 1 and _is_decorated(args[0]) else Nothing(self.__name__)
        raise NotHere(self.__name__)

    def __getitem__(self, _: Any) -> "Foreign":  # in annotations
        return self

    def __or__(self, _: Any) -> "Foreign":  # in annotations
        return self

    __ror__ = __or__

    def __instancecheck__(self, _: object) -> bool:
        return False

    def __mro_entries__(self, _: tuple[Any, ...]) -> tuple[type, ...]:
        def refuse(*_: Any, **__: Any) -> None:
            raise NotHere(self.__name__)

        return (type("Foreign", (), {"__init__": refuse}),)

    __iter__ = __enter__ = __len__ = __bool__ = __float__ = __int__ = __index__ = __call__
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = (
        __call__
    )
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __array__ = __call__


class Module(types.ModuleType):
    """A module of a library that is not here; whatever is asked of it is there."""

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0"
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        kind = KINDS[self.__name__.partition(".")[0]]
        return (Nothing if kind == "shows" else Foreign)(f"{self.__name__}.{name}")


class StandIns:
    """Finds what is not here, where the learner's own code imports it and means to have it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how a module is made; None if it is none of ours to make."""
        if name.partition(".")[0] not in KINDS:
            return None
        frame: types.FrameType | None = sys._getframe(1)
        while frame and frame.f_code.co_filename.startswith("<frozen importlib._bootstrap"):
            frame = frame.f_back
        if frame and frame.f_code.co_filename == importlib.__file__:
            frame = frame.f_back
        file = frame.f_code.co_filename if frame else ""
        if not frame or file not in LEARNERS or frame.f_lineno in _guarded(file):
            return None
        loader: Any = self
        return importlib.machinery.ModuleSpec(name, loader, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make a module."""
        return Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Let it be as it is."""


def install() -> None:
    """Let imports that nothing else answers find what stands in."""
    sys.meta_path.append(StandIns())


def _guarded(file: str) -> frozenset[int]:
    """Return the lines of a unit whose imports may fail, as it is prepared for that."""
    if file not in _known:
        kept: Any = linecache.cache.get(file, (0, 0, (), ""))
        _known[file] = frozenset(_lines_in_tries("".join(kept[2])))
    return _known[file]


_known: dict[str, frozenset[int]] = {}


def _lines_in_tries(text: str) -> Iterator[int]:
    from .cells import Unit

    for node in ast.walk(Unit(text.encode("utf-8", "replace"), "").parsed()):
        guarded: Iterable[ast.stmt] = ()
        if isinstance(node, ast.Try):
            guarded = node.body if any(_catches(one.type) for one in node.handlers) else ()
        elif isinstance(node, ast.With):
            guarded = node.body if "suppress" in ast.dump(node.items[0]) else ()
        for statement in guarded:
            yield from range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def _catches(kind: ast.expr | None) -> bool:
    """Say whether a handler catches that a module is not there."""
    if kind is None:
        return True
    members = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(one, ast.Name) and one.id in _CATCHES for one in members)
