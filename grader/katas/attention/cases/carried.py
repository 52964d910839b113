"""Credit carried forward: heads judged on top of the learner's own self_attention.

Whoever splits and joins heads rightly around a wrong self_attention loses the points for the
mistake once. A result that is not the reference's counts if it is what the learner's own
self_attention gives for each head, and if the case that asks the same of self_attention itself
was lost: what was right there has to be right here. See `own_attention` for how it is asked.

A made-up self_attention could make any heads look right. So each number of features and heads
that is credited is tried on inputs that nobody has seen before: the heads are right there too, in
the learner's self_attention the features of a head meet, and so do its tokens, and wrong ways to
make heads would have shown. Where they would not, the heads cannot be judged.
"""

from collections.abc import Iterable
from itertools import islice
from types import ModuleType
from typing import NamedTuple

import numpy as np

from grader.cases.checks import check_close, check_shape, is_close
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import HeadsCall, Inputs
from grader.learner.answer import Answer
from grader.learner.endings import CaseEnded, NotRun
from grader.learner.submission import Submission
from grader.worker.arrays import Array

WHAT = "The output of multi_head_attention"
_DRAWS = 30  # not every draw shows what is looked for
_SHAPES = 3  # that are tried in a case
_OTHER_WIDTHS = (3, 5, 7, 9, 11)
Shape = tuple[int, int, int, str]
"""Numbers of tokens, of features of a head, and of heads; the dtype of the inputs."""


def check_each(
    submission: Submission,
    reference: ModuleType,
    *calls: HeadsCall,
    layout: str = "plain",
    dtype: str = "float64",
    finite: bool = True,
) -> None:
    """Fail unless the learner's heads are right in each of `calls`.

    Args:
        submission: the learner's functions.
        reference: the solution.
        calls: Q, K, V of shape (seq_len, d_model) and the number of heads.
        layout: see `Submission.call`.
        dtype: the dtype of the inputs.
        finite: whether what comes back has to be finite on the learner's own attention, too.
    """
    answers = submission.call_each("multi_head_attention", calls, layout=layout)
    for call in calls:  # while the learner's function computes; the reference remembers
        reference.multi_head_attention(*attention.to_float64(call[:3]), call[3])
    answered = zip(calls, answers, strict=True)
    check_answers(submission, reference, answered, dtype=dtype, finite=finite)


def check_answers(
    submission: Submission,
    reference: ModuleType,
    answered: Iterable[tuple[HeadsCall, Answer]],
    *,
    dtype: str = "float64",
    finite: bool = True,
) -> None:
    """Fail unless each answer is right, on the reference or on their own attention.

    Args:
        submission: as for `check_each`.
        reference: as for `check_each`.
        answered: calls, each with what came back.
        dtype: as for `check_each`.
        finite: as for `check_each`.
    """
    others: list[_Claim] = []
    for call, answer in answered:
        claim = _Claim(call, answer.array(), dtype)
        check_shape(claim.got, call[0].shape, WHAT)
        want = reference.multi_head_attention(*attention.to_float64(claim.inputs), call[3])
        if is_close(claim.got, want, claim.size, dtype=dtype):
            continue
        if not submission.credit.excused or (finite and not np.isfinite(claim.got).all()):
            check_close(claim.got, want, claim.size, WHAT, dtype=dtype)
        others.append(claim)
    if others and not _are_carried(submission, others):
        claim = others[0]
        want = reference.multi_head_attention(*attention.to_float64(claim.inputs), claim.n_heads)
        check_close(claim.got, want, claim.size, WHAT, dtype=dtype)


class _Claim(NamedTuple):
    """A call and what the learner's multi_head_attention made of it."""

    call: HeadsCall
    got: Array
    dtype: str

    @property
    def inputs(self) -> Inputs:
        return self.call[0], self.call[1], self.call[2]

    @property
    def n_heads(self) -> int:
        return self.call[3]

    @property
    def size(self) -> Array:
        """By what errors are measured: the inputs alone, never what came back."""
        return attention.largest_of(self.inputs)

    @property
    def heads(self) -> list[Inputs]:
        parts = (np.split(array, self.n_heads, axis=1) for array in self.inputs)
        return list(zip(*parts, strict=True))

    def is_made_of(self, heads: list[Array]) -> bool:
        """Say whether what came back is these outputs of its heads, side by side."""
        return is_close(self.got, np.concatenate(heads, axis=1), self.size, dtype=self.dtype)


def _are_carried(submission: Submission, claims: list[_Claim]) -> bool:
    """Say whether all claims are right on top of the learner's own self_attention.

    Raises:
        NotRun: it is such that right heads cannot be told from wrong ones.
    """
    from .own_attention import NOTHING_SHOWS  # seldom needed

    rng = np.random.default_rng()  # whoever knows the seed of the cases knows nothing of this
    shapes = _shapes(claims, rng)
    for _ in range(_DRAWS):
        unseen = _unseen(submission, claims, shapes, rng)
        if not unseen:
            return unseen is not None
        claims, shapes = [], unseen
    raise NotRun(NOTHING_SHOWS)


def _unseen(
    submission: Submission, claims: list[_Claim], shapes: list[Shape], rng: np.random.Generator
) -> list[Shape] | None:
    """Return for which shapes wrong heads would not have shown; None where heads do not agree."""
    from . import own_attention
    from .evidence import Evidence

    evidence = [Evidence.draw(rng, *shape) for shape in shapes]
    try:
        calls = [call for each in evidence for call in each.calls]
        answers = [answer.array() for answer in submission.call_each("multi_head_attention", calls)]
    except CaseEnded:  # nothing is said of inputs that nobody may be told
        return None
    if any(got.shape != call[0].shape for got, call in zip(answers, calls, strict=True)):
        return None
    in_turn = iter(answers)
    joined = [list(islice(in_turn, len(each.calls))) for each in evidence]
    heads = [head for claim in claims for head in claim.heads]
    found: list[Shape] | None = None
    for outputs, seen in own_attention.ask(submission, heads, [e.asked for e in evidence], rng):
        left = iter(outputs)
        own = [[next(left) for _ in range(claim.n_heads)] for claim in claims]
        if all(map(_Claim.is_made_of, claims, own)) and all(
            map(Evidence.is_right, evidence, joined, seen)
        ):
            shown = map(Evidence.shows, evidence, seen)
            unseen = [shape for shape, shows in zip(shapes, shown, strict=True) if not shows]
            found = unseen if found is None else min(found, unseen, key=len)
    return found


def _shapes(claims: list[_Claim], rng: np.random.Generator) -> list[Shape]:
    """Return some of the shapes that are claimed, and one of another width, to look at.

    Which of them, nobody can know beforehand. A head of one feature is shown by wider ones; whoever
    cuts in pieces of a fixed width is found out by another.
    """
    claimed: dict[Shape, None] = {}
    for claim in claims:
        seq_len, d_model = claim.got.shape
        claimed[seq_len, d_model // claim.n_heads, claim.n_heads, claim.dtype] = None
    widths = [d_k for d_k in _OTHER_WIDTHS if all(d_k != shape[1] for shape in claimed)]
    wide = [shape for shape in claimed if shape[1] > 1]
    seq_len, _, n_heads, dtype = next(iter(claimed))
    other = (seq_len, int(rng.choice(widths)), n_heads, dtype)
    return [*(wide[place] for place in rng.permutation(len(wide))[:_SHAPES]), other]
