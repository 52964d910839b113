"""Other inputs than those that the cases used, near them first."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.worker.arrays import Array

_MOST_TEXT = 200  # characters of a text that is made longer
_ELEMENTS = 3  # of a list whose elements are varied


def variations(args: Sequence[Any], rng: np.random.Generator) -> Iterator[list[Any]]:
    """Yield lists of arguments, each different from these in one way.

    Args:
        args: plain values; others stay as they are.
        rng: where numbers are drawn from.
    """
    arrays = [at for at, arg in enumerate(args) if isinstance(arg, np.ndarray)]
    if len(arrays) > 1:
        for change in _OF_ARRAYS:
            yield [change(arg, rng) if at in arrays else arg for at, arg in enumerate(args)]
    for at, arg in enumerate(args):
        for other in vary(arg, rng):
            yield [*args[:at], other, *args[at + 1 :]]


def vary(value: Any, rng: np.random.Generator, depth: int = 0) -> Iterator[Any]:
    """Yield values of the same kind that differ from this one."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from dict.fromkeys((value - 1, value + 1, 0, 1, -value, 2 * value, 10 * value + 7))
    elif isinstance(value, float):
        yield from (0.0, 1.0, -value, value + 1, value - 1, value * 1.5, value * 1e3, 0.5)
    elif isinstance(value, str):
        yield from _of_text(value)
    elif isinstance(value, bytes):
        yield from (value[1:], value[:-1], b"", value + value)
    elif isinstance(value, np.ndarray):
        yield from (change(value, rng) for change in _OF_ARRAYS)
    elif isinstance(value, list | tuple):
        yield from _of_sequence(value, rng, depth)
    elif isinstance(value, set | frozenset):
        kind = type(value)
        for one in list(value)[:_ELEMENTS]:
            yield kind(value - {one})
            yield from (kind((value - {one}) | {other}) for other in vary(one, rng, depth + 1))
        yield kind()
    elif isinstance(value, dict):
        yield {}
        for key in list(value)[:_ELEMENTS]:
            yield {name: each for name, each in value.items() if name != key}
            yield from ({**value, key: other} for other in vary(value[key], rng, depth + 1))


def _of_text(value: str) -> Iterator[str]:
    yield from (value[1:], value[:-1], "", value.swapcase(), value.upper(), value.lower())
    yield from (f" {value} ", value[::-1], f"{value}{value}"[:_MOST_TEXT])
    yield from (f"{value}{end}" for end in ("a", "Z", "0", "9", "?", " ", "-", "é", value[-1:]))
    for at in range(min(len(value), 2 * _ELEMENTS)):
        yield from (f"{value[:at]}{one}{value[at + 1 :]}" for one in ("z", "A", "1", " "))
        yield value[:at] + value[at : at + 1] * 2 + value[at + 1 :]
        yield value[: at + 1] + value[at + 2 :]


def _of_sequence(value: Any, rng: np.random.Generator, depth: int) -> Iterator[Any]:
    kind = type(value)
    if kind not in (list, tuple):
        return  # what else it may promise is not known
    yield from (value[1:], value[:-1], kind(), value[::-1], value[:1], value[-1:])
    if value:
        yield from (value + value[-1:], value[:1] + value, value + value[:1], value + value)
        yield kind(value[at] for at in rng.permutation(len(value)))
    if depth < _ELEMENTS:
        places = dict.fromkeys([*range(min(len(value), _ELEMENTS)), len(value) - 1])
        for at in places if value else ():
            for other in vary(value[at], rng, depth + 1):
                yield kind([*value[:at], other, *value[at + 1 :]])


def _drawn(array: Array, rng: np.random.Generator) -> Array:
    if not np.issubdtype(array.dtype, np.floating):
        return rng.permuted(array)
    return np.asarray(rng.standard_normal(array.shape), array.dtype)


def _spread(array: Array, rng: np.random.Generator) -> Array:
    """Make rows of very different sizes."""
    if not np.issubdtype(array.dtype, np.floating) or not array.ndim:
        return array
    sizes = np.resize([1.0, 1e3, -1e3], len(array)).reshape(-1, *[1] * (array.ndim - 1))
    return np.asarray(array + sizes, array.dtype)


def _repeated(axis: int) -> Callable[[Array, np.random.Generator], Array]:
    return lambda array, rng: (
        np.concatenate([array, _drawn(array, rng)], axis) if array.ndim > axis else array
    )


def _first(axis: int, count: int) -> Callable[[Array, np.random.Generator], Array]:
    def cut(array: Array, _: np.random.Generator) -> Array:
        return array if array.ndim <= axis else np.take(array, range(count), axis, mode="clip")

    return cut


def _shorter(axis: int) -> Callable[[Array, np.random.Generator], Array]:
    return lambda array, _: (
        np.delete(array, -1, axis) if array.ndim > axis and array.shape[axis] else array
    )


_OF_ARRAYS: tuple[Callable[[Array, np.random.Generator], Array], ...] = (
    lambda array, rng: _drawn(array, rng),
    lambda array, _: -array,
    lambda array, rng: (_drawn(array, rng) * 100).astype(array.dtype),
    lambda array, _: array + array.dtype.type(1000),
    _spread,
    lambda array, _: np.zeros_like(array),
    lambda array, _: np.ones_like(array),
    lambda array, _: np.round(array),
    _first(0, 1),
    _first(0, 2),
    _first(1, 1),
    _first(1, 2),
    _shorter(0),
    _shorter(1),
    _repeated(0),
    _repeated(1),
    lambda array, _: array.T.copy(),
    lambda array, _: array[::-1].copy() if array.ndim else array,
    lambda array, _: array.astype(np.float32),
)
