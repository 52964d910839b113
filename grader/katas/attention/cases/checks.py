"""What must hold of any attention, right or wrong; said as in `grader.cases.checks`."""

import numpy as np

from grader.cases.checks import check_shape, is_close
from grader.learner.endings import Failed
from grader.report.seen import Seen
from grader.worker.arrays import Array


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
        raise Failed(f"{what} is not finite.", Seen("not_finite"))
    size: Array = np.abs(V).max(axis=0)
    return size
