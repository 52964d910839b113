"""The frames that cross between the trusted side and a worker.

A frame is, little-endian: u32 length of the header, u32 number of buffers, one u64
length per buffer, the header (a JSON object in UTF-8), then the buffers, raw. An array
is described in the header by its dtype, its shape and the index of its buffer, which
holds its elements in C order (see `arrays`). Both lengths are held against a cap before anything is
allocated, and nothing is ever unpickled.

This module runs on both sides and imports neither anything of ours nor NumPy, which loads
while the jail starts.
"""

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

MAX_HEADER = 64 * 1024
"""Bytes that a header may have."""
MAX_BUFFERS = 16
"""Buffers that a frame may have."""
MAX_PAYLOAD = 16 * 1024 * 1024
"""Bytes that all buffers of a frame may have together."""
MAX_ANSWER = 1024 * 1024
"""Bytes that the arrays of an answer may have together: many times what any case asks for."""
LOCKED = 0
"""The id of a worker's first two replies: limits are set, and it is locked down."""
MAX_PACKET = 64 * 1024
"""Bytes of an order to the zygote, and of its answer."""

_COUNTS = struct.Struct("<II")

Header = dict[str, Any]
Buffer = bytes | bytearray | memoryview
ReadExactly = Callable[[int], bytearray]


class WireError(Exception):
    """The other side broke the protocol."""


def pack(header: Header, buffers: Sequence[Buffer] = ()) -> bytes:
    """Return the frame of `header` and `buffers`.

    Raises:
        WireError: the frame would be over a cap, or the header is not strict JSON.
    """
    try:
        text = _ENCODER.encode(header).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise WireError("a header that is not JSON") from error
    sizes = [len(buffer) for buffer in buffers]
    _check_sizes(len(text), len(sizes), sum(sizes))
    counts = _COUNTS.pack(len(text), len(sizes))
    return b"".join((counts, struct.pack(f"<{len(sizes)}Q", *sizes), text, *buffers))


def unpack(read_exactly: ReadExactly, most: int = MAX_PAYLOAD) -> tuple[Header, list[bytearray]]:
    """Read one frame.

    Args:
        read_exactly: returns the next n bytes, or raises.
        most: bytes that all its buffers may have together.

    Raises:
        WireError: what was read is not a frame, or one over a cap.
    """
    header_size, count = _COUNTS.unpack(read_exactly(_COUNTS.size))
    _check_sizes(header_size, count, 0)
    sizes = struct.unpack(f"<{count}Q", read_exactly(8 * count))
    _check_sizes(header_size, count, sum(sizes), most)
    try:
        text = read_exactly(header_size).decode()
        header, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise WireError("a header that is not JSON") from error
    if type(header) is not dict or end != len(text):
        raise WireError("a header that is not an object")
    return header, [read_exactly(size) for size in sizes]


def _check_sizes(header: int, count: int, payload: int, most: int = MAX_PAYLOAD) -> None:
    if header > MAX_HEADER or count > MAX_BUFFERS or payload > most:
        raise WireError("a frame that is too large")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
