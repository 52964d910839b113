"""What must hold of any attention, right or wrong; said as in `grader.cases.checks`."""

import numpy as np

from grader.cases.checks import check_depends, check_shape, is_close
from grader.katas.common import inputs as attention
from grader.learner.endings import Failed
from grader.learner.submission import Submission
from grader.report.seen import Seen
from grader.worker.arrays import Array


def check_returns(
    submission: Submission,
    rng: np.random.Generator,
    function: str,
    size: tuple[int, ...],
    other_size: tuple[int, ...],
) -> None:
    """Fail unless what a function returns has the shape of V and depends on all inputs.

    Args:
        submission: the learner's functions.
        rng: where the inputs come from.
        function: which of the learner's functions.
        size: the shape of Q, K and V, then what else the function is called with.
        other_size: the same for a call of its own, of which only the shape is looked at.
    """
    what = f"The output of {function}"
    (seq_len, width, *more), (other_len, other_width, *other_more) = size, other_size
    Q, K, V = attention.draw(rng, seq_len, width)
    other = attention.draw(rng, seq_len, width)
    largest = attention.largest_of((Q, K, V))
    changed = [(*other[:2], V), (Q, K, other[2]), *attention.with_other_ends((Q, K, V), other)]
    calls: list[tuple[Array | int, ...]] = [(*inputs, *more) for inputs in ((Q, K, V), *changed)]
    calls.append((*attention.draw(rng, other_len, other_width), *other_more))
    answers = submission.call_each(function, calls)
    got = next(answers).array()
    check_shape(got, (seq_len, width), what)
    for names in ("Q and K", "V"):
        check_depends(got, next(answers).array(), largest, function, names)
    check_tokens_meet(got, [next(answers).array() for _ in range(2)], largest, what)
    check_shape(next(answers).array(), (other_len, other_width), what)


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
            f"{what} is not V times the weights that show in it with other values, but the same Q "
            "and K."
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
