"""Credit carried forward: heads judged on top of the learner's own self_attention.

Whoever splits and joins heads rightly around a wrong self_attention loses the points for
the mistake once. A result that is not the reference's counts if it is what the learner's
own self_attention gives for each head, under three conditions: some case of self_attention
has failed (else there is nothing to carry); the learner's self_attention tells the right heads
from wrong ones (one that returns zeros would make any heads look right); and it is an attention
at all, in which the features of a head meet and so do its tokens. It is asked in a process of
its own, which never sees the heads joined, so that it cannot say what was said there.
"""

import zlib
from collections.abc import Callable
from types import ModuleType

import numpy as np

from grader.answer import Answer
from grader.cases import attention
from grader.cases.attention import Inputs
from grader.cases.checks import check_close, check_shape, is_close
from grader.outcomes import CaseEnded
from grader.submission import Submission
from grader.worker.arrays import Array

_SETTLED = 4  # times that it must have shown that there is something to carry
WHAT = "The output of multi_head_attention"
Call = tuple[Array, Array, Array, int]
Attend = Callable[[list[Inputs]], list[Array]]


def check_each(
    submission: Submission,
    reference: ModuleType,
    *calls: Call,
    layout: str = "plain",
    dtype: str = "float64",
) -> None:
    """Fail unless the learner's heads are right in each of `calls`.

    Args:
        submission: the learner's functions.
        reference: the solution.
        calls: Q, K, V of shape (seq_len, d_model) and the number of heads.
        layout: see `Submission.call`.
        dtype: the dtype of the inputs.
    """
    answers = submission.call_each("multi_head_attention", calls, layout=layout)
    for call, answer in zip(calls, answers, strict=True):
        check_heads(submission, reference, call, answer, dtype=dtype)


def check_heads(
    submission: Submission,
    reference: ModuleType,
    call: Call,
    answer: Answer,
    *,
    dtype: str = "float64",
) -> None:
    """Fail unless the answer to `call` is right, on the reference or on their own attention."""
    inputs: Inputs = (call[0], call[1], call[2])
    got = answer.array()
    check_shape(got, inputs[0].shape, WHAT)
    want = reference.multi_head_attention(*attention.to_float64(inputs), call[3])
    size = attention.largest_of(inputs)
    if is_close(got, want, size, dtype=dtype):
        # Right answers for several tokens and heads show that the heads are made rightly.
        if call[3] > 1 and len(got) > 1:
            submission.carries = _SETTLED
        return
    if not (submission.wrong_attention and _is_carried(submission, inputs, call[3], got, dtype)):
        check_close(got, want, size, WHAT, dtype=dtype)


def _is_carried(
    submission: Submission, inputs: Inputs, n_heads: int, got: Array, dtype: str
) -> bool:
    """Say whether `got` is right on top of the learner's own self_attention."""

    def attend(heads: list[Inputs]) -> list[Array]:
        answers = submission.apart.call_each("self_attention", heads)
        results = [answer.array() for answer in answers]
        for head, result in zip(heads, results, strict=True):
            check_shape(result, head[2].shape, "The output of self_attention")
        return results

    try:
        own = np.concatenate(attend(_heads(inputs, n_heads)), axis=1)
        size = np.maximum(attention.largest_of(inputs), _largest_finite(own))
        if not is_close(got, own, size, dtype=dtype):
            return False
        if submission.carries < _SETTLED and n_heads > 1:
            if not (
                _mixes(attend, inputs) and _tells_heads_apart(attend, inputs, n_heads, own, size)
            ):
                return False
            submission.carries += 1
    except CaseEnded:
        return False
    return submission.carries > 0


def _heads(inputs: Inputs, n_heads: int) -> list[Inputs]:
    return list(zip(*(np.split(array, n_heads, axis=1) for array in inputs), strict=True))


def _mixes(attend: Attend, inputs: Inputs) -> bool:
    """Say whether in a head each feature counts for the others, and each token for the others.

    The trial is drawn from the case's own inputs, so that it is as new as they are.
    """
    rng = np.random.default_rng(zlib.crc32(inputs[0].tobytes()))
    Q, K, V = attention.draw(rng, 4, 3)
    first = np.arange(3) == 0
    others = np.where(first, 0.5 - 2 * Q, Q), np.where(first, 0.5 - 2 * K, K)
    later = np.concatenate([V[:1], 0.5 - 2 * V[1:]])
    plain, features, tokens = attend([(Q, K, V), (*others, V), (Q, K, later)])
    size = np.maximum(np.abs(V).max(axis=0), _largest_finite(plain))
    features_meet = not is_close(features[:, 1:], plain[:, 1:], size[1:])
    tokens_meet = not is_close(tokens[:1], plain[:1], size)
    return features_meet and tokens_meet


def _tells_heads_apart(
    attend: Attend, inputs: Inputs, n_heads: int, own: Array, size: Array
) -> bool:
    """Say whether wrong ways to make heads would have shown in the result."""
    seq_len, d_model = inputs[0].shape
    d_k = d_model // n_heads
    interleaved = np.arange(d_model).reshape(d_k, n_heads).T.ravel()
    mixed = [array[:, interleaved] for array in inputs]
    recut = [array.reshape(n_heads, seq_len, d_k) for array in inputs]
    wrong = (
        attend([inputs])[0],
        np.concatenate(attend(_heads((mixed[0], mixed[1], mixed[2]), n_heads)), axis=1)[
            :, np.argsort(interleaved)
        ],
        np.stack(attend(list(zip(*recut, strict=True))))
        .transpose(1, 0, 2)
        .reshape(seq_len, d_model),
        np.roll(own, d_k, axis=1),
    )
    return not any(is_close(own, other, size) for other in wrong)


def _largest_finite(array: Array) -> Array:
    largest: Array = np.where(np.isfinite(array), np.abs(array), 0.0).max(axis=0)
    return largest
