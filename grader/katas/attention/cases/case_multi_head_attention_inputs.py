"""Cases of multi_head_attention: inputs of many kinds, and what a call leaves behind."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_not_overwritten, check_unchanged
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import HeadsCall
from grader.learner.submission import REFILLED, Submission

from .carried import check_answers, check_each


@case(
    "multi_head_attention.integers",
    "Integer inputs",
    points=2,
    needs="values",
    excused_by=("self_attention.integers",),
    hint="Which dtype does the array have that the heads' outputs are written to?",
)
def case_integers(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    drawn: list[HeadsCall] = [
        (*attention.integers(rng, 5, 6, dtype, most=1), 3) for dtype in (np.int64, np.int32)
    ]
    Q, K, V = attention.heads(rng, 4, 6, 2, 3.0)
    drawn.append((Q, K, rng.integers(-9, 10, (4, 6)), 2))
    drawn.append((rng.integers(-2, 3, (4, 6)), K, V, 2))
    check_each(submission, reference, *drawn)


@case(
    "multi_head_attention.float32",
    "Single-precision inputs",
    points=1,
    needs="values",
    excused_by=("self_attention.float32",),
    hint="Does anything in your function depend on the dtype of its inputs?",
)
def case_float32(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    Q, K, V = (array.astype(np.float32) for array in attention.heads(rng, 7, 8, 2, 3.0))
    check_each(submission, reference, (Q, K, V, 2), dtype="float32")


@case(
    "multi_head_attention.layouts",
    "Inputs that are read-only or laid out differently in memory",
    points=1,
    needs="values",
    excused_by=("self_attention.layouts",),
    hint="Try your function on a transposed array, on every second column of a wider one, "
    "and on one that cannot be written to.",
)
def case_layouts(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    for layout in ("fortran", "strided", "read-only"):
        call = (*attention.heads(rng, 5, 6, 3, 3.0), 3)
        check_each(submission, reference, call, layout=layout)


@case(
    "multi_head_attention.small",
    "Very small and very large values keep their digits",
    points=1,
    needs="values",
    excused_by=("self_attention.small",),
    hint="Is anything rounded, cut off, or added to avoid a zero? Multiply V by 1e-6, and by 1e6, "
    "and look again.",
)
def case_small(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    Q, K, V = attention.heads(rng, 5, 6, 3, 3.0)
    sizes = (1e-3, 1e-6, 1e6, np.repeat([1.0, 1e-6, 1e3], 2))
    check_each(submission, reference, *((Q, K, size * V, 3) for size in sizes))


@case(
    "multi_head_attention.unchanged",
    "The inputs are left as they were",
    points=1,
    needs="returns",
    hint="Print Q, K and V before and after the call.",
)
def case_unchanged(submission: Submission, rng: np.random.Generator) -> None:
    for n_heads in (1, 3):
        inputs = attention.draw(rng, 5, 6)
        check_unchanged(submission.multi_head_attention(*inputs, n_heads))


@case(
    "multi_head_attention.repeated",
    "Each call stands on its own",
    points=2,
    needs="values",
    excused_by=("self_attention.repeated",),
    hint="Call it with other data, then with another number of heads. Does anything outlive a "
    "call?",
)
def case_repeated(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    once, again = (attention.heads(rng, 5, 12, 3, 3.0) for _ in range(2))
    calls = [
        (once, 3),
        (again, 3),
        (again, 4),
        (once, 4),
        (attention.heads(rng, 3, 8, 4, 3.0), 4),
        (once, 3),
        *((inputs, 3) for inputs in attention.twins(attention.heads(rng, 5, 12, 3, 3.0))),
    ]
    answered = []
    for inputs, n_heads in calls:
        answer = submission.multi_head_attention(*inputs, n_heads)
        check_not_overwritten(answer)
        answered.append(((*inputs, n_heads), answer))
    check_answers(submission, reference, answered)
    check_each(submission, reference, (*attention.heads(rng, 5, 12, 3, 3.0), 3), layout=REFILLED)
