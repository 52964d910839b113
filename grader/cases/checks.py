"""The assertions of the cases. Each says what was seen, never what was expected.

How the tolerances were chosen: any correct order of summation, in loops, `einsum` or
BLAS, was measured to stay within 4e-8 of the largest value of a column for float64
inputs and within 3e-7 for float32 ones, while plausible wrong answers, rounded and
half-precision ones included, are off by 1e-4 or more on some case. The bounds lie between.
They are taken column by column, because a column of the output is a weighted mean of the
same column of V: an error in a column of small numbers cannot hide behind a large one.
"""

from contextvars import ContextVar
from typing import Any

from grader.cases import comparing
from grader.cases.comparing import Difference, Exactness, find_difference
from grader.kata.kata import Tolerance
from grader.learner.answer import Answer
from grader.learner.endings import Failed
from grader.learner.messages import wrong_shape
from grader.report.seen import Seen
from grader.worker.arrays import Array
from grader.worker.numeric import np

_USUAL = Tolerance()
tolerance: ContextVar[Tolerance] = ContextVar("tolerance", default=_USUAL)
"""Greatest error by the dtype of the inputs, as a share of the largest value of a column: what
the kata that is judged says."""


def check_shape(got: Array, want: tuple[int, ...], what: str) -> None:
    """Fail unless `got` has the shape `want`; `what` names it at the sentence's start."""
    if got.shape != want:
        raise wrong_shape(what, got.shape, want)


def check_close(
    got: Any,
    want: Any,
    size: Array | None = None,
    what: str = "The result",
    *,
    dtype: str = "float64",
) -> None:
    """Fail unless `got` is `want`, up to rounding.

    Args:
        got: what the learner's function returned: any plain value, arrays of any dimension.
        want: what the reference returned.
        size: what the errors of an array are measured by: the largest value of each column, or
            anything else of a shape that fits. Without it each number is measured by its own size.
        what: what `got` is, at the start of a sentence.
        dtype: the dtype of the inputs, which says how much is rounding.
    """
    _check(got, want, what, Exactness(getattr(tolerance.get(), dtype), size))


def check_equal(got: Any, want: Any, what: str = "The result") -> None:
    """Fail unless `got` is `want`; nan is equal to itself, and a number to one of another type.

    Args:
        got: what the learner's function returned: any plain value, arrays of any dimension.
        want: what the reference returned.
        what: what `got` is, at the start of a sentence.
    """
    _check(got, want, what, Exactness())


def _check(got: Any, want: Any, what: str, exactness: Exactness) -> None:
    try:
        difference = find_difference(got, want, what, exactness)
    except Exception:
        # Whose fault is it? What is expected can be compared with itself, or the case is wrong.
        find_difference(want, want, what, exactness)
        difference = Difference(f"{what} cannot be compared with what it should be.")
    if difference is not None:
        seen = Seen("returned_none") if got is None else difference.seen
        raise Failed(difference.text, seen)


def is_close(got: Array, want: Array, size: Array, *, dtype: str = "float64") -> bool:
    """Say whether `got` is `want` up to rounding; what is not finite is equal to its like."""
    return comparing.is_close(got, want, Exactness(getattr(tolerance.get(), dtype), size))


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
        raise Failed(f"{function} returns nothing but nan.", Seen("not_finite"))
    if is_close(after, before, size):
        text = f"{function} returned the same numbers although {inputs} had changed."
        raise Failed(text, Seen("constant"))


def check_each_column_depends(
    before: Array, after: Array, size: Array, function: str, inputs: str
) -> None:
    """Fail if in some column of the output other inputs gave the same: nothing is seen there.

    Arguments as for `check_depends`.
    """
    check_depends(before, after, size, function, inputs)
    columns = range(before.shape[-1])
    if any(is_close(after[..., c], before[..., c], size[..., c]) for c in columns):
        text = f"Some columns of what {function} returns do not depend on {inputs}."
        raise Failed(text, Seen("constant"))


def check_unchanged(answer: Answer) -> None:
    """Fail if the function changed an argument."""
    if answer.changed:
        names = " and ".join(answer.changed)
        text = f"{answer.function} changed its input {names} in place."
        raise Failed(text, Seen("changed_inputs", name=names))


def check_not_overwritten(answer: Answer) -> None:
    """Fail if the function wrote to what it had returned before."""
    if answer.overwritten:
        text = f"A second call of {answer.function} changed the array that the first one returned."
        raise Failed(text, Seen("overwritten"))
