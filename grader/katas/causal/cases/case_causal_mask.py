"""Cases of causal_mask: who may look at whom."""

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_equal, check_not_overwritten, check_shape
from grader.katas.common import batches
from grader.learner.endings import Failed
from grader.learner.instance import returned
from grader.learner.remote import Remote
from grader.learner.submission import Submission
from grader.report.seen import Seen
from grader.worker.arrays import Array

WHAT = "The mask"


def ask(submission: Submission, *lengths: int) -> list[Array]:
    """Return the masks of so many tokens; fail unless each is an array of booleans and square."""
    masks = []
    for seq_len, answer in zip(
        lengths, submission.call_each("causal_mask", [(each,) for each in lengths]), strict=True
    ):
        got = answer.array(booleans=True)
        if got.dtype != np.bool_:
            text = f"causal_mask returned an array of dtype {got.dtype}, not of booleans."
            raise Failed(text, Seen("dtype", type=str(got.dtype)))
        check_shape(got, (seq_len, seq_len), WHAT)
        check_not_overwritten(answer)
        masks.append(got)
    return masks


def check_long(submission: Submission, seq_len: int) -> None:
    """Fail unless a mask is right that is larger than what calls of functions may return."""
    asked = Remote(submission, []).ask("call", ["causal_mask", seq_len])
    mask = returned("causal_mask", asked).value
    shape = np.shape(mask) if isinstance(mask, np.ndarray) else None
    if shape != (seq_len, seq_len):
        text = f"For {seq_len} tokens the mask has the shape {shape}."
        raise Failed(text, Seen("shape"))
    check_equal(mask, batches.causal(seq_len), WHAT)


@case(
    "causal_mask.returns",
    "Returns an array of booleans of shape (seq_len, seq_len)",
    points=3,
    visibility="visible",
    hint="Print the shape and the dtype of what you return for 5 tokens.",
)
def case_returns(submission: Submission) -> None:
    (mask,) = ask(submission, 5)
    if mask.all() or not mask.any():
        text = "Every entry of the mask is the same."
        raise Failed(text, Seen("constant"))


@case(
    "causal_mask.example",
    "The worked example: three tokens",
    points=3,
    needs="returns",
    visibility="visible",
    hint="The statement writes out the mask of three tokens: compare it with yours, row by row.",
)
def case_example(submission: Submission) -> None:
    (mask,) = ask(submission, 3)
    check_equal(mask, batches.causal(3), WHAT)


@case(
    "causal_mask.values",
    "Each token may look at itself and at all tokens before it",
    points=5,
    needs="returns",
    hint="Write down for token 3 of 6 at whom it may look. Which entries of which row say that?",
)
def case_values(submission: Submission, rng: np.random.Generator) -> None:
    lengths = (2, 4, 6, 7, 12, 33, 4, 65)
    for mask, seq_len in zip(ask(submission, *lengths), lengths, strict=True):
        check_equal(mask, batches.causal(seq_len), WHAT)
    check_long(submission, int(rng.integers(850, 950)))  # a call for each is still right


@case(
    "causal_mask.one-token",
    "A single token may look at itself",
    points=2,
    needs="returns",
    hint="What shape has the mask of one token, and what is its one entry?",
)
def case_one_token(submission: Submission) -> None:
    (mask,) = ask(submission, 1)
    check_equal(mask, batches.causal(1), WHAT)
