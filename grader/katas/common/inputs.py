"""Inputs for the cases of attention.

The scores that an input leads to are what matters, so each maker says what they are.
"""

import numpy as np

from grader.worker.arrays import Array

Inputs = tuple[Array, Array, Array]
HeadsCall = tuple[Array, Array, Array, int]
"""Q, K, V of shape (seq_len, d_model) and the number of heads."""


def draw(rng: np.random.Generator, seq_len: int, width: int, spread: float = 1.0) -> Inputs:
    """Return independent Q, K, V of shape (seq_len, width); scores of a few `spread`²."""
    Q, K, V = (rng.standard_normal((seq_len, width)) for _ in range(3))
    return spread * Q, spread * K, V


def bounded(rng: np.random.Generator, seq_len: int, width: int, top: float) -> Inputs:
    """Return independent Q, K, V for which it does not depend on the draw what shows.

    The largest magnitude of a scaled score is exactly `top`, and in each row the score of the
    largest magnitude is positive: whether a clip or an epsilon shows is not left to chance.
    The values have magnitudes from a half to one, so that small errors show in each column.
    """
    return heads(rng, seq_len, width, 1, top)


def heads(rng: np.random.Generator, seq_len: int, d_model: int, n_heads: int, top: float) -> Inputs:
    """Return Q, K, V of shape (seq_len, d_model), each head of which is as `bounded` has it."""
    d_k = d_model // n_heads
    Q, K = rng.standard_normal((2, n_heads, seq_len, d_k))
    scores = Q @ K.transpose(0, 2, 1)
    high, low = scores.max(axis=2), -scores.min(axis=2)
    largest = np.maximum(high, low).max(axis=1)
    factors = np.where(high < low, -1, 1) * (top * np.sqrt(d_k) / largest)[:, None]
    Q *= factors[:, :, None]
    V = rng.uniform(-0.5, 0.5, (seq_len, d_model))
    Q, K = (array.transpose(1, 0, 2).reshape(seq_len, d_model) for array in (Q, K))
    return Q, K, V + np.copysign(0.5, V)


def side_by_side(*heads: Inputs) -> Inputs:
    """Return the Q, K, V whose heads are `heads`, in this order."""
    Q, K, V = (np.concatenate(parts, axis=1) for parts in zip(*heads, strict=True))
    return Q, K, V


def offset(rng: np.random.Generator, seq_len: int, width: int, offsets: Array) -> Inputs:
    """Return Q, K, V whose unscaled scores are `offsets`[row] plus some noise.

    The noise, about 1 between the keys of a row, decides the weights: no row is one-hot,
    and subtracting a row's own maximum leaves them as they would be without the offset.

    Args:
        rng: where the noise comes from.
        seq_len: number of tokens.
        width: number of features, at least 2.
        offsets: shape (seq_len,).
    """
    direction = rng.standard_normal(width)
    direction /= np.linalg.norm(direction)
    far = np.abs(offsets).max()
    noise = rng.standard_normal((2, seq_len, width))
    along = noise @ direction
    Q_noise, K_noise = noise - along[..., None] * direction
    Q = (offsets / far)[:, None] * direction + Q_noise
    K = far * direction + K_noise
    return Q, K, rng.standard_normal((seq_len, width))


def first_far_below(rng: np.random.Generator, seq_len: int, width: int) -> Inputs:
    """Return Q, K, V where the scores of the first key are some 1000 below those of the rest."""
    Q, K, V = rng.standard_normal((3, seq_len, width))
    Q[:, 0] = rng.uniform(0.5, 1.0, seq_len)
    K[0, 0] = -1_400.0 * np.sqrt(width)
    return Q, K, V


def integers(
    rng: np.random.Generator, seq_len: int, width: int, dtype: type, most: int = 2
) -> Inputs:
    """Return Q, K, V of small integers; those of K have magnitudes up to `most`, one key none."""
    Q, K, V = rng.integers(-2, 3, (3, seq_len, width)).astype(dtype)
    K[1] = 0
    return Q, K.clip(-most, most), (5 * V + 1).astype(dtype)


def with_other_ends(inputs: Inputs, others: Inputs) -> list[Inputs]:
    """Return the inputs with another first token, and with another last one."""
    changed = []
    for token in (0, len(inputs[0]) - 1):
        Q, K, V = (array.copy() for array in inputs)
        for array, other in zip((Q, K, V), others, strict=True):
            array[token] = other[token]
        changed.append((Q, K, V))
    return changed


def twins(inputs: Inputs) -> tuple[Inputs, Inputs]:
    """Return two inputs that neither shapes nor sums nor extremes tell apart."""
    Q, K, V = map(coarse, inputs)
    return (Q, K, V), (turned(Q), turned(K), turned(V))


def basis(rng: np.random.Generator, width: int) -> Array:
    """Return an orthogonal matrix: from a weighted sum of its rows the weights can be told."""
    normal = rng.standard_normal(width)
    mirror: Array = np.eye(width) - 2 / (normal @ normal) * np.outer(normal, normal)
    return mirror


def coarse(array: Array) -> Array:
    """Return the array to a 64th: a sum of such numbers is exact, whatever their order."""
    rounded: Array = np.round(64 * array) / 64
    return rounded


def turned(array: Array) -> Array:
    """Return the same numbers back to front, in rows and in columns."""
    return np.ascontiguousarray(array[::-1, ::-1])


def largest_of(inputs: Inputs) -> Array:
    """Return the largest magnitude in each column of V, shape (columns,)."""
    largest: Array = np.abs(inputs[2]).max(axis=0).astype(np.float64)
    return largest


def to_float64(inputs: Inputs) -> Inputs:
    """Return the inputs in double precision."""
    Q, K, V = (array.astype(np.float64) for array in inputs)
    return Q, K, V
