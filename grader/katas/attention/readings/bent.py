"""Scores that count for something else than they are, the more so the larger they are."""

import numpy as np

from grader.diagnosis.experiment import Reading, Subject
from grader.katas.common.inputs import Inputs, side_by_side

from .attend import attend_each, draw
from .errors import error, heads_of

_SCORES = (0.01, 10.0, 30.0)
_EXACT = 1e-7  # largest error, as a share of the largest value, with small scores
_OFF = 1e-3  # smallest difference, as a share of a score, of one that is bent
_TOKENS = 5


def read_bent(learner: Subject) -> list[Reading]:
    """Find out whether small scores count for what they are, and larger ones do not."""
    heads = heads_of(learner)
    small = draw(40, _TOKENS, 6)
    Q, K, V = small[0] / 10, small[1] / 10, small[2]
    near = ((Q, K, V), heads)
    calls = [near, *((side_by_side(*[_one_above(score)] * heads), heads) for score in _SCORES)]
    out, *outs = attend_each(learner, calls)
    if out is None or not error(learner, out, near[0], heads) < _EXACT:
        return []
    counted = []
    for out in outs:
        if out is None or not np.isfinite(out).all():
            return []
        weights = out[:, :_TOKENS]
        if (weights <= 0).any() or np.ptp(weights[:, 1:]) > _EXACT * weights[0, 1]:
            return []
        logs = np.log(weights[:, 0] / weights[:, 1])
        if np.ptp(logs) > _OFF * max(1.0, abs(logs[0])):
            return []
        counted.append(float(logs[0]))
    (least, first, second), (as_least, as_first, as_second) = _SCORES, counted
    off = [abs(second - as_second) / second, abs(first - as_first) / first]
    if abs(as_least - least) > 1e-6 or off[0] < _OFF or off[1] > off[0]:
        return []
    return [
        (
            "scores-bent",
            {
                "first": f"{first:.0f}",
                "like_first": f"{as_first:.3g}",
                "second": f"{second:.0f}",
                "like_second": f"{as_second:.3g}",
            },
        )
    ]


def _one_above(score: float) -> Inputs:
    """Return inputs in which the first key has this score in each row and all others 0.

    V is the identity, so the output is the matrix of weights.
    """
    Q = np.zeros((_TOKENS, _TOKENS))
    K = Q.copy()
    Q[:, 0], K[0, 0] = 1.0, score * np.sqrt(_TOKENS)
    return Q, K, np.eye(_TOKENS)
