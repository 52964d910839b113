"""The wire: what is packed comes back, and whatever else comes is refused, not believed."""

import io
import json
import struct
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.worker import arrays, wire
from grader.worker.wire import WireError


class EndOfStream(Exception):
    """There are no more bytes."""


def reader(frame: bytes, largest: list[int] | None = None) -> Callable[[int], bytearray]:
    """Return a `read_exactly` over `frame`, which notes the largest number asked for."""
    stream = io.BytesIO(frame)

    def read_exactly(count: int) -> bytearray:
        if largest is not None:
            largest.append(count)
        data = stream.read(count)
        if len(data) < count:
            raise EndOfStream
        return bytearray(data)

    return read_exactly


def frame(header: bytes, *buffers: bytes, sizes: list[int] | None = None, count: int = -1) -> bytes:
    """Return a frame made by hand."""
    lengths = [len(buffer) for buffer in buffers] if sizes is None else sizes
    counts = struct.pack("<II", len(header), len(lengths) if count < 0 else count)
    return counts + struct.pack(f"<{len(lengths)}Q", *lengths) + header + b"".join(buffers)


def there_and_back(array: arrays.Array) -> arrays.Array:
    """Send an array over the wire."""
    buffers: list[wire.Buffer] = []
    described = arrays.describe_array(array, buffers)
    header, received = wire.unpack(reader(wire.pack({"result": described}, buffers)))
    return arrays.read_array(header["result"], received)


DTYPES = sorted(arrays.DTYPES)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("char", DTYPES)
def test_every_dtype_comes_back(char: str, order: Literal["<", ">"]) -> None:
    """Arrays of each type that may cross come back with type, shape and elements."""
    array = np.arange(12).reshape(3, 4).astype(np.dtype(char).newbyteorder(order))
    got = there_and_back(array)
    assert type(got) is np.ndarray
    assert got.dtype == array.dtype
    np.testing.assert_array_equal(got, array)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(()),
        np.zeros(0),
        np.zeros((0, 3)),
        np.zeros((3, 0, 2)),
        np.ones((1,) * arrays.MAX_NDIM),
        np.arange(6.0).reshape(2, 3).T,
        np.arange(20.0).reshape(4, 5)[::2, ::-2],
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.broadcast_to(np.float64(7), (2, 3)),
        np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    ],
    ids=lambda array: str(array.shape),
)
def test_every_layout_comes_back(array: arrays.Array) -> None:
    """Arrays without axes, without elements, transposed, strided, with NaN come back bit by bit."""
    got = there_and_back(array)
    assert got.shape == array.shape
    assert got.tobytes() == array.tobytes()


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, width=32)
            | st.text(),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=5,
        ),
        max_size=4,
    ),
    st.lists(st.binary(max_size=50), max_size=wire.MAX_BUFFERS),
)
def test_frames_come_back(header: dict[str, Any], buffers: list[bytes]) -> None:
    """A header of JSON's types and its buffers come back as they were."""
    if any(value in (float("inf"), float("-inf")) for value in header.values()):
        return
    try:
        packed = wire.pack(header, buffers)
    except WireError:
        assert "Infinity" in json.dumps(header) or "\\ud" in json.dumps(header)
        return
    got, received = wire.unpack(reader(packed))
    assert got == header
    assert received == buffers


@given(st.binary(max_size=300))
@example(b"")
@example(b"\0" * 8)
@example(b"\xff" * 8)
@example(frame(b"{}"))
@example(frame(b"[]"))
@example(frame(b'{"a": NaN}'))
@example(frame(b"\xff\xfe{\0}\0"))
@example(frame(b"[" * 60_000))
@example(frame(b'{"a":' + b"9" * 5_000 + b"}"))
@example(frame(b"{}", sizes=[2**64 - 1, 2**64 - 1]))
@example(frame(b"{}", sizes=[wire.MAX_PAYLOAD + 1]))
@example(frame(b"{}", sizes=[1] * (wire.MAX_BUFFERS + 1)))
@example(frame(b"{}", count=2**32 - 1))
def test_arbitrary_bytes(data: bytes) -> None:
    """Whatever bytes arrive, unpack returns a header, waits for more, or raises WireError."""
    try:
        header, buffers = wire.unpack(reader(data))
    except (WireError, EndOfStream):
        return
    assert type(header) is dict
    assert all(type(buffer) is bytearray for buffer in buffers)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 2**64 - 1), max_size=20),
)
def test_nothing_is_read_beyond_a_cap(header: int, count: int, sizes: list[int]) -> None:
    """No more bytes are ever asked for than the caps allow, whatever a frame announces."""
    asked: list[int] = []
    data = struct.pack("<II", header, count) + struct.pack(f"<{len(sizes)}Q", *sizes)
    with pytest.raises((WireError, EndOfStream)):
        wire.unpack(reader(data, asked))
    caps = (8, 8 * wire.MAX_BUFFERS, wire.MAX_HEADER, wire.MAX_PAYLOAD)
    assert max(asked) <= max(caps)
    assert sum(asked) <= sum(caps)


@pytest.mark.parametrize(
    "data",
    [
        frame(b"x" * (wire.MAX_HEADER + 1)),
        frame(b"{}", sizes=[wire.MAX_PAYLOAD, 1]),
        frame(b"{}", sizes=[0] * (wire.MAX_BUFFERS + 1)),
        frame(b""),
        frame(b"null"),
        frame(b"3"),
        frame(b'"text"'),
        frame(b'{"a": Infinity}'),
        frame(b"{'a': 1}"),
        frame(b"{} {}"),
        frame(b"\x80\x81"),
        frame(b"\0" * 4),
        frame(b"[" * 50_000),
    ],
)
def test_malformed_frames(data: bytes) -> None:
    """A frame over a cap, or whose header is not a JSON object, raises WireError."""
    with pytest.raises(WireError):
        wire.unpack(reader(data))


@pytest.mark.parametrize(
    ("header", "buffers"),
    [
        ({"a": float("nan")}, []),
        ({"a": float("inf")}, []),
        ({"a": object()}, []),
        ({"a": b"bytes"}, []),
        ({"a": "x" * wire.MAX_HEADER}, []),
        ({}, [b""] * (wire.MAX_BUFFERS + 1)),
        ({}, [bytes(wire.MAX_PAYLOAD), b"x"]),
    ],
    ids=["nan", "inf", "object", "bytes", "header", "buffers", "payload"],
)
def test_what_cannot_be_packed(header: dict[str, Any], buffers: list[bytes]) -> None:
    """A frame that the other side would refuse is not made in the first place."""
    with pytest.raises(WireError):
        wire.pack(header, buffers)


def test_header_that_refers_to_itself() -> None:
    """A header without an end raises WireError."""
    header: dict[str, Any] = {}
    header["a"] = header
    with pytest.raises(WireError):
        wire.pack(header)


def description(**changes: object) -> dict[str, object]:
    """Return the description of a 2-by-3 array of doubles, changed."""
    return {"array": 0, "dtype": "<f8", "shape": [2, 3], **changes}


BUFFER = [bytearray(48)]


def test_description_is_right_unless_changed() -> None:
    """The description that the next tests spoil is one of an array."""
    assert arrays.read_array(description(), BUFFER).shape == (2, 3)


INDICES: list[object] = [1, -1, None, "0", 0.0, True, [0], 2**70]
TYPES: list[object] = [
    *"|O8 <O8 >O8 <c8 <V8 |V8 |S8 <U2 <M8 <m8 f8 d float64 object <f3 <f0 <x8 <i3 |b8 2f8".split(),
    *("", "<f8\0", "\0f8", ",f8", "f8,", "(f8", "(f,", ")f,", " f,", "\0f,", "<f\0", "<f\ud800"),
    *(None, 3, ["<f8"], {"names": ["a"], "formats": ["O"]}),
]
SHAPES: list[object] = [
    *(None, 6, "23", {}, [6.0, 1], [True, 6], ["2", 3], [2, 3, None], [[2, 3]]),
    *([-2, -3], [2, 4], [7], [], [0], [2**62, 2**62], [10**30], [*[1] * 7, 2, 3]),
]
SPOILED: list[object] = [
    *(None, [], "array", {}, {"array": 0, "dtype": "<f8"}, description(extra=1)),
    *(description(array=value) for value in INDICES),
    *(description(dtype=value) for value in TYPES),
    *(description(shape=value) for value in SHAPES),
]


@pytest.mark.parametrize("spoiled", SPOILED, ids=ascii)
def test_malformed_descriptions(spoiled: object) -> None:
    """A description that is not one, or does not fit its buffer, raises WireError."""
    with pytest.raises(WireError):
        arrays.read_array(spoiled, BUFFER)


@pytest.mark.parametrize("shape", [[0, 10**30], [10**30, 0], [0, 2**63], [2**40, 0, 2**40]])
def test_shapes_without_elements_have_bounds_too(shape: list[int]) -> None:
    """An empty array with an axis that no array can have raises WireError."""
    with pytest.raises(WireError):
        arrays.read_array(description(shape=shape), [b""])


def test_what_is_no_boolean() -> None:
    """Bytes that are neither 0 nor 1 are no booleans: NumPy would take them for either."""
    about = description(dtype="|b1", shape=[3])
    assert arrays.read_array(about, [b"\x00\x01\x01"]).tolist() == [False, True, True]
    with pytest.raises(WireError):
        arrays.read_array(about, [b"\x00\x01\x02"])


@given(st.text(st.characters(max_codepoint=0x17F), min_size=3, max_size=3))
@example(",f8")
@example("(f,")
@example("1f8")
def test_arbitrary_dtypes(name: str) -> None:
    """Whatever is given as a type, it is one of those that may cross or raises WireError."""
    try:
        array = arrays.read_array(description(dtype=name, shape=[1]), [bytearray(8)])
    except WireError:
        return
    assert array.dtype.char in arrays.DTYPES
    assert array.dtype.hasobject is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(
    st.fixed_dictionaries(
        {
            "array": JSON | st.integers(-2, 3),
            "dtype": JSON
            | st.sampled_from(["<f8", "|b1", "<i4", ">f4", "<f2", "|u1", "|O8", ",f8"]),
            "shape": JSON | st.lists(st.integers(-1, 9), max_size=10),
        }
    )
    | JSON,
    st.lists(st.binary(max_size=64), max_size=3),
)
def test_arbitrary_descriptions(given_description: object, buffers: list[bytes]) -> None:
    """Whatever JSON describes an array, read_array returns one that fits or raises WireError."""
    try:
        array = arrays.read_array(given_description, buffers)
    except WireError:
        return
    assert type(array) is np.ndarray
    assert array.dtype.char in arrays.DTYPES
    assert array.nbytes in [len(buffer) for buffer in buffers]


def test_nothing_is_unpickled() -> None:
    """The module of the wire knows no pickle, marshal, eval or numpy.load."""
    with open(wire.__file__, encoding="utf-8") as file:
        source = file.read()
    for word in ("import pickle", "marshal", "eval(", "exec(", "np.load", "allow_pickle"):
        assert word not in source
