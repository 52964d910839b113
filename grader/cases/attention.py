"""Inputs for the cases of attention.

The scores that an input leads to are what matters, so each maker says what they are.
"""

import numpy as np

from grader.worker.arrays import Array

Inputs = tuple[Array, Array, Array]


def draw(rng: np.random.Generator, seq_len: int, width: int, spread: float = 1.0) -> Inputs:
    """Return independent Q, K, V of shape (seq_len, width); scores of a few `spread`²."""
    Q, K, V = (rng.standard_normal((seq_len, width)) for _ in range(3))
    return spread * Q, spread * K, V


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


def integers(rng: np.random.Generator, seq_len: int, width: int, dtype: type) -> Inputs:
    """Return Q, K, V of small integers."""
    Q, K, V = rng.integers(-2, 3, (3, seq_len, width)).astype(dtype)
    return Q, K, (5 * V + 1).astype(dtype)


def twins(rng: np.random.Generator, seq_len: int, width: int) -> tuple[Inputs, Inputs]:
    """Return two inputs that neither shapes nor sums nor extremes tell apart."""
    Q, K, V = map(coarse, draw(rng, seq_len, width))
    return (Q, K, V), (turned(Q), turned(K), turned(V))


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
