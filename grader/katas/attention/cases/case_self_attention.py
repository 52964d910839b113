"""Cases of self_attention: softmax(Q Kᵀ / √d_k) V for one head."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import (
    check_close,
    check_depends,
    check_each_column_depends,
    check_not_overwritten,
    check_shape,
    check_unchanged,
)
from grader.learner.endings import Failed
from grader.learner.submission import REFILLED, Submission
from grader.worker.arrays import Array

from .. import inputs as attention
from ..inputs import Inputs
from .checks import check_alive, check_tokens_meet, check_weighed

WHAT = "The output of self_attention"
SIZES = ((5, 3), (3, 5), (4, 4), (2, 6), (7, 2), (6, 1), (9, 8), (17, 5), (32, 16), (48, 7))
"""Values of (seq_len, d_k)."""


def check(
    submission: Submission,
    reference: ModuleType,
    *drawn: Inputs,
    layout: str = "plain",
    dtype: str = "float64",
) -> None:
    """Fail unless the learner's function does to the inputs what the reference does."""
    answers = submission.call_each("self_attention", drawn, layout=layout)
    for inputs, answer in zip(drawn, answers, strict=True):
        want = reference.self_attention(*attention.to_float64(inputs))
        check_close(answer.array(), want, attention.largest_of(inputs), WHAT, dtype=dtype)


def offsets(*values: float) -> Array:
    """Return offsets of the scores, one for each row, for `attention.offset`."""
    return np.array(values)


@case(
    "self_attention.returns",
    "Returns one array with the shape of V",
    points=3,
    visibility="visible",
    hint="What does your function return, and what is its shape for 5 tokens of 3 features?",
)
def case_returns(submission: Submission, rng: np.random.Generator) -> None:
    Q, K, V = attention.draw(rng, 5, 3)
    other = attention.draw(rng, 5, 3)
    size = attention.largest_of((Q, K, V))
    changed = [(*other[:2], V), (Q, K, other[2]), *attention.with_other_ends((Q, K, V), other)]
    calls = [(Q, K, V), *changed, attention.draw(rng, 3, 5)]
    answers = submission.call_each("self_attention", calls)
    got = next(answers).array()
    check_shape(got, (5, 3), WHAT)
    for names in ("Q and K", "V"):
        check_depends(got, next(answers).array(), size, "self_attention", names)
    check_tokens_meet(got, [next(answers).array() for _ in range(2)], size, WHAT)
    check_shape(next(answers).array(), (3, 5), WHAT)


@case(
    "self_attention.example",
    "Head 0 of the worked example",
    points=3,
    needs="returns",
    visibility="visible",
    hint="The statement works this head out by hand: compare the scores, the weights and the "
    "output with yours, one after the other.",
)
def case_example(submission: Submission, reference: ModuleType) -> None:
    head = np.array([[1, 2], [5, 6]])
    check(submission, reference, (head, head, head))


@case(
    "self_attention.values",
    "Random queries, keys and values of many sizes",
    points=7,
    needs="returns",
    hint="Take two tokens of three features and compute one row by hand: the scores, what they "
    "are divided by, the weights, the weighted mean.",
)
def case_values(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    (Q, K, V), answer = submission.credit.answered["self_attention"][0]
    want = reference.self_attention(Q, K, V)
    check_close(answer.array(), want, attention.largest_of((Q, K, V)), WHAT)
    drawn = [attention.bounded(rng, *size, 4.0) for size in SIZES]
    drawn += [attention.bounded(rng, *size, 2.0) for size in SIZES[:6]]
    check(submission, reference, *drawn)


@case(
    "self_attention.zero-scores",
    "Scores that are exactly zero",
    points=1,
    needs="values",
    hint="If all scores of a row are equal, which weights are left, and what is their mean?",
)
def case_zero_scores(
    submission: Submission, reference: ModuleType, rng: np.random.Generator
) -> None:
    Q, K, V = attention.bounded(rng, 5, 3, 3.0)
    some_Q, some_K = Q.copy(), K.copy()
    some_Q[2] = 0
    some_K[1:4] = 0
    check(submission, reference, (np.zeros_like(Q), K, V), (some_Q, some_K, V))


@case(
    "self_attention.one-token",
    "One token can only look at itself",
    points=2,
    needs="returns",
    hint="With a single key there is a single weight. What must it be?",
)
def case_one_token(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    drawn = [attention.bounded(rng, 1, d_k, 9.0) for d_k in (4, 1)]
    check(submission, reference, *drawn, *((-Q, K, V) for Q, K, V in drawn))


@case(
    "self_attention.weights",
    "The weights of each query are positive and sum to 1",
    points=3,
    needs="returns",
    hint="With V = identity the output of self_attention is its matrix of weights. Print it and "
    "add up its rows.",
)
def case_weights(submission: Submission, rng: np.random.Generator) -> None:
    for size in (2, 6):
        Q, K, V = attention.bounded(rng, size, size, 2.0)
        other = attention.bounded(rng, size, size, 2.0)
        calls = [(Q, K, np.eye(size)), (Q, K, V), (*other[:2], np.eye(size))]
        answers = submission.call_each("self_attention", calls)
        weights, output, after = (answer.array() for answer in answers)
        check_shape(weights, (size, size), WHAT)
        check_depends(weights, after, np.ones(size), "self_attention", "Q and K")
        sums = weights.sum(axis=1)
        if not np.isfinite(sums).all() or (weights < 0).any():
            raise Failed("With V = identity the weights show: some are negative or not finite.")
        if np.abs(sums - 1).max() > 1e-5:
            worst = int(np.abs(sums - 1).argmax())
            raise Failed(
                f"With V = identity the weights show: row {worst} of {size} "
                f"sums to {sums[worst]:.4g}, not to 1."
            )
        check_weighed(output, weights, V, attention.largest_of((Q, K, V)), WHAT)


@case(
    "self_attention.permutation",
    "Tokens in another order give the same outputs in that order",
    points=2,
    needs="returns",
    hint="The formula does not know which token comes first. What in your code does?",
)
def case_permutation(submission: Submission, rng: np.random.Generator) -> None:
    Q, K, V = attention.bounded(rng, 5, 5, 3.0)
    order = np.array([3, 0, 4, 1, 2])
    basis, other = attention.basis(rng, 5), attention.bounded(rng, 5, 5, 3.0)
    calls = [(Q, K, V), (Q[order], K[order], V[order]), (Q, K[order], V[order])]
    calls += [(Q, K, basis), (Q, K, V[::-1]), (*other[:2], V)]
    answers = (answer.array() for answer in submission.call_each("self_attention", calls))
    straight, shuffled, moved, weighed, turned, others = answers
    size = check_alive(straight, V, WHAT)
    check_each_column_depends(straight, turned, size, "self_attention", "V")
    check_each_column_depends(straight, others, size, "self_attention", "Q and K")
    check_weighed(straight, weighed @ basis.T, V, size, WHAT)
    check_close(shuffled, straight[order], size, f"{WHAT} for tokens in another order")
    check_close(moved, straight, size, f"{WHAT} for keys and values in another order")


@case(
    "self_attention.key-shift",
    "Adding one vector to all keys changes nothing",
    points=1,
    needs="returns",
    hint="Such a vector adds the same number to all scores of a row. What does a softmax over "
    "that row do with it?",
)
def case_key_shift(submission: Submission, rng: np.random.Generator) -> None:
    Q, K, V = attention.bounded(rng, 5, 5, 3.0)
    shift = rng.standard_normal(5)
    shift *= np.sqrt(5) / np.abs(Q @ shift).max()  # so that a scaled score moves by one at the most
    basis, other = attention.basis(rng, 5), attention.bounded(rng, 5, 5, 3.0)
    calls = [(Q, K, V), (Q, K + shift, V), (Q, K, basis), (Q, K[::-1], V), (other[0], K, V)]
    answers = (answer.array() for answer in submission.call_each("self_attention", calls))
    plain, moved, weighed, turned, others = answers
    size = check_alive(plain, V, WHAT)
    check_each_column_depends(plain, turned, size, "self_attention", "K")
    check_each_column_depends(plain, others, size, "self_attention", "Q")
    check_weighed(plain, weighed @ basis.T, V, size, WHAT)
    check_close(moved, plain, size, f"{WHAT} for keys that all moved by one vector")


@case(
    "self_attention.large",
    "Scores so large that exp overflows",
    points=4,
    needs="values",
    hint="What is np.exp(1000)? Which number may be subtracted from all scores of a row without "
    "changing its weights, so that no exponent is above 0?",
)
def case_large(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    shares = np.array([1.0, 0.9, 1.0, 0.8, 0.7])
    drawn = [attention.offset(rng, 5, 4, top * shares) for top in (1_500.0, 20_000.0, 1e6)]
    drawn += [attention.bounded(rng, 6, 3, 3e4), attention.bounded(rng, 8, 5, 1.5e6)]
    Q, K, V = attention.bounded(rng, 6, 3, 2_700.0)
    # What is looked at first may decide what becomes of the rest, such as its dtype.
    rising = np.argsort(K @ Q[0])
    drawn += [(Q, K[order], V) for order in (rising, rising[::-1])]
    drawn.append(attention.first_far_below(rng, 5, 3))
    check(submission, reference, *drawn)


@case(
    "self_attention.negative",
    "Scores that are all strongly negative",
    points=2,
    needs="values",
    hint="What is np.exp(-1000), and what happens when a row's sum of such numbers divides it?",
)
def case_negative(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    shares = np.array([1.0, 0.9, 1.0, 0.8, 0.7])
    drawn = [attention.offset(rng, 5, 4, low * shares) for low in (-1_500.0, -20_000.0, -1e6)]
    check(submission, reference, *drawn)


@case(
    "self_attention.far-rows",
    "Rows whose scores are far apart from each other",
    points=3,
    needs="values",
    hint="Let one row of scores lie around 2000 and another around -2000: which maximum does "
    "each of them need?",
)
def case_far_rows(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    shares = np.array([1.0, -1.0, 0.0, 0.5, -0.5])
    orders = (shares, shares[[1, 3, 4, 0, 2]])
    drawn = [attention.offset(rng, 5, 4, far * rows) for far in (2_000.0, 1e6) for rows in orders]
    drawn += [attention.bounded(rng, *size, 12.0) for size in SIZES[4:8]]
    check(submission, reference, *drawn)


@case(
    "self_attention.integers",
    "Integer inputs",
    points=2,
    needs="values",
    hint="Weights are fractions. Which dtype does the array have that they, or the output, are "
    "written to?",
)
def case_integers(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    whole = [attention.integers(rng, 5, 3, dtype, most=1) for dtype in (np.int64, np.int32)]
    Q, K, _ = attention.bounded(rng, 4, 3, 3.0)
    check(submission, reference, *whole, (Q, K, rng.integers(-9, 10, (4, 3))))


@case(
    "self_attention.float32",
    "Single-precision inputs",
    points=1,
    needs="values",
    hint="Does anything in your function depend on the dtype of its inputs?",
)
def case_float32(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    Q, K, V = (array.astype(np.float32) for array in attention.bounded(rng, 7, 4, 3.0))
    check(submission, reference, (Q, K, V), dtype="float32")


@case(
    "self_attention.layouts",
    "Inputs that are read-only or laid out differently in memory",
    points=1,
    needs="values",
    hint="Try your function on a transposed array, on every second column of a wider one, "
    "and on one that cannot be written to.",
)
def case_layouts(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    for layout in ("fortran", "strided", "read-only"):
        check(submission, reference, attention.bounded(rng, 5, 4, 3.0), layout=layout)


@case(
    "self_attention.small",
    "Very small and very large values keep their digits",
    points=1,
    needs="values",
    hint="Is anything rounded, cut off, or added to avoid a zero? Multiply V by 1e-6, and by 1e6, "
    "and look again.",
)
def case_small(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    Q, K, V = attention.bounded(rng, 5, 4, 3.0)
    sizes = (1e-3, 1e-6, 1e6, np.array([1.0, 1e3, 1e-3, 1e-6]))
    check(submission, reference, *((Q, K, size * V) for size in sizes))


@case(
    "self_attention.unchanged",
    "The inputs are left as they were",
    points=1,
    needs="returns",
    hint="Print Q, K and V before and after the call.",
)
def case_unchanged(submission: Submission, rng: np.random.Generator) -> None:
    check_unchanged(submission.self_attention(*attention.draw(rng, 5, 4)))
    Q, K, V = attention.draw(rng, 1, 4)
    check_unchanged(submission.self_attention(Q, K, V))


@case(
    "self_attention.repeated",
    "Each call stands on its own",
    points=3,
    needs="values",
    hint="Call it twice with different data of the same shape. Does anything outlive a call?",
)
def case_repeated(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    once, again = (attention.bounded(rng, 5, 4, 3.0) for _ in range(2))
    Q, K, V = once
    for inputs in (
        once,
        again,
        (Q, K, again[2]),
        (Q, again[1], V),
        attention.bounded(rng, 3, 2, 3.0),
        once,
        *attention.twins(attention.bounded(rng, 5, 4, 3.0)),
    ):
        answer = submission.self_attention(*inputs)
        want = reference.self_attention(*inputs)
        check_close(answer.array(), want, attention.largest_of(inputs), WHAT)
        check_not_overwritten(answer)
    check(submission, reference, attention.bounded(rng, 5, 4, 3.0), layout=REFILLED)
