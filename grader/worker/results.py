"""What a learner's function returned or raised, put into words and buffers that may cross.

All of it is a claim: the trusted side checks each field and believes none.
"""

import linecache
import os
import re
import sys
import traceback
import types
from typing import Any

from . import arrays, refusals, wire
from .libraries import KINDS
from .numeric import is_array, is_scalar, np

CELL = "cell "
"""What the name under which a cell of a notebook is compiled begins with, before its number."""
LEARNERS: dict[str, int] = {}
"""The names under which the learner's code is compiled: 0 for the file, else a cell's number."""
MAX_TEXT = 2_000
"""Characters of an exception's message, of a name or of a source line that cross."""
MAX_ITEMS = 8
"""Members of a returned sequence that cross."""


class NotHere(ImportError):
    """A library that stands in for one that is not here was used.

    Args:
        used: what of it, with dots.
    """

    def __init__(self, used: str) -> None:
        super().__init__(f"{used} is not here")
        self.used = used


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


def describe_error(error: BaseException) -> wire.Header:
    """Return the description of what was raised: type, message, and the learner's own line."""
    description: wire.Header = {"type": _type_name(error), "message": _message(error)}
    attempted = refusals.attempt(error)
    if attempted:
        description["attempted"] = attempted
    if isinstance(error, NotHere) and KINDS.get(error.used.partition(".")[0]) == "debugs":
        description["attempted"] = refusals.DEBUGGER
    elif isinstance(error, NotHere):
        description["used"] = _text(error.used)
    elif type(error) is ModuleNotFoundError:
        description["module"] = _text(error.name)
    elif isinstance(error, AttributeError) and (name := _asked_of_numpy(error)):
        description["not_in_numpy"] = name
    elif type(error) is NameError and error.name:
        description["unknown"] = _text(error.name)
    else:
        description |= _not_there(error)
    if isinstance(error, SyntaxError):
        description["message"] = _text(error.msg)
        place = (error.filename, error.lineno)
    else:
        frames = traceback.extract_tb(error.__traceback__)
        places = [(frame.filename, frame.lineno) for frame in frames]
        own = [one for one in places if one[0] in LEARNERS]
        place = own[-1] if own else ("", None)
        if own:
            description["top"] = own[0][1]  # the line of what was being run
    if isinstance(place[0], str) and place[0] in LEARNERS and isinstance(place[1], int):
        description["line"] = place[1]
        if LEARNERS[place[0]]:
            description["cell"] = LEARNERS[place[0]]
        if isinstance(error, SyntaxError):
            description["syntax"] = _facts(error)
    return description


def _not_there(error: BaseException) -> wire.Header:
    """Return what a module was asked for and does not have: the learner's own, or Python's."""
    if type(error) is ImportError:
        module, said = error.name or "", re.search(r"'(\w+)'", str(error))
        name = said[1] if said else ""
        if getattr(sys.modules.get(module), "__file__", None) in LEARNERS:
            return {"itself": _text(module)}
    elif type(error) is AttributeError and isinstance(error.obj, types.ModuleType):
        module, name = error.obj.__name__, error.name or ""
    else:
        return {}
    known = module.partition(".")[0] in sys.stdlib_module_names
    return {"not_in_python": _text(f"{module}.{name}")} if known and name else {}


def _asked_of_numpy(error: AttributeError) -> str:
    """Return the name that NumPy was asked for and does not have; empty if it was not NumPy."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    asked = getattr(sys.modules.get("numpy"), "__getattr__", None)
    if trace is None or trace.tb_frame.f_code is not getattr(asked, "__code__", None):
        return ""
    return _text(trace.tb_frame.f_locals.get("attr"))


def _facts(error: SyntaxError) -> wire.Header:
    """Return what is wrong with a source; see `syntax`, which is here if it is needed."""
    syntax = sys.modules.get(f"{__package__}.syntax")
    kept = linecache.cache.get(str(error.filename))
    if syntax is None or kept is None or len(kept) != 4:
        return {}
    facts: wire.Header = syntax.facts(kept[2], error)
    return facts


def _describe_one(value: Any, buffers: list[wire.Buffer]) -> wire.Header:
    if is_array(value):
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
    return _text(f"numpy.{name}" if is_scalar(type(value)) else name)


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
