"""Cases of compute_qkv: three projections of the same tokens."""

from collections.abc import Sequence

import numpy as np

from grader.cases.case import case
from grader.cases.checks import (
    check_close,
    check_depends,
    check_not_overwritten,
    check_shape,
    check_unchanged,
)
from grader.katas.common.inputs import coarse, turned
from grader.learner.answer import Answer
from grader.learner.endings import Failed
from grader.learner.submission import REFILLED, Submission
from grader.report.seen import Seen
from grader.worker.arrays import Array

NAMES = ("Q", "K", "V")
SIZES = ((5, 3), (3, 5), (4, 4), (2, 8), (16, 6), (9, 1), (33, 12))
"""Values of (seq_len, d_model)."""


def draw(rng: np.random.Generator, size: tuple[int, int], scale: float = 1.0) -> list[Array]:
    """Return X of shape (seq_len, d_model) and three weights of shape (d_model, d_model)."""
    seq_len, d_model = size
    shapes = ((seq_len, d_model), (d_model, d_model), (d_model, d_model), (d_model, d_model))
    return [scale * rng.standard_normal(shape) for shape in shapes]


def check(
    answer: Answer,
    inputs: Sequence[Array],
    *,
    dtype: str = "float64",
    called: Sequence[str] = NAMES,
) -> None:
    """Fail unless the answer is (X W_q, X W_k, X W_v), which are called so."""
    X = inputs[0].astype(np.float64)
    given = zip(called, answer.arrays(NAMES), inputs[1:], sizes_of(inputs), strict=True)
    for name, got, W, size in given:
        check_close(got, X @ W.astype(np.float64), size, name, dtype=dtype)


def sizes_of(inputs: Sequence[Array]) -> list[Array]:
    """Return by what errors in Q, K and V are measured, shape (d_model,) each.

    The largest sum of magnitudes in a column bounds what rounding can do to it.
    """
    X, *weights = (np.abs(array.astype(np.float64)) for array in inputs)
    return [(X @ W).max(axis=0) for W in weights]


_STRUCTURED = (
    "Q, where W_q has ones on its diagonal,",
    "K, where W_k is symmetric,",
    "V, where W_v has zeros below its diagonal,",
)


def _with_structure(rng: np.random.Generator) -> list[Array]:
    """Return weights that something can be said of, and that are no identity."""
    X, unit, mirrored, upper = draw(rng, (5, 4))
    np.fill_diagonal(unit, 1)
    return [X, unit, mirrored + mirrored.T, np.triu(upper)]


@case(
    "compute_qkv.returns",
    "Returns the tuple (Q, K, V), each with the shape of X",
    points=3,
    visibility="visible",
    hint="What does your function return, and what is the type and shape of each part?",
)
def case_returns(submission: Submission, rng: np.random.Generator) -> None:
    inputs = draw(rng, (5, 3))
    before = submission.compute_qkv(*inputs).arrays(NAMES)
    for name, array in zip(NAMES, before, strict=True):
        check_shape(array, (5, 3), name)
    X, *weights = draw(rng, (5, 3))
    for changed, names in (([X, *inputs[1:]], "X"), ([inputs[0], *weights], "the weights")):
        after = submission.call("compute_qkv", *changed).arrays(NAMES)
        for name, array in zip(NAMES, after, strict=True):
            check_shape(array, (5, 3), name)
        size = np.stack(sizes_of(inputs))[:, None]
        check_depends(np.stack(before), np.stack(after), size, "compute_qkv", names)


@case(
    "compute_qkv.tuple",
    "What it returns is a tuple",
    points=1,
    needs="returns",
    hint="The caller unpacks three arrays: which kind of container does the statement promise?",
)
def case_tuple(submission: Submission, rng: np.random.Generator) -> None:
    if not submission.compute_qkv(*draw(rng, (2, 3))).is_tuple:
        text = "compute_qkv returned a list; the statement promises a tuple."
        raise Failed(text, Seen("wrong_kind", type="list"))


@case(
    "compute_qkv.example",
    "The worked example: identity weights give back X",
    points=2,
    needs="returns",
    visibility="visible",
    hint="What is any matrix times the identity matrix?",
)
def case_example(submission: Submission) -> None:
    inputs = [np.array([[1, 2, 3, 4], [5, 6, 7, 8]]), *(np.eye(4) for _ in range(3))]
    check(submission.compute_qkv(*inputs), inputs)


@case(
    "compute_qkv.values",
    "Q, K and V are X times W_q, W_k and W_v",
    points=6,
    needs="returns",
    hint="Put a single 1 off the diagonal of one weight matrix: which entries of Q, K and V "
    "should that change?",
)
def case_values(submission: Submission, rng: np.random.Generator) -> None:
    first, answer = submission.credit.answered["compute_qkv"][0]
    check(answer, first)
    drawn = [*(draw(rng, size) for size in SIZES), _with_structure(rng)]
    answers = list(submission.call_each("compute_qkv", drawn))
    for inputs, answer in zip(drawn[:-1], answers[:-1], strict=True):
        check(answer, inputs)
    check(answers[-1], drawn[-1], called=_STRUCTURED)


@case(
    "compute_qkv.one-token",
    "A sequence of one token",
    points=1,
    needs="returns",
    hint="With one token every result still has two axes. Print its shape.",
)
def case_one_token(submission: Submission, rng: np.random.Generator) -> None:
    for d_model in (4, 1):
        inputs = draw(rng, (1, d_model))
        check(submission.compute_qkv(*inputs), inputs)


@case(
    "compute_qkv.integers",
    "Integer tokens and weights, mixed with floats",
    points=1,
    needs="values",
    hint="Which dtype does your result have when X holds integers and the weights do not?",
)
def case_integers(submission: Submission, rng: np.random.Generator) -> None:
    for dtype in (np.int64, np.int32):
        _, *weights = draw(rng, (4, 3))
        X = rng.integers(-9, 10, (4, 3)).astype(dtype)
        whole = [X, *(rng.integers(-3, 4, (3, 3)).astype(dtype) for _ in range(3))]
        floats = rng.standard_normal((5, 3))
        for inputs in ([X, *weights], whole, [floats, *whole[1:]]):
            check(submission.compute_qkv(*inputs), inputs)


@case(
    "compute_qkv.float32",
    "Single-precision inputs",
    points=1,
    needs="values",
    hint="Does anything in your function depend on the dtype of its inputs?",
)
def case_float32(submission: Submission, rng: np.random.Generator) -> None:
    inputs = [array.astype(np.float32) for array in draw(rng, (6, 5))]
    check(submission.compute_qkv(*inputs), inputs, dtype="float32")


@case(
    "compute_qkv.layouts",
    "Inputs that are read-only or laid out differently in memory",
    points=1,
    needs="values",
    hint="Try your function on a transposed array, on every second column of a wider one, "
    "and on one that cannot be written to.",
)
def case_layouts(submission: Submission, rng: np.random.Generator) -> None:
    for layout in ("fortran", "strided", "read-only"):
        inputs = draw(rng, (4, 5))
        check(submission.compute_qkv(*inputs, layout=layout), inputs)


@case(
    "compute_qkv.small",
    "Very small and very large numbers keep their digits",
    points=1,
    needs="values",
    hint="Is anything rounded, cut off, or added to avoid a zero? Multiply X by 1e-6, and by 1e6, "
    "and look again.",
)
def case_small(submission: Submission, rng: np.random.Generator) -> None:
    for scale in (1e-3, 1e-6, 1e3):
        inputs = draw(rng, (4, 3), scale)
        check(submission.compute_qkv(*inputs), inputs)


@case(
    "compute_qkv.unchanged",
    "The inputs are left as they were",
    points=1,
    needs="returns",
    hint="Print X and the weights before and after the call.",
)
def case_unchanged(submission: Submission, rng: np.random.Generator) -> None:
    check_unchanged(submission.compute_qkv(*draw(rng, (4, 3))))


@case(
    "compute_qkv.repeated",
    "Each call stands on its own",
    points=2,
    needs="values",
    hint="Call it twice with different data of the same shape. Does anything outlive a call?",
)
def case_repeated(submission: Submission, rng: np.random.Generator) -> None:
    once, again = draw(rng, (4, 3)), draw(rng, (4, 3))
    some = [coarse(array) for array in draw(rng, (4, 3))]
    twin = [turned(array) for array in some]  # of the same shapes, sums and extremes
    for inputs in (once, again, draw(rng, (2, 6)), once, some, twin):
        answer = submission.compute_qkv(*inputs)
        check(answer, inputs)
        check_not_overwritten(answer)
    others = draw(rng, (4, 3))
    check(submission.compute_qkv(*others, layout=REFILLED), others)
