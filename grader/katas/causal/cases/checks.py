"""What the cases of causal attention check, in many places; said as in `grader.cases.checks`."""

from types import ModuleType

import numpy as np

from grader.cases.checks import check_close, check_shape
from grader.katas.common import batches
from grader.katas.common.batches import Layer
from grader.learner.submission import Submission
from grader.worker.arrays import Array

WHAT = "The output of masked_attention"
LAYER = "The output of multi_head_attention"
Masked = tuple[Array, Array, Array, Array]
"""Q, K, V and a mask."""


def check_masked(
    submission: Submission,
    reference: ModuleType,
    *calls: Masked,
    layout: str = "plain",
    dtype: str = "float64",
) -> None:
    """Fail unless the learner's masked_attention does what the reference does."""
    answers = submission.call_each("masked_attention", calls, layout=layout)
    for (Q, K, V, mask), answer in zip(calls, answers, strict=True):
        got = answer.array()
        check_shape(got, V.shape, WHAT)
        exact = [array.astype(np.float64) for array in (Q, K, V)]
        want = reference.masked_attention(*exact, mask)
        check_close(got, want, batches.errors((Q, K, V)), WHAT, dtype=dtype)


def check_layer(
    submission: Submission,
    reference: ModuleType,
    *calls: tuple[Layer, Array | None],
    layout: str = "plain",
    dtype: str = "float64",
) -> None:
    """Fail unless the learner's multi_head_attention does what the reference does."""
    made = [(*layer, mask) for layer, mask in calls]
    answers = submission.call_each("multi_head_attention", made, layout=layout)
    for (layer, mask), answer in zip(calls, answers, strict=True):
        got = answer.array()
        check_shape(got, layer.X.shape, LAYER)
        want = reference.multi_head_attention(*layer.as_type(np.float64), mask)
        check_close(got, want, layer.errors, LAYER, dtype=dtype)
