"""Weights made visible: a learner's matrix of weights beside the right one.

With the identity as the values the output of one head is its matrix of weights. Queries and keys
are public and always the same.
"""

import math

import numpy as np

from grader.report.model import Number, Picture
from grader.worker.arrays import Array

TOKENS = ("the", "cat", "saw", "itself")
HEADS = 2
_NEAR = 1e-3  # up to which two weights look the same
_DIGITS = 6

# Two heads of four features. In head 0 `itself` looks for `cat`; in head 1 each looks ahead.
Q = np.array(
    [
        [1.0, 0.0, 0.5, 0.0, 0.0, 2.5, 0.0, 0.0],
        [0.5, 2.0, 0.0, 0.5, 0.0, 0.0, 2.5, 0.0],
        [0.0, 2.5, 1.0, 1.0, 0.5, 0.0, 0.0, 2.5],
        [0.0, 3.0, 0.0, 1.5, 2.5, 0.0, 0.5, 0.0],
    ]
)
K = np.array(
    [
        [1.0, 0.0, 0.0, 0.0, 1.5, 0.0, 0.0, 0.5],
        [0.0, 2.0, 0.5, 0.0, 0.0, 1.5, 0.0, 0.0],
        [0.0, 0.5, 1.5, 0.0, 0.5, 0.0, 1.5, 0.0],
        [0.0, 0.5, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0],
    ]
)
V = np.tile(np.eye(len(TOKENS)), HEADS)
MIXED = np.triu(np.full((len(TOKENS), len(TOKENS)), 2.0))
"""Values that no other product but that with the weights gives the same for."""


def alike(seen: Array, right: Array) -> bool:
    """Say whether two matrices of weights look the same."""
    with np.errstate(invalid="ignore"):
        return bool((np.abs(seen - right) <= _NEAR).all())  # nan is like nothing


def are_weights(seen: Array) -> bool:
    """Say whether a matrix may be one of weights: no entry is negative, and each row sums to 1."""
    with np.errstate(invalid="ignore", over="ignore"):
        return bool((seen >= -_NEAR).all() and (np.abs(seen.sum(axis=-1) - 1) <= _NEAR).all())


def weigh(seen: Array, values: Array, other: Array | None) -> bool:
    """Say whether other values come back weighted by what came back for the identity.

    Of a row that holds infinity or nan there is no saying.
    """
    if other is None:
        return False
    told = np.isfinite(seen).all(axis=-1)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.allclose(other[told], (seen @ values)[told], atol=_NEAR)


def show_weights(seen: Array, other: Array | None) -> bool:
    """Say whether what came back for the identity as the values are weights, right or wrong.

    What is added to the values that are weighted leaves an identity beside the weights.

    Args:
        seen: what came back, for one head or for several.
        other: what came back for `MIXED` in place of the identity.
    """
    identity = np.eye(seen.shape[-1])
    return weigh(seen, MIXED, other) and (are_weights(seen) or not are_weights(seen - identity))


def drawing(
    function: str,
    right: Array,
    seen: Array,
    *,
    head: int | None = None,
    whose: str = "",
    what: str = "weights",
    under: str = "",
    by: str = "",
) -> Picture:
    """Return a picture of weights.

    Args:
        function: of which they are.
        right: what they should be.
        seen: what they are.
        head: in which head, if there are several.
        whose: in whose hands they are, if that is more than the function's name.
        what: what the numbers are.
        under: under what they came about: " under a causal mask".
        by: what has the caption say by which output it is drawn: ", by the output of f".
    """
    whose = whose or (function if head is None else f"head {head} of {function}")
    inside = "" if head is None else f" in head {head}"
    return Picture(
        function=function,
        caption=f"Who attends to whom{inside}{under}{by}",
        about="On a small public input, with the identity as the values, so that what comes back "
        f"is the weights themselves: those of {whose}{under}. A query is a token that asks, a key "
        "one that is looked at.",
        numbers=f"{what}{inside}",
        row="query",
        column="key",
        rows=TOKENS,
        columns=TOKENS,
        expected=_rows(right),
        actual=_rows(seen),
    )


def _rows(weights: Array) -> tuple[tuple[Number, ...], ...]:
    return tuple(tuple(_number(value) for value in row) for row in weights.tolist())


def _number(value: float) -> Number:
    return round(value, _DIGITS) if math.isfinite(value) else str(value)
