"""Cases of masked_attention: the formula under masks of every kind."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_close, check_depends, check_each_column_depends, check_shape
from grader.katas.common import batches
from grader.learner.endings import Failed
from grader.learner.submission import Submission
from grader.report.seen import Seen
from grader.worker.arrays import Array

from .checks import WHAT, check_masked

SIZES = (
    *((2, 3, 5, 4), (3, 2, 4, 6), (1, 4, 6, 2), (2, 2, 2, 2), (3, 3, 3, 3), (2, 1, 7, 5)),
    *((4, 2, 3, 8), (1, 1, 17, 3), (2, 5, 9, 1), (2, 3, 33, 16)),
)
"""Values of (batch, heads, seq_len, d_k)."""


@case(
    "masked_attention.returns",
    "Returns one array with the shape of V, in which all inputs take part",
    points=3,
    visibility="visible",
    hint="What does your function return, and what is its shape for 2 sequences, 3 heads, 5 tokens "
    "and 4 features?",
)
def case_returns(submission: Submission, rng: np.random.Generator) -> None:
    size = (2, 3, 5, 4)
    Q, K, V = batches.bounded(rng, size, 3.0)
    other, mask = batches.bounded(rng, size, 3.0), batches.mask(rng, 5, 5)
    calls = [(Q, K, V, mask), (*other[:2], V, mask), (Q, K, other[2], mask), (Q, K, V, ~mask)]
    answers = submission.call_each("masked_attention", calls)
    got = next(answers).array()
    check_shape(got, V.shape, WHAT)
    for names in ("Q and K", "V", "the mask"):
        changed = next(answers).array()
        check_shape(changed, V.shape, WHAT)
        check_depends(got, changed, batches.errors((Q, K, V)), "masked_attention", names)


@case(
    "masked_attention.example",
    "The worked example: a causal mask, padding, and both at once",
    points=4,
    needs="returns",
    visibility="visible",
    hint="The statement works this example out by hand: compare the scores, the weights and the "
    "output with yours, one after the other.",
)
def case_example(submission: Submission, reference: ModuleType) -> None:
    Q = np.array([[[[2.0, 0, 0, 0]] * 3]])
    K = np.zeros((1, 1, 3, 4))
    K[0, 0, :, 0] = 0, 0.693, 1.099
    V = np.array([[[[6.0, 0, 0, 1], [12, 0, 6, 1], [18, 6, 0, 1]]]])
    causal, padding = batches.causal(3), np.array([[[[False, True, True]]]])
    calls = [(Q, K, V, mask) for mask in (causal, padding, causal & padding)]
    check_masked(submission, reference, *calls)


@case(
    "masked_attention.open",
    "With a mask that shows everything it is plain attention, in each sequence and head",
    points=4,
    needs="returns",
    hint="Take one sequence, one head and two tokens of three features, with nothing hidden, and "
    "compute one row by hand.",
)
def case_open(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    calls = []
    for size in SIZES:
        inputs = batches.bounded(rng, size, 4.0)
        calls.append((*inputs, np.ones((size[2], size[2]), bool)))
    check_masked(submission, reference, *calls)


@case(
    "masked_attention.causal",
    "Under a causal mask",
    points=5,
    needs="returns",
    hint="What does the first token get, and what the second? Compute the weights of both by hand.",
)
def case_causal(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    many = (1, 1, int(rng.integers(130, 150)), 2)
    sizes = (*SIZES, many)
    calls = [(*batches.bounded(rng, size, 4.0), batches.causal(size[2])) for size in sizes]
    check_masked(submission, reference, *calls)


@case(
    "masked_attention.masks",
    "Masks of every shape that broadcasts to the scores",
    points=6,
    needs="returns",
    hint="Which shape have the scores? Write the shape of the mask below it, right-aligned: along "
    "which axes is it the same for all?",
)
def case_masks(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    calls = []
    for size in ((2, 3, 5, 4), (3, 3, 3, 3), (4, 2, 3, 2), (2, 4, 4, 3), (4, 4, 2, 5)):
        inputs = batches.bounded(rng, size, 4.0)
        calls += [(*inputs, mask) for mask in batches.masks(rng, size)]
    check_masked(submission, reference, *calls)


@case(
    "masked_attention.hidden",
    "What stands behind the mask makes no difference",
    points=3,
    needs="returns",
    hint="Put other keys and values where nobody may look. Does anything in your output change, "
    "and in which line does it come in?",
)
def case_hidden(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    size = (2, 3, 5, 4)
    Q, K, V = batches.bounded(rng, size, 3.0)
    shown = np.array([True, False, True, True, False])
    gone = ~shown[:, None]
    calls = []
    for factor in (1.0, 30.0, 1e5):
        far = np.where(gone, factor * np.abs(K).max() * np.sign(Q.sum(axis=-2, keepdims=True)), K)
        calls.append((Q, far, np.where(gone, 1e3, V), shown[None, :]))
    answers = [answer.array() for answer in submission.call_each("masked_attention", calls)]
    want = reference.masked_attention(*calls[0])
    for got in answers:
        check_shape(got, V.shape, WHAT)
        check_close(got, want, batches.errors((Q, K, V)), WHAT)


@case(
    "masked_attention.future",
    "What comes later does not change what came before",
    points=3,
    needs="returns",
    hint="Under a causal mask, change the last token and compare the outputs of all others.",
)
def case_future(submission: Submission, rng: np.random.Generator) -> None:
    size = (2, 2, 6, 3)
    first, other = batches.bounded(rng, size, 3.0), batches.bounded(rng, size, 3.0)
    later = np.arange(6)[:, None] >= 3
    Q, K, V = (np.where(later, new, old) for old, new in zip(first, other, strict=True))
    mask = batches.causal(6)
    short = tuple(array[:, :, :3] for array in first)
    calls = [(*first, mask), (Q, K, V, mask), (*short, mask[:3, :3]), (*other, mask)]
    answers = submission.call_each("masked_attention", calls)
    got, changed, cut, others = (answer.array() for answer in answers)
    size_of = batches.errors(first)
    for array in (got, changed, others):
        check_shape(array, size, WHAT)
    check_shape(cut, (2, 2, 3, 3), WHAT)
    check_each_column_depends(got, others, size_of, "masked_attention", "the tokens")
    check_close(changed[:, :, :3], got[:, :, :3], size_of, f"With other tokens after it, {_THEIRS}")
    check_close(cut, got[:, :, :3], size_of, f"With no tokens after it, {_THEIRS}")
    check_depends(changed[:, :, 3:], got[:, :, 3:], size_of, "masked_attention", "the last tokens")


_THEIRS = "the output for a token"


@case(
    "masked_attention.empty-rows",
    "Who may look nowhere gets zeros",
    points=4,
    needs="returns",
    hint="Hide everything from one token: what are its largest score and its sum then? And show "
    "another one key with the score -1000000, and hide one with 1000000. What is its weight?",
)
def case_empty_rows(
    submission: Submission, reference: ModuleType, rng: np.random.Generator
) -> None:
    calls = []
    for size in ((2, 3, 5, 4), (2, 2, 4, 3), (1, 1, 3, 2)):
        batch, heads, n, _ = size
        for top in (3.0, 2_000.0, 1e6):
            inputs = batches.bounded(rng, size, top)
            some = batches.mask(rng, batch, heads, n, n)
            some[0, -1, 1] = some[-1, 0, n - 1] = False
            whole = batches.mask(rng, batch, 1, n, n)
            whole[0] = False
            row = np.arange(n)[:, None] != 1
            padded = batches.causal(n) & (np.arange(n) > 0)
            calls += [(*inputs, mask) for mask in (some, whole, row, padded)]
        calls.append((*batches.bounded(rng, size, 3.0), np.zeros((n, n), bool)))
    low = batches.offset(rng, (2, 2, 4, 3), np.array([-1500.0, 20, -1e6, 0]))
    mask = batches.mask(rng, 4, 4)
    mask[3] = False
    alone = batches.bounded(rng, (2, 2, 1, 3), 3.0)
    calls += [(*low, mask), (*alone, np.zeros((1, 1), bool))]
    check_masked(submission, reference, *calls)


@case(
    "masked_attention.large",
    "Scores up to a million, of either sign, under a mask",
    points=4,
    needs="returns",
    hint="What is np.exp(1000)? Over which scores of a row is the number taken that you subtract?",
)
def case_large(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    size, calls = (2, 2, 4, 3), []
    shares = np.array([1.0, 0.9, 1.0, 0.8])
    for far in (1_500.0, -1_500.0, 1e6, -1e6):
        inputs = batches.offset(rng, size, far * shares)
        calls += [(*inputs, mask) for mask in (batches.causal(4), batches.mask(rng, 2, 1, 1, 4))]
    apart = batches.offset(rng, size, np.array([2000.0, -2000, 0, 1e5]))
    by_head = batches.offset(rng, size, np.array([[3000.0], [-3000]]))
    by_batch = batches.offset(rng, size, np.array([[[3000.0]], [[-3000]]]))
    calls += [(*inputs, batches.causal(4)) for inputs in (apart, by_head, by_batch)]
    calls += [(*batches.bounded(rng, size, 1e6), batches.mask(rng, 4, 4)) for _ in range(2)]
    check_masked(submission, reference, *calls)


@case(
    "masked_attention.independent",
    "Sequences and heads do not touch each other",
    points=3,
    needs="returns",
    hint="Change one sequence, or one head: which part of the output may change?",
)
def case_independent(submission: Submission, rng: np.random.Generator) -> None:
    size = (3, 2, 4, 3)
    first, other = batches.bounded(rng, size, 3.0), batches.bounded(rng, size, 3.0)
    mask = batches.causal(4)
    batch, head = (np.arange(n).reshape(shape) for n, shape in ((3, (3, 1, 1, 1)), (2, (2, 1, 1))))
    changes = [batch == 0, batch == 2, head == 0, head == 1, (batch == 1) & (head == 0)]
    calls: list[tuple[Array, ...]] = [(*first, mask)]
    for changed in changes:
        both = (np.where(changed, new, old) for old, new in zip(first, other, strict=True))
        calls.append((*both, mask))
    got, *after = (answer.array() for answer in submission.call_each("masked_attention", calls))
    check_shape(got, size, WHAT)
    if not np.isfinite(got).all():
        raise Failed(f"{WHAT} is not finite.", Seen("not_finite"))
    errors = batches.errors(first)
    for changed, array in zip(changes, after, strict=True):
        check_shape(array, size, WHAT)
        kept = ~np.broadcast_to(changed, size)
        check_close(
            np.where(kept, array, 0), np.where(kept, got, 0), errors, "What another part puts out"
        )
        check_depends(
            np.where(kept, 0, got), np.where(kept, 0, array), errors, "masked_attention", "Q, K, V"
        )


@case(
    "masked_attention.one",
    "Batches of one, one head, one token, one feature",
    points=2,
    needs="returns",
    hint="With an axis of length 1, does anything squeeze it away or mistake it for another?",
)
def case_one(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    calls = []
    for size in (
        (1, 3, 4, 2),
        (2, 1, 4, 2),
        (2, 3, 1, 4),
        (2, 3, 4, 1),
        (1, 1, 1, 3),
        (1, 1, 1, 1),
    ):
        inputs, n = batches.bounded(rng, size, 3.0), size[2]
        calls += [(*inputs, batches.causal(n)), (*inputs, batches.mask(rng, size[0], 1, 1, n))]
    check_masked(submission, reference, *calls)
