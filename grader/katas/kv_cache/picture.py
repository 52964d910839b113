"""A cache made visible: whom each token attends to as it comes, beside what is right."""

from collections.abc import Collection

import numpy as np

from grader.katas.common import tokens
from grader.katas.common.pictures import (
    HEADS,
    MIXED,
    TOKENS,
    K,
    Q,
    V,
    alike,
    drawing,
    show_weights,
)
from grader.learner.endings import CaseEnded
from grader.learner.instance import Instance
from grader.learner.submission import Submission
from grader.report.model import Picture
from grader.worker.arrays import Array

_N = len(TOKENS)


def draw(submission: Submission, answered: Collection[str]) -> Picture | None:
    """Return the learner's weights, in the first head where they are wrong.

    Args:
        submission: the learner's class.
        answered: its name, if it has returned something to a case.
    """
    if not answered:
        return None
    q, k, v = (array.reshape(_N, HEADS, -1) for array in (Q, K, V))
    rows = [tokens.attended(q[at], k[: at + 1], v[: at + 1]) for at in range(_N)]
    right = np.stack(rows, axis=1)  # (heads, queries, keys)
    seen = _ask(submission, q, k, v)
    if seen is None or seen.shape != right.shape:
        return None
    if not alike(seen, right) and not show_weights(seen, _ask(submission, q, k, v @ MIXED)):
        return None  # no weights: something else is handed over, or added
    wrong = [head for head in range(HEADS) if not alike(seen[head], right[head])]
    head = wrong[0] if wrong else 0
    under = ", one after the other"
    return drawing("KVCache", right[head], seen[head], head=head, under=under)


def _ask(submission: Submission, q: Array, k: Array, v: Array) -> Array | None:
    """Return what a cache answers after each token, if it answers."""
    try:
        cache = Instance.of(submission, "KVCache", HEADS, q.shape[2])
        rows = []
        for at in range(_N):
            cache.call("append", k[at], v[at])
            got = cache.call("attend", q[at]).value
            if not isinstance(got, np.ndarray) or got.shape != q[at].shape:
                return None
            rows.append(got.astype(np.float64))
    except CaseEnded:
        return None
    return np.stack(rows, axis=1)
