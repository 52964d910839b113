"""What a learner's function returned or raised, put into words and buffers that may cross.

All of it is a claim: the trusted side checks each field and believes none.
"""

import os
import traceback
from typing import Any

import numpy as np

from . import arrays, refusals, wire

MAX_TEXT = 2_000
"""Characters of an exception's message, of a name or of a source line that cross."""
MAX_ITEMS = 8
"""Members of a returned sequence that cross."""


def describe_result(value: Any, buffers: list[wire.Buffer]) -> wire.Header:
    """Return the description of what a function returned; arrays go to `buffers`.

    The kinds: `array` (with dtype and shape), `refused` (an array that may not cross),
    `sequence` (a tuple or list, one level deep) and `object` (anything else).
    """
    if isinstance(value, tuple | list):
        members = list(value)
        return {
            "kind": "sequence",
            "type": _type_name(value),
            "tuple": isinstance(value, tuple),
            "length": len(members),
            "items": [_describe_one(member, buffers) for member in members[:MAX_ITEMS]],
        }
    return _describe_one(value, buffers)


def describe_error(error: BaseException, file: str) -> wire.Header:
    """Return the description of what was raised: type, message, and the line in the file."""
    description: wire.Header = {"type": _type_name(error), "message": _message(error)}
    attempted = refusals.attempt(error)
    if attempted:
        description["attempted"] = attempted
    if isinstance(error, SyntaxError):
        description["message"] = _text(error.msg)
        if error.filename == file and isinstance(error.lineno, int):
            description["line"] = error.lineno
        return description
    stack = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in stack if frame.filename == file]
    if frames:
        description["line"] = frames[-1].lineno
    return description


def _describe_one(value: Any, buffers: list[wire.Buffer]) -> wire.Header:
    if isinstance(value, np.ndarray):
        if type(value) is not np.ndarray:
            return {"kind": "refused", "why": "subclass", "type": _type_name(value)}
        if value.dtype.char not in arrays.DTYPES | {"g"}:
            return {"kind": "refused", "why": "dtype", "type": _text(value.dtype.name)}
        left = wire.MAX_ANSWER - sum(len(buffer) for buffer in buffers)
        if value.ndim > arrays.MAX_NDIM or value.nbytes > left:
            return {"kind": "refused", "why": "size", "type": _text(value.shape)}
        if value.dtype.char == "g":
            value = value.astype(np.float64)
        return {"kind": "array", **arrays.describe_array(value, buffers)}
    return {"kind": "object", "type": _type_name(value)}


def _type_name(value: object) -> str:
    name = type(value).__name__
    return _text(f"numpy.{name}" if isinstance(value, np.generic) else name)


def _message(error: BaseException) -> str:
    """Return what an exception says; where a module lies on this machine is left out."""
    try:
        text = _text(error)
        path = error.path if isinstance(error, ImportError) else None
        if isinstance(path, str) and path:
            text = text.replace(f" ({path})", "").replace(path, os.path.basename(path))
        return text
    except BaseException:
        return ""


def _text(value: object) -> str:
    return str(value)[:MAX_TEXT].encode("utf-8", "replace").decode() if value is not None else ""
