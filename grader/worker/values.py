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

from .measure import (
    MAX_ALIKE,
    MAX_BITS,
    MAX_DEPTH,
    MAX_KEYS,
    MAX_MESSAGE,
    MAX_SIZE,
    MAX_TEXT,
    REASONS,
    NotPlain,
)
from .packing import pack
from .unpacking import unpack

__all__ = [
    "MAX_ALIKE",
    "MAX_BITS",
    "MAX_DEPTH",
    "MAX_KEYS",
    "MAX_MESSAGE",
    "MAX_SIZE",
    "MAX_TEXT",
    "REASONS",
    "NotPlain",
    "pack",
    "unpack",
]
