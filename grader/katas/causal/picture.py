"""Attention under a causal mask made visible: the learner's weights beside the right ones."""

from collections.abc import Collection

import numpy as np

from grader.katas.common import batches
from grader.katas.common.pictures import (
    HEADS,
    MIXED,
    TOKENS,
    K,
    Q,
    V,
    alike,
    are_weights,
    drawing,
    show_weights,
)
from grader.learner.endings import CaseEnded
from grader.learner.requests import Argument
from grader.learner.submission import Submission
from grader.report.model import Picture
from grader.worker.arrays import Array

_N = len(TOKENS)
_UNDER = " under a causal mask"


def draw(submission: Submission, answered: Collection[str]) -> Picture | None:
    """Return the learner's mask or weights: of the first function and head where they are wrong.

    Args:
        submission: the learner's functions.
        answered: those that have returned something to a case.
    """
    solution, mask = submission.kata.solution, batches.causal(_N)
    shown: Picture | None = None
    if "causal_mask" in answered:
        seen = _answer(submission, "causal_mask", (_N, _N), _N)
        if seen is not None and not alike(seen, mask.astype(float)):
            whose, what = "causal_mask itself, 1 for True", "mask"
            return drawing("causal_mask", mask.astype(float), seen, whose=whose, what=what)
    if "masked_attention" in answered:
        split = [_by_head(array) for array in (Q, K, V)]
        right = solution.masked_attention(*split, mask)
        seen = _answer(submission, "masked_attention", right.shape, *split, mask)
        if seen is None:
            return None
        shown = _first_wrong("masked_attention", right[0], seen[0])
        if shown.actual != shown.expected:
            mixed = (*split[:2], split[2] @ MIXED, mask)
            if not show_weights(seen, _answer(submission, "masked_attention", right.shape, *mixed)):
                return None  # no weights: something else is handed over, or added
    if "multi_head_attention" in answered and (shown is None or shown.actual == shown.expected):
        layer = _layer()
        right = solution.multi_head_attention(*layer, mask)
        seen = _answer(submission, "multi_head_attention", right.shape, *layer, mask)
        if seen is not None:
            found = _first_wrong(
                "multi_head_attention", _by_head(right[0])[0], _by_head(seen[0])[0]
            )
            if found.actual == found.expected:
                return shown or found
            return found if all(map(are_weights, _by_head(seen[0])[0])) else shown
    return shown


def _first_wrong(function: str, right: Array, seen: Array) -> Picture:
    """Return the picture of the first head that is wrong, or of the first."""
    wrong = [head for head in range(HEADS) if not alike(seen[head], right[head])]
    head = wrong[0] if wrong else 0
    by = f", by the output of {function}"
    return drawing(function, right[head], seen[head], head=head, under=_UNDER, by=by)


def _by_head(array: Array) -> Array:
    """Return an array of (tokens, features) as a batch of one, cut into heads."""
    return array.reshape(_N, HEADS, -1).swapaxes(0, 1)[None]


def _layer() -> batches.Layer:
    """Return a layer that makes just these queries, keys and values of its tokens."""
    width = Q.shape[1]
    X = np.eye(_N, width)[None]
    W_q, W_k, W_v = (np.vstack([array, np.zeros_like(array)]) for array in (Q, K, V))
    return batches.Layer(X, W_q, W_k, W_v, np.eye(width), HEADS)


def _answer(
    submission: Submission, name: str, shape: tuple[int, ...], *args: Argument
) -> Array | None:
    """Return what the learner's function answers, if it has the right shape."""
    try:
        values = submission.call(name, *args).array(booleans=True)
    except CaseEnded:
        return None
    return values.astype(np.float64) if values.shape == shape else None
