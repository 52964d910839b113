"""What a message claims to hold, as values; see `values`. It is not believed."""

import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from . import arrays
from .measure import (
    ALIGNMENT,
    MAX_ALIKE,
    MAX_BITS,
    MAX_DEPTH,
    MAX_SIZE,
    MAX_TEXT,
    MUTABLE,
    NODE,
    WORD,
    Measure,
    NotPlain,
)
from .numeric import np
from .wire import Buffer, WireError

FindObject = Callable[[str, int], Any]
"""Returns what stands for an object that stays in the worker."""
LayOut = Callable[[arrays.Array], arrays.Array]

_HEX = re.compile(r"-?[0-9a-f]+")


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


class _Unpacker(Measure):
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
        elif kind is int and not -WORD <= term < WORD:
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
        if tag in MUTABLE:
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
        dtype, data = arrays.dtype_on_the_wire(name), self._bytes(text)
        if len(data) != dtype.itemsize:
            raise WireError("not a number")
        return arrays.as_bool(np.frombuffer(data, dtype), name)[0]

    def _array(self, name: Any, shape: Any) -> arrays.Array:
        dtype = arrays.dtype_on_the_wire(name)
        arrays.check_shape(shape)
        count = math.prod(shape)
        size = count * dtype.itemsize
        self.take(size)
        start, self._offset = self._offset, self._offset + size + -size % ALIGNMENT
        if self._offset > len(self._elements):
            raise WireError("an array without its elements")
        try:
            array = np.frombuffer(self._elements, dtype, count, start if count else 0)
            array = arrays.as_bool(array, name).reshape(shape)
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
