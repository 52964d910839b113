"""Weights that are those of a softmax, but of the right scores times a number."""

from collections.abc import Callable

import numpy as np

from grader.diagnosis.experiment import NEAR, close
from grader.worker.arrays import Array

_WIDTHS = range(1, 10)
_MOST_NAMED = 3


def factors(ask: Callable[[int], tuple[Array, Array] | None]) -> dict[int, float] | None:
    """Return by d_k the number times which scores are taken; None if there is not one for each.

    Args:
        ask: for a d_k, the weights of the first of two keys, and how far its score is above the
            other's.
    """
    found = {}
    for width in _WIDTHS:
        asked = ask(width)
        if asked is None or not ((asked[0] > 0) & (asked[0] < 1)).all():
            return None
        weight, apart = asked
        seen = np.log(weight / (1 - weight))
        found[width] = float((seen * apart).sum() / (apart * apart).sum())
        if not close(seen, found[width] * apart):
            return None
    return found


def told(found: dict[int, float]) -> dict[str, str] | None:
    """Return in words what the numbers are where they are not 1; None if all of them are."""
    wrong = [width for width, factor in found.items() if abs(factor - 1) > NEAR][:_MOST_NAMED]
    if not wrong:
        return None
    right = [str(width) for width, factor in found.items() if abs(factor - 1) <= NEAR]
    said = _listed([f"{found[width]:.4g} for d_k = {width}" for width in wrong])
    also = f", and 1 for d_k = {_listed(right)}" if right else ""
    return {"factors": f"{said}{also}", "d_k": str(wrong[-1])}


def _listed(words: list[str]) -> str:
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last
