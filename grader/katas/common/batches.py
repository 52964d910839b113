"""Inputs in batches: Q, K, V of shape (batch, heads, seq_len, d_k), layers, and masks for them."""

from typing import Any, NamedTuple

import numpy as np

from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

Size = tuple[int, int, int, int]
"""(batch, heads, seq_len, d_k)."""


class Layer(NamedTuple):
    """What a layer of heads is called with, but for a mask."""

    X: Array
    W_q: Array
    W_k: Array
    W_v: Array
    W_o: Array
    n_heads: int

    @property
    def errors(self) -> Array:
        """By what errors of the output are measured, shape (batch, 1, d_model)."""
        X, W_v, W_o = (np.abs(array.astype(np.float64)) for array in (self.X, self.W_v, self.W_o))
        largest: Array = (X @ W_v).max(axis=1, keepdims=True) @ W_o
        return largest

    def as_type(self, dtype: type[np.floating[Any]]) -> "Layer":
        """Return the same with arrays of a dtype."""
        X, W_q, W_k, W_v, W_o = (array.astype(dtype) for array in self[:5])
        return Layer(X, W_q, W_k, W_v, W_o, self.n_heads)


def bounded(rng: np.random.Generator, size: Size, top: float) -> Inputs:
    """Return Q, K, V; in each head the largest magnitude of a scaled score is exactly `top`.

    The values have magnitudes from a half to one, so that small errors show in each column.
    """
    Q, K = rng.standard_normal((2, *size))
    scores = Q @ K.swapaxes(-1, -2)
    largest = np.abs(scores).max(axis=(-2, -1), keepdims=True)
    V = rng.uniform(-0.5, 0.5, size)
    return Q * (top * np.sqrt(size[-1]) / largest), K, V + np.copysign(0.5, V)


def offset(rng: np.random.Generator, size: Size, rows: Array) -> Inputs:
    """Return Q, K, V whose scaled scores are `rows`[row] plus noise of about 1.

    Args:
        rng: where the noise comes from.
        size: with at least 2 features.
        rows: what broadcasts to (batch, heads, seq_len).
    """
    rows = np.broadcast_to(rows, size[:3]).astype(np.float64)
    far = max(1.0, float(np.abs(rows).max()))
    scale = float(np.sqrt(far * np.sqrt(size[-1])))
    Q, K = rng.standard_normal((2, *size)) / size[-1] ** 0.25
    Q[..., 0], K[..., 0] = rows / far * scale, scale + rng.standard_normal(size[:3]) / scale
    return Q, K, rng.standard_normal(size)


def spread(rng: np.random.Generator, size: Size, keys: Array) -> Inputs:
    """Return Q, K, V whose scaled scores are `keys`[key] plus noise of about 1; as `offset`."""
    Q, K, V = offset(rng, size, keys)
    return K, Q, V


def layer(rng: np.random.Generator, batch: int, seq_len: int, d_model: int, n_heads: int) -> Layer:
    """Return what a layer is called with; the scores in its heads are of a few units."""
    X = rng.standard_normal((batch, seq_len, d_model))
    W_q, W_k, W_v, W_o = rng.standard_normal((4, d_model, d_model)) / np.sqrt(d_model)
    return Layer(X, 1.5 * W_q, 1.5 * W_k, W_v, W_o, n_heads)


def mask(rng: np.random.Generator, *shape: int) -> Array:
    """Return a mask in each of whose rows some keys are shown and, if it has several, some not."""
    shown = rng.random(shape) < 0.5
    order = np.argsort(rng.random(shape), axis=-1)
    np.put_along_axis(shown, order[..., -1:], values=False, axis=-1)
    np.put_along_axis(shown, order[..., :1], values=True, axis=-1)
    return shown


def masks(rng: np.random.Generator, size: Size) -> list[Array]:
    """Return masks of every shape that means something for Q, K, V of a size; no row is empty."""
    batch, heads, n, _ = size
    shapes = (
        *((n, n), (1, n), (1, n, n), (heads, 1, n), (heads, n, n), (1, 1, n, n), (1, 1, 1, n)),
        *((batch, 1, 1, n), (batch, 1, n, n), (1, heads, 1, n), (1, heads, n, n)),
        *((batch, heads, 1, n), (batch, heads, n, n)),
    )
    return [mask(rng, *shape) for shape in shapes]


def causal(seq_len: int) -> Array:
    """Return the mask of a decoder."""
    return np.tri(seq_len, dtype=bool)


def errors(inputs: Inputs) -> Array:
    """Return by what errors of the output are measured, shape (batch, heads, 1, d_k)."""
    largest: Array = np.abs(inputs[2].astype(np.float64)).max(axis=-2, keepdims=True)
    return largest
