"""Tokens one at a time: queries, keys and values of shape (tokens, heads, d_k)."""

import numpy as np

from grader.katas.common import batches
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array


def bounded(rng: np.random.Generator, n: int, heads: int, d_k: int, top: float) -> Inputs:
    """Return the q, k, v of n tokens; in each head the largest scaled score is `top`."""
    return by_token(batches.bounded(rng, (1, heads, n, d_k), top))


def offset(rng: np.random.Generator, n: int, heads: int, d_k: int, rows: Array) -> Inputs:
    """Return the q, k, v of n tokens whose scores are `rows`, of (heads, tokens), plus noise."""
    return by_token(batches.offset(rng, (1, heads, n, d_k), rows))


def spread(rng: np.random.Generator, n: int, heads: int, d_k: int, keys: Array) -> Inputs:
    """Return the q, k, v of n tokens; each query has the scores `keys`, plus noise, with them."""
    return by_token(batches.spread(rng, (1, heads, n, d_k), keys))


def by_token(inputs: Inputs) -> Inputs:
    """Return what one sequence of a batch holds, token by token."""
    q, k, v = (np.ascontiguousarray(array[0].swapaxes(0, 1)) for array in inputs)
    return q, k, v


def attended(q: Array, keys: Array, values: Array) -> Array:
    """Return what one query, of shape (heads, d_k), makes of the tokens so far."""
    q, keys, values = (array.astype(np.float64) for array in (q, keys, values))
    if not len(keys):
        return np.zeros(q.shape)
    scores = (keys * q).sum(axis=-1) / np.sqrt(q.shape[-1])  # (tokens, heads)
    exponents = np.exp(scores - scores.max(axis=0))
    weights = exponents / exponents.sum(axis=0)
    output: Array = (weights[:, :, None] * values).sum(axis=0)
    return output
