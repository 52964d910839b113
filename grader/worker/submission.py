"""Runs a learner's source and calls its functions."""

import __future__

import ast
import inspect
import linecache
import sys
import types
from collections.abc import Callable
from typing import Any

from . import arrays, where, wire
from .cells import CELL_END, Unit, units
from .numeric import is_array, np
from .results import LEARNERS, describe_error, describe_result

MAX_HELD = 1_000_000
"""Elements of a returned array up to which it is watched for later changes."""
_LONGEST, _MOST_NEEDED = 40, 8  # letters of a parameter's name; parameters that are named
_ASKED = 0
for _feature in __future__.all_feature_names:
    _ASKED |= getattr(__future__, _feature).compiler_flag
_SHORT = 200  # letters of what a cell says that failed: all of it fits into one header
_MOST_FAILED = 8  # cells that failed of which more is told than that


class LearnerModule:
    """The learner's module, once its source has run.

    Args:
        source: the code of the learner's file; see `cells`.
        file: the name under which it runs, whatever its real name.
        notebook: whether it is cut into the cells of a notebook.
        begun: is told of each cell, before it runs, where that is: its number, and for one of a
            file that of its first line.

    Attributes:
        failed: what was raised by cells, of those that were run for themselves; see
            `describe_error`. The others were run all the same.

    Raises:
        BaseException: whatever a source that is one whole raises, `SyntaxError` and `SystemExit`
            included.
    """

    def __init__(
        self,
        source: bytes,
        file: str,
        *,
        notebook: bool = False,
        begun: Callable[[list[int]], None] = lambda _: None,
    ) -> None:
        name = file.removesuffix(".py")
        self._module = types.ModuleType(name)
        self._module.__file__ = file
        sys.modules[name] = self._module
        self._held: list[tuple[arrays.Array, bytes]] = []
        sys.modules["__main__"] = self._module  # where timeit and cProfile look for names
        self._asked = 0  # of the language, by units that have been run
        self._units = units(source, file, notebook=notebook)
        self.failed: list[wire.Header] = []
        self._unfinished: list[Unit] = []
        if notebook:
            for unit in self._units:
                _keep_lines(unit.file, unit.text, unit.cell)
        else:
            _keep_lines(file, source.replace(CELL_END, b""), 0)
        if len(self._units) == 1 and not notebook:
            self._run(self._units[0])
            return
        for unit in self._units:
            try:
                begun([unit.cell, unit.first])
                self._run(unit)
            except BaseException as error:
                if len(self.failed) < _MOST_FAILED:
                    self.failed.append({"unit": unit.cell, **_in_short(describe_error(error))})
                self._unfinished.append(unit)

    def _run(self, unit: Unit) -> None:
        code = unit.compiled(self._asked)
        self._asked |= code.co_flags & _ASKED
        exec(code, self._module.__dict__)  # noqa: S102

    @property
    def module(self) -> types.ModuleType:
        """The learner's module."""
        return self._module

    def describe(self, names: list[str]) -> wire.Header:
        """Say of each name what stands under it in the module.

        Where there is nothing under one, `""` holds what else stands at the top of the code.
        """
        described = {name: self._describe_function(name) for name in names}
        for unit in self._units:
            for name in where.repeated(names, unit.text):
                tree = _tree(unit)
                lines = where.lines_of(name, tree) if tree else []
                if len(lines) > 1:
                    described[name].update(cell=unit.cell or None, lines=lines[-2:])
        missing = [name for name in names if described[name]["kind"] == "missing"]
        if missing:
            trees = [(unit, _tree(unit)) for unit in self._units]
            described[""] = {"defined": where.defined(trees, names)}
            for name in missing:
                described[name]["where"] = where.find(name, trees, self._unfinished)
        return described

    def call(self, name: str, args: list[Any]) -> tuple[wire.Header, list[wire.Buffer]]:
        """Call the function `name` and describe what it returned or raised.

        Args:
            name: a function of the module.
            args: arrays and plain scalars; arrays are checked for changes afterwards.

        Returns:
            A header with `result` or `error`, with `changed` (the positions of arguments
            that are no longer what they were, or that cannot be written to any more) and
            `overwritten` (whether an array returned earlier has changed since), and the
            buffers of the result.
        """
        buffers: list[wire.Buffer] = []
        before = [arg.copy() if is_array(arg) else arg for arg in args]
        writeable = [is_array(arg) and arg.flags.writeable for arg in args]
        try:
            value = getattr(self._module, name)(*args)
            header: wire.Header = {"result": describe_result(value, buffers)}
        except BaseException as error:
            buffers.clear()
            header, value = {"error": describe_error(error)}, None
        header["changed"] = [
            position
            for position, (now, then) in enumerate(zip(args, before, strict=True))
            if is_array(then)
            and (arrays.differs(now, then) or now.flags.writeable != writeable[position])
        ]
        header["overwritten"] = any(now.tobytes() != then for now, then in self._held)
        self._hold(value)
        return header, buffers

    def _hold(self, value: Any) -> None:
        """Keep the arrays of the last answer, to see whether the next call writes to them."""
        members = value if isinstance(value, tuple | list) else (value,)
        self._held = [
            (item, item.tobytes())
            for item in members
            if is_array(item) and type(item) is np.ndarray and item.size <= MAX_HELD
        ]

    def _describe_function(self, name: str) -> wire.Header:
        function = getattr(self._module, name, None)
        if function is None:
            return {"kind": "missing"}
        if inspect.isclass(function):
            return {"kind": "class"}
        if not callable(function):
            return {"kind": "value", "type": type(function).__name__}
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            return {"kind": "async"}
        if inspect.isgeneratorfunction(function):
            return {"kind": "generator"}
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            return {"kind": "function"}
        required, most = _arity(signature)
        about: wire.Header = {"kind": "function", "required": required, "most": most}
        about |= {"names": _needed(signature), "by_name": _by_name(signature)}
        return {**about, **_either(function)}


def is_defined(file: str, names: list[str]) -> bool:
    """Say whether the learner's module, as far as it was run, has all these functions."""
    module = sys.modules.get(file.removesuffix(".py"))
    return all(callable(getattr(module, name, None)) for name in names)


def _tree(unit: Unit) -> ast.Module | None:
    try:
        return unit.parsed()
    except Exception:
        return None


def _keep_lines(file: str, text: bytes, cell: int) -> None:
    """Let tracebacks show the lines of a source that is no file, and know it for the learner's."""
    LEARNERS[file] = cell
    lines = text.decode("utf-8", "replace").removeprefix("\ufeff").splitlines(keepends=True)
    linecache.cache[file] = (len(text), None, lines, file)


def _in_short(description: wire.Header) -> wire.Header:
    """Return a description of what was raised with all texts cut."""
    return {
        key: value[:_SHORT] if isinstance(value, str) else value
        for key, value in description.items()
    }


def _needed(signature: inspect.Signature) -> list[str]:
    """Return the names of the parameters that have no default, as far as they cross."""
    empty, parameters = inspect.Parameter.empty, signature.parameters.values()
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [p.name for p in parameters if p.default is empty and p.kind not in variable]
    return [name[:_LONGEST] for name in needed[:_MOST_NEEDED]]


def _by_name(signature: inspect.Signature) -> list[str]:
    """Return the names of the parameters that have to be passed by them, as far as they cross."""
    parameters = signature.parameters.values()
    only = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    return [name[:_LONGEST] for name in only[:_MOST_NEEDED]]


def _either(function: Callable[..., Any]) -> wire.Header:
    """Return the names by which arguments can be passed that can be passed by place, too.

    What is called is the outermost function, whatever it says that it wraps; nothing is said of
    one that takes any name, or whose names are not known, as those of a cache.
    """
    try:
        own = inspect.signature(function, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return {}
    if any(one.kind is one.VAR_KEYWORD for one in own):
        return {}
    names = [one.name for one in own if one.kind is one.POSITIONAL_OR_KEYWORD]
    return {"either": [name[:_LONGEST] for name in names[:_MOST_NEEDED]]}


def _arity(signature: inspect.Signature) -> tuple[int, int | None]:
    """Return how many positional arguments a call needs and how many it can have at most."""
    required, most = 0, 0
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            return required, None
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            most += 1
            required += parameter.default is parameter.empty
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            return len(signature.parameters), 0
    return required, most
