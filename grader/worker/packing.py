"""Values on their way into a message; see `values`."""

import json
import math
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from . import arrays
from .measure import (
    ALIGNMENT,
    KEYED,
    MAX_BITS,
    MAX_DEPTH,
    MAX_TEXT,
    MUTABLE,
    NODE,
    WORD,
    Measure,
    NotPlain,
)
from .numeric import is_array, is_scalar, np
from .wire import Buffer

DescribeObject = Callable[[Any], tuple[str, int] | None]
"""Says under which kind and number an object stays in the worker; None if it does not."""

_DICTS = (dict, Counter, OrderedDict, defaultdict)  # all equal to a dict of the same items
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def pack(values: Sequence[Any], describe: DescribeObject | None = None) -> list[Buffer]:
    """Return the buffers of `values`.

    Named tuples cross as tuples, and the dictionaries of `collections` as plain ones, because
    they are equal to those. No other subclass crosses.

    Raises:
        NotPlain: one of them may not cross.
    """
    packer = _Packer(describe)
    terms = [packer.term(value, MAX_DEPTH) for value in values]
    text = _ENCODER.encode(terms).encode("utf-8", "surrogatepass")
    if len(text) > MAX_TEXT:
        raise NotPlain("size", "str")
    return [text, b"".join(packer.pieces)]


class _Packer(Measure):
    def __init__(self, describe: DescribeObject | None) -> None:
        super().__init__()
        self._describe = describe
        self._seen: dict[int, tuple[int, tuple[int, int]]] = {}
        self.pieces: list[Buffer] = []

    def term(self, value: Any, room: int) -> Any:
        """Return the term of a value where so many more levels may follow."""
        self.take(NODE)
        kind = type(value)
        if kind is int:
            return value if -WORD <= value < WORD else self._large(value)
        if kind is float:
            return value if math.isfinite(value) else ["f", repr(value)]
        if kind is str:
            self.take(len(value))
            return value
        if value is None or kind is bool:
            return value
        if kind is list or kind is set:
            return self._container("l" if kind is list else "s", value, value, room)
        if kind is tuple or kind is frozenset:
            return self._container("t" if kind is tuple else "z", value, value, room)
        if kind is dict:
            return self._dict(value, room)
        if kind is bytes:
            self.take(len(value))
            return ["b", value.hex()]
        return self._other(value, kind, room)

    def _other(self, value: Any, kind: type, room: int) -> Any:
        """Return the term of a value that is none of the plain types of Python."""
        if is_array(value) and kind is np.ndarray:
            return self._array(value)
        described = self._describe(value) if self._describe is not None else None
        if described is not None:
            return ["h", *described]
        if is_scalar(kind):
            return self._scalar(value)
        if kind in _DICTS:
            return self._dict(value, room)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return self._container("t", value, tuple.__iter__(value), room)
        plain = issubclass(kind, (str, int, float, bytes, list, tuple, dict, set, frozenset))
        why = "subclass" if plain or is_array(value) else "object"
        raise NotPlain(why, kind.__name__)

    def _container(self, tag: str, value: Any, members: Any, room: int) -> list[Any]:
        seen = self._seen.get(id(value))
        if seen is not None:
            self.again(room, seen[1])
            return ["r", seen[0]]
        entered = self.enter(room)
        term = [tag]
        term += [self.term(member, room - 1) for member in members]
        measured = self.leave(room, entered)
        if tag in KEYED:
            self.take_keys(len(value))
        if tag in MUTABLE:
            self._seen[id(value)] = len(self._seen), measured
        return term

    def _dict(self, value: dict[Any, Any], room: int) -> list[Any]:
        members = (each for item in dict.items(value) for each in item)
        return self._container("d", value, members, room)

    def _array(self, value: arrays.Array) -> list[Any]:
        seen = self._seen.get(id(value))
        if seen is not None:
            self.take(seen[1][0])
            return ["r", seen[0]]
        if value.dtype.char not in arrays.DTYPES | {"g"}:
            raise NotPlain("dtype", value.dtype.name)
        if value.ndim > arrays.MAX_NDIM:
            raise NotPlain("size", "ndarray")
        self.take(value.nbytes)
        array = value.astype(np.float64) if value.dtype.char == "g" else value
        if array.size:
            self.pieces.append(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
            self.pieces.append(bytes(-array.nbytes % ALIGNMENT))
        self._seen[id(value)] = len(self._seen), (value.nbytes, 0)
        return ["a", array.dtype.str, list(array.shape)]

    def _scalar(self, value: "np.generic") -> list[Any]:
        if value.dtype.char == "g":
            value = np.float64(value)
        if value.dtype.char not in arrays.DTYPES:
            raise NotPlain("dtype", f"numpy.{type(value).__name__}")
        self.take(value.dtype.itemsize)
        if type(value) is not value.dtype.type:
            raise NotPlain("subclass", type(value).__name__)
        return ["n", value.dtype.str, value.tobytes().hex()]

    def _large(self, value: int) -> list[Any]:
        if value.bit_length() > MAX_BITS:
            raise NotPlain("digits", "int")
        self.take(value.bit_length() // 8)
        return ["i", f"{value:x}"]
