"""The assertions of the cases. Each says what was seen, never what was expected.

How the tolerances were chosen: any correct order of summation, in loops, `einsum` or
BLAS, was measured to stay within 4e-8 of the largest value of a column for float64
inputs and within 3e-7 for float32 ones, while plausible wrong answers, rounded and
half-precision ones included, are off by 1e-4 or more on some case. The bounds lie between.
They are taken column by column, because a column of the output is a weighted mean of the
same column of V: an error in a column of small numbers cannot hide behind a large one.
"""

from contextvars import ContextVar

import numpy as np

from grader.cases.differences import describe_difference
from grader.kata.kata import Tolerance
from grader.learner.answer import Answer
from grader.learner.endings import Failed
from grader.worker.arrays import Array

_USUAL = Tolerance()
tolerance: ContextVar[Tolerance] = ContextVar("tolerance", default=_USUAL)
"""Greatest error by the dtype of the inputs, as a share of the largest value of a column: what
the kata that is judged says."""


def check_shape(got: Array, want: tuple[int, ...], what: str) -> None:
    """Fail unless `got` has the shape `want`; `what` names it at the sentence's start."""
    if got.shape != want:
        raise Failed(f"{what} has shape {got.shape}, but should have shape {want}.")


def check_close(got: Array, want: Array, size: Array, what: str, *, dtype: str = "float64") -> None:
    """Fail unless `got` is `want`, up to rounding.

    Args:
        got: what the learner's function returned.
        want: what the reference returned, same shape (rows, columns).
        size: the largest value that an error is measured by, shape (columns,) or that of `want`.
        what: what `got` is, at the start of a sentence.
        dtype: the dtype of the inputs.
    """
    check_shape(got, want.shape, what)
    if not is_close(got, want, size, dtype=dtype):
        raise Failed(describe_difference(got.astype(np.float64), want, size, what))


def is_close(got: Array, want: Array, size: Array, *, dtype: str = "float64") -> bool:
    """Say whether `got` is `want` up to rounding; what is not finite is equal to its like."""
    if got.shape != want.shape:
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(got.astype(np.float64) - want) <= getattr(tolerance.get(), dtype) * size
    alike = (np.isnan(got) & np.isnan(want)) | (got == want)
    return bool((near | alike).all())


def check_depends(before: Array, after: Array, size: Array, function: str, inputs: str) -> None:
    """Fail if other inputs gave the same answer: a constant is no attempt at a function.

    Args:
        before: an answer, whose last axis is that of the columns.
        after: the answer to other inputs, of the same shape.
        size: as for `is_close`; what is within the tolerance counts as the same.
        function: the name of the function.
        inputs: what the inputs are that were others.
    """
    if np.isnan(before).all() and np.isnan(after).all():
        raise Failed(f"{function} returns nothing but nan.")
    if is_close(after, before, size):
        raise Failed(f"{function} returns the same numbers whatever you pass as {inputs}.")


def check_each_column_depends(
    before: Array, after: Array, size: Array, function: str, inputs: str
) -> None:
    """Fail if in some column of the output other inputs gave the same: nothing is seen there.

    For what must hold of any attention. Arguments as for `check_depends`.
    """
    check_depends(before, after, size, function, inputs)
    columns = range(before.shape[-1])
    if any(is_close(after[..., c], before[..., c], size[..., c]) for c in columns):
        raise Failed(f"Some columns of what {function} returns do not depend on {inputs}.")


def check_tokens_meet(got: Array, changed: list[Array], size: Array, what: str) -> None:
    """Fail if each token's output depends on this token alone: that is no attention.

    Args:
        got: the output for some tokens.
        changed: the outputs with another first token, and with another last one.
        size: as for `is_close`.
        what: what `got` is, at the start of a sentence.
    """
    first, last = changed
    for array in changed:
        check_shape(array, got.shape, what)
    if is_close(first[1:], got[1:], size) and is_close(last[:-1], got[:-1], size):
        raise Failed(f"{what} for a token depends on this token alone, not on the others.")


def check_weighed(got: Array, weights: Array, V: Array, size: Array, what: str) -> None:
    """Fail unless an output is a weighted sum of the values, with these weights.

    They are those that show with other values and the same queries and keys.
    """
    check_shape(weights, (len(V), len(V)), what)
    if not is_close(got, weights @ V, size):
        raise Failed(
            f"{what} is no weighted sum of the values: with other values the weights differ."
        )


def check_alive(got: Array, V: Array, what: str) -> Array:
    """Fail unless an answer is finite; return the size by which its columns are judged.

    For what must hold of any attention, right or wrong, such as that the order of the tokens
    does not matter. The inputs alone decide what is a small error, never the answer.
    """
    check_shape(got, V.shape, what)
    if not np.isfinite(got).all():
        raise Failed(f"{what} is not finite.")
    size: Array = np.abs(V).max(axis=0)
    return size


def check_unchanged(answer: Answer) -> None:
    """Fail if the function changed an argument."""
    if answer.changed:
        names = " and ".join(answer.changed)
        raise Failed(f"{answer.function} changed its input {names} in place.")


def check_not_overwritten(answer: Answer) -> None:
    """Fail if the function wrote to what it had returned before."""
    if answer.overwritten:
        raise Failed(
            f"A second call of {answer.function} changed the array that the first one returned."
        )
