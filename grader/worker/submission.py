"""Runs a learner's source and calls its functions."""

import inspect
import linecache
import sys
import types
from typing import Any

import numpy as np

from . import arrays, wire
from .results import describe_error, describe_result

MAX_HELD = 1_000_000
"""Elements of a returned array up to which it is watched for later changes."""


class LearnerModule:
    """The learner's module, once its source has run.

    Args:
        source: the bytes of the learner's file.
        file: the name under which it runs, whatever its real name.

    Raises:
        BaseException: whatever the source raises, `SyntaxError` and `SystemExit` included.
    """

    def __init__(self, source: bytes, file: str) -> None:
        self._file = file
        name = file.removesuffix(".py")
        self._module = types.ModuleType(name)
        self._module.__file__ = file
        sys.modules[name] = self._module
        text = source.decode("utf-8", "replace")
        lines = text.removeprefix("\ufeff").splitlines(keepends=True)
        linecache.cache[file] = (len(source), None, lines, file)
        self._held: list[tuple[arrays.Array, bytes]] = []
        exec(compile(source, file, "exec"), self._module.__dict__)  # noqa: S102

    @property
    def module(self) -> types.ModuleType:
        """The learner's module."""
        return self._module

    def describe(self, names: list[str]) -> wire.Header:
        """Say of each name what stands under it in the module."""
        return {name: self._describe_function(name) for name in names}

    def call(self, name: str, args: list[Any]) -> tuple[wire.Header, list[wire.Buffer]]:
        """Call the function `name` and describe what it returned or raised.

        Args:
            name: a function of the module.
            args: arrays and plain scalars; arrays are checked for changes afterwards.

        Returns:
            A header with `result` or `error`, with `changed` (the positions of arguments
            whose elements are no longer what they were) and `overwritten` (whether an
            array returned earlier has changed since), and the buffers of the result.
        """
        buffers: list[wire.Buffer] = []
        before = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
        try:
            value = getattr(self._module, name)(*args)
            header: wire.Header = {"result": describe_result(value, buffers)}
        except BaseException as error:
            buffers.clear()
            header, value = {"error": describe_error(error, self._file)}, None
        header["changed"] = [
            position
            for position, (now, then) in enumerate(zip(args, before, strict=True))
            if isinstance(then, np.ndarray) and arrays.differs(now, then)
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
            if type(item) is np.ndarray and item.size <= MAX_HELD
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
            required, most = _arity(inspect.signature(function))
        except (TypeError, ValueError):
            return {"kind": "function"}
        return {"kind": "function", "required": required, "most": most}


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
