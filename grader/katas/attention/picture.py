"""Attention made visible: the learner's weights beside the right ones.

With V = identity the output of one head is its matrix of weights; with an identity for each
head beside the next, that of several heads is their matrices side by side. The input is
public and always the same.
"""

from collections.abc import Collection

import numpy as np

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
    weigh,
)
from grader.learner.endings import CaseEnded
from grader.learner.submission import Submission
from grader.report.model import Picture
from grader.worker.arrays import Array


def draw(submission: Submission, answered: Collection[str]) -> Picture | None:
    """Return the learner's weights: of the first function and head where they are wrong.

    None where what comes back of self_attention are no weights. A block of the output is shown as
    a head's weights where they weight that head's values alone; else heads are joined, or cut, in
    another way, and what stands there is no head's.

    Args:
        submission: the learner's functions.
        answered: those that have returned something to a case.
    """
    size = len(TOKENS)
    if "self_attention" not in answered:
        return None
    solution = submission.kata.solution
    single = (Q[:, :size], K[:, :size], V[:, :size])
    seen, right = _answer(submission, "self_attention", *single), solution.self_attention(*single)
    if seen is None or alike(seen, single[2]):
        return None  # the values themselves show no weights
    if not alike(seen, right):
        shows = show_weights(seen, _answer(submission, "self_attention", *single[:2], MIXED))
        return drawing("self_attention", right, seen) if shows else None
    if "multi_head_attention" not in answered:
        return drawing("self_attention", right, seen)
    right_heads = solution.multi_head_attention(Q, K, V, HEADS)
    heads = _answer(submission, "multi_head_attention", Q, K, V, HEADS)
    if heads is None:
        return drawing("self_attention", right, seen)
    for head in range(HEADS):
        block = np.s_[:, head * size : (head + 1) * size]
        if not alike(heads[block], right_heads[block]):
            if not are_weights(heads[block]) or alike(heads[block], V[block]):
                break  # what heads give is put together to something else, or is no weights
            own = np.zeros_like(V)
            own[block] = MIXED
            alone = _answer(submission, "multi_head_attention", Q, K, own, HEADS)
            if alone is None or not weigh(heads[block], MIXED, alone[block]):
                break
            return drawing("multi_head_attention", right_heads[block], heads[block], head=head)
    return drawing("self_attention", right, seen)


def _answer(submission: Submission, name: str, *args: Array | int) -> Array | None:
    """Return what the learner's function answers, if it looks like weights at all."""
    try:
        values = submission.call(name, *args).array()
    except CaseEnded:
        return None
    shape = np.shape(args[2])
    return values.astype(np.float64) if values.shape == shape else None
