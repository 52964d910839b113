"""Arrays as frames carry them; see `wire`. This module runs on both sides."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .numeric import is_array, np
from .wire import Buffer, Header, WireError

MAX_NDIM = 8
"""Dimensions that an array may have."""
DTYPES = frozenset("?bhilqBHILQefd")
"""Type characters of the arrays that may cross: booleans, integers and floats."""
BOOL = "|b1"
"""The name of the dtype of booleans."""

_NAMES = frozenset(
    f"{order}{each}" for order in "<>|" for each in "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split()
)
_dtypes: dict[str, "np.dtype[Any]"] = {}  # by name, of those that have come

if TYPE_CHECKING:
    Array = np.ndarray[Any, np.dtype[Any]]
else:
    Array = Any  # NumPy may not be here


def is_read_only(value: Any) -> bool:
    """Say whether it is an array that refuses to be written to."""
    return is_array(value) and not bool(value.flags.writeable)


def describe_array(array: Array, buffers: list[Buffer]) -> Header:
    """Append the elements of `array` to `buffers` and return its description.

    Args:
        array: exactly an `np.ndarray` (no subclass) with a dtype of `DTYPES`.
        buffers: the buffers of the frame that is being made.

    Returns:
        The description that `read_array` understands.
    """
    flat = np.ascontiguousarray(array).reshape(-1)
    buffers.append(flat.view(np.uint8).data if flat.size else b"")
    return {"array": len(buffers) - 1, "dtype": array.dtype.str, "shape": list(array.shape)}


def read_array(description: Any, buffers: Sequence[Buffer]) -> Array:
    """Return the array that `description` and `buffers` stand for, on the buffer itself.

    Raises:
        WireError: the description is not one, or does not fit its buffer.
    """
    if type(description) is not dict or set(description) != {"array", "dtype", "shape"}:
        raise WireError("not the description of an array")
    index, name, shape = description["array"], description["dtype"], description["shape"]
    if type(index) is not int or not 0 <= index < len(buffers):
        raise WireError("an array without its buffer")
    dtype = dtype_on_the_wire(name)
    check_shape(shape)
    if math.prod(shape) * dtype.itemsize != len(buffers[index]):
        raise WireError("an array that does not fit its buffer")
    try:
        array = np.frombuffer(buffers[index], dtype, count=math.prod(shape))
        return as_bool(array, name).reshape(shape)
    except ValueError as error:
        raise WireError("an array without a proper shape") from error


def dtype_on_the_wire(name: Any) -> "np.dtype[Any]":
    """Return the type of the elements that are sent for this dtype; booleans are bytes there."""
    return np.dtype("|u1") if name == BOOL else read_dtype(name)


def as_bool(array: Array, name: str) -> Array:
    """Return the booleans that bytes stand for: NumPy takes other bytes than 0 and 1 for either."""
    if name != BOOL:
        return array
    if array.size and array.max() > 1:
        raise WireError("neither True nor False")
    return array.view(np.bool_)


def read_dtype(name: Any) -> "np.dtype[Any]":
    """Return the dtype of numbers with this name; raise WireError unless it may cross."""
    dtype = _dtypes.get(name) if type(name) is str else None
    if dtype is None:
        if type(name) is not str or name not in _NAMES:
            raise WireError("an array of a type that may not cross")
        dtype = _dtypes[name] = np.dtype(name)
    return dtype


def check_shape(shape: Any) -> None:
    """Raise WireError unless `shape` is a list of lengths, as many as an array may have."""
    if type(shape) is not list or len(shape) > MAX_NDIM:
        raise WireError("an array without a proper shape")
    if any(type(length) is not int or length < 0 for length in shape):
        raise WireError("an array without a proper shape")


def lay_out(array: Array, layout: str) -> Array:
    """Return the same elements, laid out in memory as `layout` says.

    Args:
        array: of any dimension.
        layout: plain, fortran, strided or read-only.
    """
    if layout == "fortran":
        return array.copy(order="F")
    if layout == "strided":
        # Of many axes only the last two, as each that is spread doubles the memory.
        near = range(max(0, array.ndim - 2), array.ndim)
        for axis in near:
            array = array.repeat(2, axis=axis)
        each_second: Any = (..., *[slice(None, None, 2)] * len(near))
        array = array[each_second]
    if layout == "read-only":
        array = array.copy()
        array.setflags(write=False)
    return array


def refill(before: list[Any], arguments: list[Any]) -> list[Any]:
    """Return the arrays of an earlier call, which hold those of this one now.

    An array that does not fit into the one before is passed as it is.
    """
    for position, (old, new) in enumerate(zip(before, arguments, strict=False)):
        alike = is_array(old) and is_array(new)
        if alike and old.flags.writeable and (old.shape, old.dtype) == (new.shape, new.dtype):
            np.copyto(old, new)
            arguments[position] = old
    return arguments


def differs(now: Array, then: Array) -> bool:
    """Say whether an array has another shape, dtype or other elements than its copy."""
    kept = now.shape == then.shape and now.dtype == then.dtype
    return not kept or now.tobytes() != then.tobytes()
