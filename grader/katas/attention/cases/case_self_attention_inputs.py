"""Cases of self_attention: inputs of many kinds, and what a call leaves behind."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_close, check_not_overwritten, check_unchanged
from grader.katas.common import inputs as attention
from grader.learner.submission import REFILLED, Submission

from .one_head import WHAT, check_each


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
    check_each(submission, reference, *whole, (Q, K, rng.integers(-9, 10, (4, 3))))


@case(
    "self_attention.float32",
    "Single-precision inputs",
    points=1,
    needs="values",
    hint="Does anything in your function depend on the dtype of its inputs?",
)
def case_float32(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    Q, K, V = (array.astype(np.float32) for array in attention.bounded(rng, 7, 4, 3.0))
    check_each(submission, reference, (Q, K, V), dtype="float32")


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
        check_each(submission, reference, attention.bounded(rng, 5, 4, 3.0), layout=layout)


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
    check_each(submission, reference, *((Q, K, size * V) for size in sizes))


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
    check_each(submission, reference, attention.bounded(rng, 5, 4, 3.0), layout=REFILLED)
