"""Cases of self_attention: softmax(Q Kᵀ / √d_k) V for one head."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import (
    check_close,
    check_depends,
    check_each_column_depends,
    check_shape,
)
from grader.katas.common import inputs as attention
from grader.learner.endings import Failed
from grader.learner.submission import Submission

from .checks import check_alive, check_returns, check_weighed
from .one_head import WHAT, check_each

SIZES = ((5, 3), (3, 5), (4, 4), (2, 6), (7, 2), (6, 1), (9, 8), (17, 5), (32, 16), (48, 7))
"""Values of (seq_len, d_k)."""


@case(
    "self_attention.returns",
    "Returns one array with the shape of V",
    points=3,
    visibility="visible",
    hint="What does your function return, and what is its shape for 5 tokens of 3 features?",
)
def case_returns(submission: Submission, rng: np.random.Generator) -> None:
    check_returns(submission, rng, "self_attention", (5, 3), (3, 5))


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
    check_each(submission, reference, (head, head, head))


@case(
    "self_attention.values",
    "Random queries, keys and values of many sizes",
    points=7,
    needs="returns",
    hint="Take two tokens of three features, or as few as it takes to go wrong, and compute one "
    "row by hand: the scores, what they are divided by, the weights, the weighted mean.",
)
def case_values(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    (Q, K, V), answer = submission.credit.answered["self_attention"][0]
    want = reference.self_attention(Q, K, V)
    check_close(answer.array(), want, attention.largest_of((Q, K, V)), WHAT)
    drawn = [attention.bounded(rng, *size, 4.0) for size in SIZES]
    drawn += [attention.bounded(rng, *size, 2.0) for size in SIZES[:6]]
    check_each(submission, reference, *drawn)


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
    check_each(submission, reference, (np.zeros_like(Q), K, V), (some_Q, some_K, V))


@case(
    "self_attention.one-token",
    "One token can only look at itself",
    points=2,
    needs="returns",
    hint="With a single key there is a single weight. What must it be?",
)
def case_one_token(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    drawn = [attention.bounded(rng, 1, d_k, 9.0) for d_k in (4, 1)]
    check_each(submission, reference, *drawn, *((-Q, K, V) for Q, K, V in drawn))


@case(
    "self_attention.weights",
    "The weights of each query are positive and sum to 1",
    points=3,
    needs="returns",
    hint="With V = identity the output of self_attention is its matrix of weights. Print it and "
    "add up its rows.",
)
def case_weights(submission: Submission, rng: np.random.Generator) -> None:
    for size, count in ((2, 9), (6, 1)):  # of few weights all may be the same, if each is 0 or 1
        Q, K, V = attention.bounded(rng, size, size, 2.0)
        others = [attention.bounded(rng, size, size, 2.0)[:2] for _ in range(count)]
        eye = np.eye(size)
        calls = [(Q, K, eye), (Q, K, V), *((*other, eye) for other in others)]
        answers = submission.call_each("self_attention", calls)
        weights, output, *after = (answer.array() for answer in answers)
        check_shape(weights, (size, size), WHAT)
        before = np.stack([weights] * count)
        check_depends(before, np.stack(after), np.ones(size), "self_attention", "Q and K")
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
    hint="The formula does not know which token comes first. Does any of your lines?",
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
    check_each(submission, reference, *drawn)


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
    check_each(submission, reference, *drawn)


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
    check_each(submission, reference, *drawn)
