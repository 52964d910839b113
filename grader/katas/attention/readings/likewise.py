"""Other inputs with scores of one size: whether it is the size that goes wrong shows there."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from grader.katas.common.inputs import Inputs, side_by_side
from grader.worker.arrays import Array

_TOKENS = 5


class Likewise(NamedTuple):
    """Inputs whose scores are of a size.

    Attributes:
        words: what is said of them, after "where".
        inputs: one head's Q, K and V.
    """

    words: str
    inputs: Inputs

    def in_heads(self, heads: int) -> Inputs:
        """Return so many such heads side by side."""
        return side_by_side(*[self.inputs] * heads)


def high(scale: float) -> list[Likewise]:
    """Return inputs in which each row has a score of that size."""
    return [
        Likewise(f"all scores are {scale:.0f}", _made(scale * np.ones(_TOKENS))),
        Likewise(f"all scores are {scale:.0f}", _made(scale * np.ones(_TOKENS), width=4)),
        Likewise(
            f"one score of each row is {scale:.0f} and the others are 0",
            _made(scale * np.ones(_TOKENS), np.arange(_TOKENS) == 2),
        ),
        Likewise(f"d_k is 1 and all scores are near {scale:.0f}", _made(*_near(scale))),
        *(
            Likewise(f"the scores of one row are {scale:.0f}", _made(scale * _only(row)))
            for row in (0, _TOKENS - 1)
        ),
    ]


def low(scale: float) -> list[Likewise]:
    """Return inputs in which all scores lie so far below 0."""
    return [
        Likewise(f"all scores are {-scale:.0f}", _made(-scale * np.ones(_TOKENS))),
        Likewise(f"all scores are {-scale:.0f}", _made(-scale * np.ones(_TOKENS), width=4)),
        Likewise(f"d_k is 1 and all scores are near {-scale:.0f}", _made(*_near(-scale))),
    ]


def apart(scale: float) -> list[Likewise]:
    """Return inputs in which one row's scores lie so far below another's."""
    return [
        Likewise("one row lies above the others", _made(scale * (np.arange(_TOKENS) == 1))),
        Likewise("one row lies below the others", _made(-scale * (np.arange(_TOKENS) == 1))),
    ]


def one_low_beside(scale: float, others: float) -> Inputs:
    """Return inputs in which one row's scores lie far below 0 and all others' are others."""
    return _made(np.where(np.arange(_TOKENS) == 2, -scale, others))


def keys_above(scale: float, *places: int) -> Inputs:
    """Return inputs in which each row's scores of these keys are scale, and all others are 0."""
    return _made(scale * np.ones(_TOKENS), np.isin(np.arange(_TOKENS), places), width=4)


ALL: dict[str, Callable[[float], list[Likewise]]] = {"high": high, "low": low, "apart": apart}
"""By what the scores of such inputs are called."""


def _made(rows: Array, keys: Array | None = None, width: int = 1) -> Inputs:
    """Return inputs with the scores rows[i] * keys[j], a column of K being all ones by default."""
    keys = np.ones(_TOKENS) if keys is None else keys.astype(np.float64)
    root = np.sqrt(max(1.0, float(np.abs(rows).max())))
    Q, K = np.outer(rows / root, np.ones(width)), np.outer(root * keys, np.ones(width))
    V = np.random.default_rng(1770).standard_normal((_TOKENS, width))
    return Q / np.sqrt(width), K, V


def _only(row: int) -> Array:
    alone: Array = (np.arange(_TOKENS) == row).astype(np.float64)
    return alone


def _near(scale: float) -> tuple[Array, Array]:
    """Return rows of scores that are near one size, and the factors of the keys."""
    return scale * np.ones(_TOKENS), 1 + np.array([0.0, 0.4, -0.7, 1.0, 0.2]) / abs(scale)
