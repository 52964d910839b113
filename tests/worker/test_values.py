"""Plain values: what is packed comes back, and whatever else comes is refused, not believed."""

import itertools
import json
import math
from collections import Counter, OrderedDict, defaultdict, namedtuple
from collections.abc import Callable
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.worker import arrays, measure, objects, packing, unpacking, values, wire
from grader.worker.wire import WireError

Point = namedtuple("Point", "x y")


class Color(IntEnum):
    """A subclass of int."""

    RED = 1


class Loud(str):
    """A subclass of str."""

    __slots__ = ()


def there_and_back(*given_values: Any) -> list[Any]:
    """Send values over the wire."""
    header, buffers = unframe(wire.pack({"do": "x"}, values.pack(given_values)))
    assert header == {"do": "x"}
    return values.unpack(buffers)


def unframe(frame: bytes) -> tuple[wire.Header, list[bytearray]]:
    """Read a frame."""
    rest = memoryview(frame)

    def read_exactly(count: int) -> bytearray:
        nonlocal rest
        piece, rest = bytearray(rest[:count]), rest[count:]
        return piece

    return wire.unpack(read_exactly, values.MAX_MESSAGE)


def alike(one: Any, other: Any) -> bool:
    """Say whether two values are of one type throughout, and equal; nan is equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        like = one.dtype == other.dtype and one.shape == other.shape
        return bool(like and one.tobytes() == other.tobytes())
    if isinstance(one, float):
        same = one == other and math.copysign(1, one) == math.copysign(1, other)
        return same or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        pairs = zip(one.items(), other.items(), strict=True)
        return len(one) == len(other) and all(alike(a, b) for a, b in pairs)
    return bool(one == other)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**values.MAX_BITS) + 1, 2**values.MAX_BITS - 1)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=8)
    | st.binary(max_size=8)
)
ARRAYS = st.builds(
    lambda dtype, shape: np.arange(math.prod(shape)).astype(dtype).reshape(shape),
    st.sampled_from([*"bhilqBHILQefd?", ">f8", ">i2"]),
    st.lists(st.integers(0, 3), max_size=4),
)
NUMPY_SCALARS = st.sampled_from(["b", "l", "L", "e", "f", "d", "?"]).map(
    lambda char: np.dtype(char).type(1)
)
KEYS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=4,
)
VALUES = st.recursive(
    SCALARS | ARRAYS | NUMPY_SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(KEYS, max_size=4)
        | st.frozensets(KEYS, max_size=4)
    ),
    max_leaves=6,
)


@pytest.mark.long
@settings(max_examples=500)
@given(st.lists(VALUES, max_size=3))
@example([None, True, 0, -0.0, "", b"", [], (), {}, set(), frozenset()])
@example([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**values.MAX_BITS - 1])
@example([math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308])
@example(["\ud800", "\udc00\ud800", "\x00", '"\\\n\u2028', "\U0001f600" * 3])
@example([np.zeros(()), np.zeros(0), np.zeros((0, 3)), np.ones((1,) * 8), np.array(True)])
@example([{(1, (2, frozenset({b"x"}))): [({"a": {1.5}},)]}])
def test_values_come_back(given_values: list[Any]) -> None:
    """Plain values of every kind, nested in each other, come back with their types."""
    assert alike(there_and_back(*given_values), given_values)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(6.0)[::2],
        np.arange(6.0)[::-1],
        np.arange(24).reshape(2, 3, 4).T,
        np.arange(120.0).reshape(2, 3, 4, 5)[:, ::2, ::-1],
        np.broadcast_to(np.float32(7), (2, 3)),
        np.array([True, False, True])[::2],
    ],
    ids=lambda value: f"{value.dtype}{value.shape}",
)
def test_every_layout_comes_back(value: arrays.Array) -> None:
    """An array that is transposed, strided or broadcast comes back with its elements."""
    (got,) = there_and_back(value)
    np.testing.assert_array_equal(got, value)
    assert got.dtype == value.dtype
    assert got.flags.writeable


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (Point(1, [2]), (1, [2])),
        (np.longdouble(1.5), np.float64(1.5)),
        (np.array([1.5], "g"), np.array([1.5])),
        (np.array(1), np.array(1)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_equal_to_a_plain_value(value: Any, want: Any) -> None:
    """What compares as a plain value does crosses as that."""
    assert alike(there_and_back(value), [want])


def nested(levels: int) -> list[Any]:
    """Return lists in each other."""
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def chain(count: int) -> list[Any]:
    """Return lists that hold the one before, all of which lie beside each other."""
    lists: list[Any] = [[]]
    for _ in range(count):
        lists.append([lists[-1]])
    return lists


def doubling(count: int) -> list[Any]:
    """Return a list with a list twice, with a list twice, …: short to write, long to print."""
    value: list[Any] = [0] * 100
    for _ in range(count):
        value = [value] * 100
    return value


def cycle() -> list[Any]:
    """Return a list that holds itself."""
    value: list[Any] = []
    value.append({"it": (value,)})
    return value


REFUSED: list[tuple[Any, str]] = [
    (nested(9), "depth"),
    (cycle(), "depth"),
    (chain(9), "depth"),
    (doubling(4), "size"),
    ([np.zeros(1 << 17)] * 9, "size"),
    (["x" * (1 << 20)] * 3, "size"),
    ([0] * 300_000, "size"),
    (np.zeros(values.MAX_SIZE), "size"),
    (set(range(values.MAX_KEYS + 1)), "size"),
    (2**values.MAX_BITS, "digits"),
    (Color.RED, "subclass"),
    (Loud("x"), "subclass"),
    (np.ma.masked_array([1.0], [True]), "subclass"),
    (np.array([1j]), "dtype"),
    (np.array(["x"]), "dtype"),
    (np.array([None]), "dtype"),
    (np.complex128(1), "dtype"),
    (np.datetime64("2020-01-01"), "dtype"),
    (np.str_("x"), "dtype"),
    (object(), "object"),
    (1j, "object"),
    (Fraction(1, 2), "object"),
    (len, "object"),
    (lambda: 0, "object"),
    ((x for x in [1]), "object"),
    (range(3), "object"),
    (Path, "object"),
    (NotImplemented, "object"),
]


@pytest.mark.parametrize(("value", "why"), REFUSED, ids=lambda value: type(value).__name__)
def test_what_may_not_cross(value: Any, why: str) -> None:
    """What is not plain, too deep or too large is refused with the reason, at any place."""
    for place in (value, [value], (1, {"x": value})):
        with pytest.raises(values.NotPlain) as caught:
            values.pack([place])
        assert caught.value.why == why
        assert why in values.REASONS


@pytest.mark.parametrize(
    "value", [nested(8), [[[[[[[{"x": np.ones(2)}]]]]]]]], ids=["list", "array"]
)
def test_eight_levels_cross(value: Any) -> None:
    """A value that is nested in eight levels comes back."""
    assert str(there_and_back(value)) == str([value])


def test_one_object_comes_back_as_one() -> None:
    """What is passed twice is one object on the other side; what is equal is not."""
    row, array = [1], np.ones(2)
    values_ = there_and_back(row, [row, array], {"x": array, "y": row}, [1], np.ones(2))
    first, inside, table, equal, other = values_
    assert inside[0] is first
    assert table["y"] is first
    assert table["x"] is inside[1]
    assert equal is not first
    assert other is not inside[1]


def test_buffers_of_arrays_are_apart() -> None:
    """An array that is written to leaves the others as they are."""
    one, two, three = there_and_back(np.zeros(3, "b"), np.zeros(2), np.zeros(1))
    two[:] = 7
    assert not one.any()
    assert not three.any()


def test_objects_that_stay() -> None:
    """What stays in the worker crosses as its number, and where nobody knows it not at all."""
    thing = object()
    packed = values.pack([[thing, thing]], lambda value: ("Thing", 7) if value is thing else None)
    assert values.unpack(packed, lambda kind, number: (kind, number)) == [[("Thing", 7)] * 2]
    with pytest.raises(WireError):
        values.unpack(packed)


TERMS: list[Any] = [
    *([], [[]], [1], [None], {}, {"a": 1}, ["x"], ["ll", 1], ["L"], [True], [["l"]]),
    *(
        ["r"],
        ["r", 0],
        ["r", -1],
        ["r", "0"],
        ["r", True],
        ["r", 0.0],
        ["r", 0, 0],
        ["l", ["r", 0]],
    ),
    *(["d", 1], ["d", ["l"], 1], ["d", ["d"], 1], ["s", ["l"]], ["z", ["t", ["s"]]]),
    *(["s", ["a", "<f8", [0]]], ["d", ["t", ["l"]], 0]),
    *(["b"], ["b", 1], ["b", "0"], ["b", "zz"], ["b", "-00"], ["b", "00 00"], ["b", None]),
    *(["b", "\u0660\u0660"], ["i", "\u0661"], ["i", "1_0"], ["i", " 1"], ["i", "0x1"], ["i", ""]),
    *(["i", 1], ["i", "-"], ["i", "f" * 3600], ["i", ["f"]], ["i", "1", "2"]),
    *(["f", "1"], ["f", 1], ["f"], ["f", "Infinity"], ["f", ["nan"]], ["f", None]),
    *(["n", "<f8", "00"], ["n", "<f8", 1], ["n", "|b1", "02"], ["n", "|O8", "00" * 8]),
    *(["n", 1, "00"], ["n", "<U1", "00" * 4], ["n", "|b1"], ["n", "<f8", "00" * 9]),
    *(["a", "<f8", [1]], ["a", "<f8", [-1]], ["a", "<f8", 1], ["a", "<f8", [0] * 9]),
    *(["a", "<f8", [True]], ["a", "|O8", [0]], ["a", "<f8", [0, 10**30]], ["a", ["<f8"], [0]]),
    *(["a", "<f8", [2**62, 2**62]], ["a", "<f8", [0.0]], ["a", "<f8"], ["a", "f8", [0]]),
    *(["h", "Thing", 0], ["h", 1, "Thing"], ["h", "Thing"], 2**63, -(2**63) - 1, 10**4000),
    ["s", *(["i", f"{k * (2**61 - 1):x}"] for k in range(8, 40))],
    ["d", *itertools.chain(*((["i", f"{k * (2**61 - 1):x}"], 0) for k in range(8, 40)))],
    ["s", *range(values.MAX_KEYS + 1)],
]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: ascii(term)[:30])
def test_malformed_terms(term: Any) -> None:
    """A term that is not one raises WireError, wherever it stands."""
    for place in (term, ["l", term], ["t", ["d", 1, term]]):
        with pytest.raises(WireError):
            values.unpack([json.dumps([place]).encode(), b""])


@pytest.mark.parametrize(
    "buffers",
    [
        *([], [b""], [b"[]"], [b"[]", b"", b""], [b"[]", b"x"], [b"", b""], [b"{}", b""]),
        *([b"1", b""], [b"[NaN]", b""], [b"[Infinity]", b""], [b"[\xff]", b""], [b'["x]', b""]),
        *([b"[" * 60_000, b""], [b"[" + b"9" * 5000 + b"]", b""]),
        [b"[" + b" " * values.MAX_TEXT + b"]", b""],
        [b"[]", bytes(values.MAX_SIZE + 1)],
        [b'[["a","<f8",[1]]]', bytes(16)],
        [b'[["a","<f8",[2]]]', bytes(8)],
        [b'[["a","|b1",[2]]]', b"\x00\x02" + bytes(6)],
        [b'[["a","|u1",[2]]]', bytes(2)],
        [b'[["a","<f8",[1]],["a","<f8",[1]]]', bytes(8)],
    ],
    ids=lambda buffers: ascii(bytes(buffers[0][:20]) if buffers else b""),
)
def test_malformed_messages(buffers: list[bytes]) -> None:
    """Buffers that are no message, or hold more or less than it says, raise WireError."""
    with pytest.raises(WireError):
        values.unpack(buffers)


def references(levels: int) -> Any:
    """Return the term of a list with a list a hundred times, with …: few bytes, much to print."""
    term: list[Any] = ["l", *range(100)]
    for number in range(levels):
        term = ["l", term, *[["r", number]] * 99]
    return term


@pytest.mark.parametrize(
    "term",
    [
        references(4),
        ["l", ["l"], *(["l", ["r", number]] for number in range(9))],
        ["l", ["a", "<f8", [1 << 17]], *[["r", 0]] * 9],
    ],
    ids=["doubling", "chain", "array"],
)
def test_references_count_for_what_they_stand_for(term: Any) -> None:
    """A few bytes that stand for a large or deep value are refused."""
    elements = bytes(1 << 20) if term[1][0] == "a" else b""
    with pytest.raises(WireError):
        values.unpack([json.dumps([term]).encode(), elements])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.integers()
    | st.floats()
    | st.sampled_from([*"ltszdbifnarh", "nan", "00", "<f8", "|b1", "Thing"])
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.builds(
            lambda tag, rest: [tag, *rest], st.sampled_from("ltszdbifnarh"), st.lists(inner)
        )
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=12,
)


@pytest.mark.long
@settings(max_examples=1000)
@given(st.lists(JSON, max_size=3), st.binary(max_size=40))
def test_arbitrary_terms(terms: list[Any], elements: bytes) -> None:
    """Whatever JSON stands for values, they can be sent again or there is a WireError."""
    find: Callable[[str, int], Any] = lambda kind, number: (kind, number)  # noqa: E731
    try:
        got = values.unpack([json.dumps(terms).encode(), elements], find)
    except WireError:
        return
    assert alike(there_and_back(*got), got)


def test_ints_that_cross_can_be_printed() -> None:
    """An int of the most bits can be printed as Python prints it by itself."""
    assert len(str(2**values.MAX_BITS - 1)) <= 4300


@pytest.mark.parametrize("module", [values, measure, packing, unpacking, objects])
def test_nothing_is_unpickled(module: ModuleType) -> None:
    """The modules of values know no pickle, marshal, eval or numpy.load."""
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    for word in ("pickle", "marshal", "eval(", "exec(", "np.load", "literal_eval", "__import__"):
        assert word not in source.replace("Nothing is unpickled", "")
