"""How an output of attention is wrong, and by how much."""

from collections.abc import Sequence

import numpy as np

from grader.diagnosis.experiment import Subject
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .attend import attend_rightly

ROUNDING = 2e-6
"""Up to which an error, as a share of the largest value, is none."""
RAISED = "an error is raised"
ZEROS = "zeros come back"
_NAN, _INF = "nan comes back", "inf comes back"
_NAN_OR_INF = "nan or inf comes back"
NOT_FINITE = (_NAN, _INF, _NAN_OR_INF)
GONE = (*NOT_FINITE, ZEROS)
"""What comes back where nothing is left of the exponentials."""


def heads_of(learner: Subject) -> int:
    """Return with how many heads a function is asked: two, if it makes heads."""
    return 1 if learner.function == "self_attention" else 2


def how_wrong(
    learner: Subject, out: Array | None, inputs: Inputs, heads: int, most: float = ROUNDING
) -> str | None:
    """Say how an output is wrong; None if its errors are not larger than `most`."""
    if out is None:
        return RAISED
    if not np.isfinite(out).all():
        return not_finite([out])
    if not out.any():
        return ZEROS
    if error(learner, out, inputs, heads) > most:
        return "finite but wrong numbers come back"
    return None


def not_finite(outs: Sequence[Array | None]) -> str:
    """Say what comes back of nan and inf."""
    made = [out for out in outs if out is not None]
    nan, inf = (any(test(out).any() for out in made) for test in (np.isnan, np.isinf))
    return _NAN_OR_INF if nan and inf else _NAN if nan else _INF


def error(learner: Subject, out: Array, inputs: Inputs, heads: int) -> float:
    """Return the largest error, as a share of the largest value of its column."""
    right = attend_rightly(learner.kata)(heads)(*inputs)
    return float((np.abs(out - right) / np.abs(inputs[2]).max(axis=0)).max())
