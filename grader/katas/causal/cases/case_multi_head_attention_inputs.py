"""Cases of multi_head_attention that are about how its inputs come."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_not_overwritten, check_unchanged
from grader.katas.common import batches
from grader.learner.submission import REFILLED, Submission

from .checks import check_layer


@case(
    "multi_head_attention.integers",
    "Integer tokens and weights",
    points=1,
    needs="values",
    hint="Which dtype has your result when X and the weights hold integers?",
)
def case_integers(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    calls = []
    for dtype in (np.int64, np.int32):
        X = rng.integers(-2, 3, (2, 4, 6)).astype(dtype)
        weights = rng.integers(-1, 2, (4, 6, 6)).astype(dtype)
        W_q, W_k, W_v, W_o = weights
        whole = batches.Layer(X, W_q, W_k, W_v, W_o, 3)
        mixed = batches.layer(rng, 2, 4, 6, 3)._replace(X=X)
        calls += [(whole, None), (whole, batches.causal(4)), (mixed, batches.causal(4))]
    check_layer(submission, reference, *calls)


@case(
    "multi_head_attention.float32",
    "Single-precision inputs",
    points=1,
    needs="values",
    hint="Does anything in your function depend on the dtype of its inputs?",
)
def case_float32(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    layer = batches.layer(rng, 2, 5, 6, 3).as_type(np.float32)
    check_layer(submission, reference, (layer, None), (layer, batches.causal(5)), dtype="float32")


@case(
    "multi_head_attention.layouts",
    "Inputs that are read-only or laid out differently in memory",
    points=1,
    needs="values",
    hint="Try it on arrays that are transposed, on every second column of wider ones, and on some "
    "that cannot be written to.",
)
def case_layouts(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    for layout in ("fortran", "strided", "read-only"):
        layer = batches.layer(rng, 2, 5, 6, 3)
        calls = [(layer, None), (layer, batches.causal(5))]
        check_layer(submission, reference, *calls, layout=layout)


@case(
    "multi_head_attention.unchanged",
    "The inputs are left as they were",
    points=1,
    needs="returns",
    hint="Print X, the weights and the mask before and after the call.",
)
def case_unchanged(submission: Submission, rng: np.random.Generator) -> None:
    layer = batches.layer(rng, 2, 4, 6, 3)
    for mask in (batches.causal(4), batches.mask(rng, 2, 3, 4, 4)):
        check_unchanged(submission.multi_head_attention(*layer, mask))
    check_unchanged(submission.multi_head_attention(*layer))


@case(
    "multi_head_attention.repeated",
    "Each call stands on its own",
    points=1,
    needs="values",
    hint="Call it twice with other data, another mask or another number of heads. Does anything "
    "outlive a call?",
)
def case_repeated(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    once, again = batches.layer(rng, 2, 4, 6, 3), batches.layer(rng, 2, 4, 6, 3)
    other = once._replace(n_heads=2)
    mask = batches.causal(4)
    calls = [(once, mask), (again, mask), (once, None), (other, None), (once, mask)]
    for layer, given in calls:
        check_not_overwritten(submission.multi_head_attention(*layer, given))
    check_layer(submission, reference, *calls)
    check_layer(submission, reference, (again, None), layout=REFILLED)
