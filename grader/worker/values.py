"""Plain values as frames carry them; see `wire`. This module runs on both sides.

Values cross in two buffers. The first is a list in JSON with a term for each value. None, bool,
int of 64 bits, finite float and str stand for themselves. All else is a list with a tag:

    ["l", …]  list      ["t", …]  tuple      ["s", …]  set      ["z", …]  frozenset
    ["d", key, value, …]   dict, in its order
    ["b", hex]             bytes
    ["i", hex]             a larger int
    ["f", "nan"]           a float that is not finite: nan, inf or -inf
    ["n", dtype, hex]      a NumPy scalar: a plain float has no dtype, so it would be another value
    ["a", dtype, shape]    an array; its elements are the next ones in the second buffer
    ["r", number]          the same object as the list, dict, set or array that was the number-th
                           to be complete: what is passed twice is one object on the other side
    ["h", kind, number]    an object that stays in the worker; see `objects`

A value ends where its term does, so none can hold itself. How deep it is nested and how large
it is are counted as if nothing were shared: a few references could else stand for more than
there is memory or time. Nothing is unpickled or evaluated.
"""

import json
import math
import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import arrays
from .wire import Buffer, WireError

MAX_DEPTH = 8
"""Containers that may be nested in each other."""
MAX_SIZE = 8 * 1024 * 1024
"""Size of all values of a message: characters and bytes, and `NODE` for each value in them."""
NODE = 32
"""Size of a value beside what it holds."""
MAX_TEXT = 2 * 1024 * 1024
"""Bytes of a message's JSON."""
MAX_MESSAGE = MAX_TEXT + MAX_SIZE
"""Bytes of a message: what the buffers of a frame with values may have together."""
MAX_BITS = 14_000
"""Bits of an int: each that crosses can be printed, as Python prints up to 4300 digits."""
MAX_KEYS = 20_000
"""Members of all sets and keys of all dictionaries of a message."""
MAX_ALIKE = 16
"""Keys of one hash: more are no accident, and each is compared with all of them."""

DescribeObject = Callable[[Any], tuple[str, int] | None]
"""Says under which kind and number an object stays in the worker; None if it does not."""
FindObject = Callable[[str, int], Any]
"""Returns what stands for an object that stays in the worker."""
LayOut = Callable[[arrays.Array], arrays.Array]

_BOOL = "|b1"
_ALIGNMENT = 8
_WORD = 1 << 63
_HEX = re.compile(r"-?[0-9a-f]+")
_SCALARS = arrays.DTYPES | {"?"}
_DICTS = (dict, Counter, OrderedDict, defaultdict)  # all equal to a dict of the same items
_MUTABLE = "lsd"
_KEYED = "szd"
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False)


class NotPlain(Exception):
    """A value that may not cross.

    Args:
        why: what is wrong with it; one of `REASONS`.
        name: the name of its type.
    """

    def __init__(self, why: str, name: str) -> None:
        super().__init__(why, name)
        self.why = why
        self.name = name


REASONS = ("object", "subclass", "dtype", "size", "depth", "digits")
"""Why a value may not cross: it is none of the types above; of a subclass of one; an array of
other things than real numbers; too large; nested too deep, or in itself; too long a number."""


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


def unpack(
    buffers: Sequence[Buffer], find: FindObject | None = None, lay_out: LayOut | None = None
) -> list[Any]:
    """Return the values that `buffers` stand for.

    Args:
        buffers: what `pack` returned, or claims to be that.
        find: what makes handles; without it there may be none.
        lay_out: what is done to each array.

    Raises:
        WireError: the buffers do not stand for values.
    """
    if len(buffers) != 2 or len(buffers[0]) > MAX_TEXT or len(buffers[1]) > MAX_SIZE:
        raise WireError("no values")
    try:
        terms = _DECODER.decode(bytes(buffers[0]).decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise WireError("values that are not JSON") from error
    if type(terms) is not list:
        raise WireError("no list of values")
    unpacker = _Unpacker(buffers[1], find, lay_out)
    values = [unpacker.value(term, MAX_DEPTH) for term in terms]
    unpacker.end()
    return values


class _Measure:
    """What has been counted of a message on either side.

    Attributes:
        size: what has been seen so far, as if nothing were shared.
        room: the levels that were left at the deepest place of the container that is open.
    """

    def __init__(self) -> None:
        self.size = 0
        self.room = MAX_DEPTH
        self._keys = 0

    def take(self, size: int) -> None:
        """Count what is seen."""
        self.size += size
        if self.size > MAX_SIZE:
            raise NotPlain("size", "object")

    def take_keys(self, count: int) -> None:
        """Count the keys of a dictionary, or the members of a set."""
        self._keys += count
        if self._keys > MAX_KEYS:
            raise NotPlain("size", "object")

    def enter(self, room: int) -> tuple[int, int]:
        """Open a container where `room` levels are left; `leave` wants what this returns."""
        if room <= 0:
            raise NotPlain("depth", "object")
        outer, self.room = self.room, room - 1
        return self.size, outer

    def leave(self, room: int, entered: tuple[int, int]) -> tuple[int, int]:
        """Close a container; return its size and its levels."""
        size, outer = entered
        measured = self.size - size, room - self.room
        self.room = min(outer, self.room)
        return measured

    def again(self, room: int, measured: tuple[int, int]) -> None:
        """Count a container that was seen before."""
        size, levels = measured
        self.take(size)
        if levels > room:
            raise NotPlain("depth", "object")
        self.room = min(self.room, room - levels)


class _Packer(_Measure):
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
            return value if -_WORD <= value < _WORD else self._large(value)
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
        if kind is np.ndarray:
            return self._array(value)
        described = self._describe(value) if self._describe is not None else None
        if described is not None:
            return ["h", *described]
        if issubclass(kind, np.generic):
            return self._scalar(value)
        if kind in _DICTS:
            return self._dict(value, room)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return self._container("t", value, tuple.__iter__(value), room)
        plain = (str, int, float, bytes, list, tuple, dict, set, frozenset, np.ndarray)
        raise NotPlain("subclass" if issubclass(kind, plain) else "object", kind.__name__)

    def _container(self, tag: str, value: Any, members: Any, room: int) -> list[Any]:
        seen = self._seen.get(id(value))
        if seen is not None:
            self.again(room, seen[1])
            return ["r", seen[0]]
        entered = self.enter(room)
        term = [tag]
        term += [self.term(member, room - 1) for member in members]
        measured = self.leave(room, entered)
        if tag in _KEYED:
            self.take_keys(len(value))
        if tag in _MUTABLE:
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
        if value.dtype.char not in _SCALARS | {"g"}:
            raise NotPlain("dtype", value.dtype.name)
        if value.ndim > arrays.MAX_NDIM:
            raise NotPlain("size", "ndarray")
        self.take(value.nbytes)
        array = value.astype(np.float64) if value.dtype.char == "g" else value
        if array.size:
            self.pieces.append(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
            self.pieces.append(bytes(-array.nbytes % _ALIGNMENT))
        self._seen[id(value)] = len(self._seen), (value.nbytes, 0)
        return ["a", array.dtype.str, list(array.shape)]

    def _scalar(self, value: np.generic) -> list[Any]:
        if value.dtype.char == "g":
            value = np.float64(value)
        if value.dtype.char not in _SCALARS:
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


class _Unpacker(_Measure):
    def __init__(
        self, elements: Buffer, find: FindObject | None, lay_out: LayOut | None = None
    ) -> None:
        super().__init__()
        self._elements = elements
        self._find = find
        self._lay_out = lay_out
        self._offset = 0
        self._made: list[tuple[Any, tuple[int, int]]] = []

    def value(self, term: Any, room: int) -> Any:
        """Return the value of a term where so many more levels may follow."""
        try:
            return self._value(term, room)
        except NotPlain as error:
            raise WireError("values that are too large") from error

    def end(self) -> None:
        """Raise WireError unless each element of an array has been used."""
        if self._offset != len(self._elements):
            raise WireError("elements without an array")

    def _value(self, term: Any, room: int) -> Any:
        self.take(NODE)
        kind = type(term)
        if kind is list:
            return self._tagged(term, room)
        if kind is str:
            self.take(len(term))
        elif kind is int and not -_WORD <= term < _WORD:
            raise WireError("a number that is too large")
        elif kind is dict:
            raise WireError("a term that is an object")
        return term

    def _tagged(self, term: list[Any], room: int) -> Any:
        tag = term[0] if term else None
        if type(tag) is not str:
            raise WireError("a term without a tag")
        if tag in _CONTAINERS:
            return self._container(tag, term, room)
        if tag == "r":
            return self._same(term, room)
        read = _READERS.get(tag)
        if read is None or len(term) != _LENGTHS[tag]:
            raise WireError("a term that is not one")
        return read(self, *term[1:])

    def _container(self, tag: str, term: list[Any], room: int) -> Any:
        entered = self.enter(room)
        members = [self._value(term[at], room - 1) for at in range(1, len(term))]
        measured = self.leave(room, entered)
        made: Any
        if tag == "l":
            made = members
        elif tag == "t":
            made = tuple(members)
        elif tag == "d":
            if len(members) % 2:
                raise WireError("a key without a value")
            self._check_keys(members[::2])
            made = dict(zip(members[::2], members[1::2], strict=True))
        else:
            self._check_keys(members)
            made = set(members) if tag == "s" else frozenset(members)
        if tag in _MUTABLE:
            self._made.append((made, measured))
        return made

    def _check_keys(self, keys: list[Any]) -> None:
        """Raise WireError unless keys have a hash, and each nearly its own.

        The hashes of numbers and tuples are known beforehand. Keys that were made for it could keep
        whoever puts them in one set busy for hours.
        """
        self.take_keys(len(keys))
        count: dict[int, int] = {}
        for key in keys:
            try:
                value = hash(key)
            except TypeError as error:
                raise WireError("a key without a hash") from error
            count[value] = count.get(value, 0) + 1
        if count and max(count.values()) > MAX_ALIKE:
            raise WireError("keys that are made to be slow")

    def _same(self, term: list[Any], room: int) -> Any:
        number = term[1] if len(term) == 2 else None
        if type(number) is not int or not 0 <= number < len(self._made):
            raise WireError("a reference to nothing")
        made, measured = self._made[number]
        self.again(room, measured)
        return made

    def _large(self, text: Any) -> int:
        if type(text) is not str or len(text) > MAX_BITS // 4 + 1 or not _HEX.fullmatch(text):
            raise WireError("not a number")
        value = int(text, 16)
        self.take(value.bit_length() // 8)
        if value.bit_length() > MAX_BITS:
            raise WireError("a number that is too large")
        return value

    def _infinite(self, text: Any) -> float:
        if text not in ("nan", "inf", "-inf"):
            raise WireError("not a number")
        return float(text)

    def _bytes(self, text: Any) -> bytes:
        if type(text) is not str or (text and not _HEX.fullmatch(text)) or text[:1] == "-":
            raise WireError("no bytes")
        self.take(len(text) // 2)
        try:
            return bytes.fromhex(text)
        except ValueError as error:
            raise WireError("no bytes") from error

    def _scalar(self, name: Any, text: Any) -> Any:
        dtype, data = _dtype(name), self._bytes(text)
        if len(data) != dtype.itemsize:
            raise WireError("not a number")
        return _as_bool(np.frombuffer(data, dtype), name)[0]

    def _array(self, name: Any, shape: Any) -> arrays.Array:
        dtype = _dtype(name)
        arrays.check_shape(shape)
        count = math.prod(shape)
        size = count * dtype.itemsize
        self.take(size)
        start, self._offset = self._offset, self._offset + size + -size % _ALIGNMENT
        if self._offset > len(self._elements):
            raise WireError("an array without its elements")
        try:
            array = np.frombuffer(self._elements, dtype, count, start if count else 0)
            array = _as_bool(array, name).reshape(shape)
        except ValueError as error:
            raise WireError("an array without a proper shape") from error
        if self._lay_out is not None:
            array = self._lay_out(array)
        self._made.append((array, (size, 0)))
        return array

    def _object(self, kind: Any, number: Any) -> Any:
        if self._find is None or type(kind) is not str or type(number) is not int:
            raise WireError("an object that nobody has")
        return self._find(kind, number)


def _dtype(name: Any) -> np.dtype[Any]:
    """Return the type of the elements of an array; those of bool are bytes here."""
    return np.dtype("|u1") if name == _BOOL else arrays.read_dtype(name)


def _as_bool(array: arrays.Array, name: str) -> arrays.Array:
    """Return the bool that bytes stand for: NumPy takes other bytes than 0 and 1 for either."""
    if name != _BOOL:
        return array
    if array.size and array.max() > 1:
        raise WireError("neither True nor False")
    return array.view(np.bool_)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_CONTAINERS = frozenset("ltszd")
_READERS: dict[str, Callable[..., Any]] = {
    "i": _Unpacker._large,
    "f": _Unpacker._infinite,
    "b": _Unpacker._bytes,
    "n": _Unpacker._scalar,
    "a": _Unpacker._array,
    "h": _Unpacker._object,
}
_LENGTHS = {"i": 2, "f": 2, "b": 2, "n": 3, "a": 3, "h": 3}
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
