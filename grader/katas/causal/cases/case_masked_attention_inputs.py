"""Cases of masked_attention that are about how its inputs come."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_not_overwritten, check_unchanged
from grader.katas.common import batches
from grader.learner.submission import REFILLED, Submission

from .checks import check_masked

SIZE = (2, 3, 5, 4)


@case(
    "masked_attention.integers",
    "Integer inputs",
    points=1,
    needs="open",
    hint="Which dtype have your scores when Q and K hold integers, and can it hold minus infinity?",
)
def case_integers(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    calls = []
    for dtype in (np.int64, np.int32):
        Q, K, V = rng.integers(-2, 3, (3, *SIZE)).astype(dtype)
        calls += [(Q, K, 5 * V + 1, mask) for mask in (batches.causal(5), np.ones((5, 5), bool))]
        calls.append((Q, K, rng.standard_normal(SIZE), batches.causal(5)))
    check_masked(submission, reference, *calls)


@case(
    "masked_attention.float32",
    "Single-precision inputs",
    points=1,
    needs="empty-rows",
    hint="Is the number that you use for what is hidden one that float32 can hold?",
)
def case_float32(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    Q, K, V = (array.astype(np.float32) for array in batches.bounded(rng, SIZE, 3.0))
    masks = (batches.causal(5), batches.causal(5) & (np.arange(5) > 0))
    check_masked(submission, reference, *((Q, K, V, mask) for mask in masks), dtype="float32")


@case(
    "masked_attention.layouts",
    "Inputs and masks that are read-only or laid out differently in memory",
    points=1,
    needs="open",
    hint="Try a mask that cannot be written to, one that is transposed, and every second column of "
    "a wider one.",
)
def case_layouts(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    for layout in ("fortran", "strided", "read-only"):
        inputs = batches.bounded(rng, SIZE, 3.0)
        masks = (batches.causal(5), batches.mask(rng, 2, 1, 5, 5))
        check_masked(submission, reference, *((*inputs, mask) for mask in masks), layout=layout)


@case(
    "masked_attention.small",
    "Very small and very large values keep their digits",
    points=1,
    needs="open",
    hint="Is anything rounded, cut off, or added to avoid a division by zero?",
)
def case_small(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    Q, K, V = batches.bounded(rng, SIZE, 3.0)
    calls = [(Q, K, factor * V, batches.causal(5)) for factor in (1e-6, 1e6)]
    low = batches.offset(rng, (2, 2, 4, 3), np.array([-40.0, -300, -700, -20]))
    check_masked(submission, reference, *calls, (*low, batches.causal(4)))


@case(
    "masked_attention.unchanged",
    "The inputs are left as they were",
    points=1,
    needs="returns",
    hint="Print Q, K, V and the mask before and after the call.",
)
def case_unchanged(submission: Submission, rng: np.random.Generator) -> None:
    mask = batches.causal(5)
    mask[2] = False
    for given in (batches.causal(5), mask, batches.mask(rng, 2, 3, 5, 5)):
        check_unchanged(submission.masked_attention(*batches.bounded(rng, SIZE, 3.0), given))


@case(
    "masked_attention.repeated",
    "Each call stands on its own",
    points=2,
    needs="open",
    hint="Call it twice with different data, or another mask, of the same shape. Does anything "
    "outlive a call?",
)
def case_repeated(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    once, again = batches.bounded(rng, SIZE, 3.0), batches.bounded(rng, SIZE, 3.0)
    small = batches.bounded(rng, (1, 2, 3, 2), 3.0)
    one, other = batches.causal(5), batches.mask(rng, 5, 5)
    calls = [(*once, one), (*again, one), (*once, other), (*small, batches.causal(3)), (*once, one)]
    for call in calls:
        check_not_overwritten(submission.masked_attention(*call))
    check_masked(submission, reference, *calls)
    check_masked(submission, reference, (*again, other), layout=REFILLED)
