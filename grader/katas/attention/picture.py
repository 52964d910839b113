"""Attention made visible: the learner's weights beside the right ones.

With V = identity the output of one head is its matrix of weights; with an identity for each
head beside the next, that of several heads is their matrices side by side. The input is
public and always the same.
"""

import math
from collections.abc import Collection

import numpy as np

from grader.learner.endings import CaseEnded
from grader.learner.submission import Submission
from grader.report.model import Number, Picture
from grader.worker.arrays import Array

TOKENS = ("the", "cat", "saw", "itself")
_HEADS = 2
_NEAR = 1e-3  # up to which two weights look the same
_DIGITS = 6

# Two heads of four features. In head 0 `itself` looks for `cat`; in head 1 each looks ahead.
_Q = np.array(
    [
        [1.0, 0.0, 0.5, 0.0, 0.0, 2.5, 0.0, 0.0],
        [0.5, 2.0, 0.0, 0.5, 0.0, 0.0, 2.5, 0.0],
        [0.0, 2.5, 1.0, 1.0, 0.5, 0.0, 0.0, 2.5],
        [0.0, 3.0, 0.0, 1.5, 2.5, 0.0, 0.5, 0.0],
    ]
)
_K = np.array(
    [
        [1.0, 0.0, 0.0, 0.0, 1.5, 0.0, 0.0, 0.5],
        [0.0, 2.0, 0.5, 0.0, 0.0, 1.5, 0.0, 0.0],
        [0.0, 0.5, 1.5, 0.0, 0.5, 0.0, 1.5, 0.0],
        [0.0, 0.5, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0],
    ]
)
_V = np.tile(np.eye(len(TOKENS)), _HEADS)


def draw(submission: Submission, answered: Collection[str]) -> Picture | None:
    """Return the learner's weights: of the first function and head where they are wrong.

    Args:
        submission: the learner's functions.
        answered: those that have returned something to a case.
    """
    size = len(TOKENS)
    if "self_attention" not in answered:
        return None
    solution = submission.kata.solution
    single = (_Q[:, :size], _K[:, :size], _V[:, :size])
    seen, right = _answer(submission, "self_attention", *single), solution.self_attention(*single)
    if seen is None:
        return None
    if not _alike(seen, right) or "multi_head_attention" not in answered:
        return _picture("self_attention", None, right, seen)
    right_heads = solution.multi_head_attention(_Q, _K, _V, _HEADS)
    heads = _answer(submission, "multi_head_attention", _Q, _K, _V, _HEADS)
    if heads is None:
        return _picture("self_attention", None, right, seen)
    for head in range(_HEADS):
        block = np.s_[:, head * size : (head + 1) * size]
        if not _alike(heads[block], right_heads[block]):
            return _picture("multi_head_attention", head, right_heads[block], heads[block])
    return _picture("self_attention", None, right, seen)


def _answer(submission: Submission, name: str, *args: Array | int) -> Array | None:
    """Return what the learner's function answers, if it looks like weights at all."""
    try:
        values = submission.call(name, *args).array()
    except CaseEnded:
        return None
    shape = np.shape(args[2])
    return values.astype(np.float64) if values.shape == shape else None


def _alike(seen: Array, right: Array) -> bool:
    with np.errstate(invalid="ignore"):
        return bool((np.abs(seen - right) <= _NEAR).all())  # nan is like nothing


def _picture(function: str, head: int | None, right: Array, seen: Array) -> Picture:
    whose = function if head is None else f"head {head} of {function}"
    return Picture(
        function=function,
        caption="Who attends to whom" if head is None else f"Who attends to whom in head {head}",
        about="On a small public input, with the identity as the values, so that what comes back "
        f"is the weights themselves: those of {whose}. A query is a token that asks, a key one "
        "that is looked at.",
        numbers="weights" if head is None else f"weights in head {head}",
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
