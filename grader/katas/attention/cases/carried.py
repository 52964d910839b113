"""Credit carried forward: heads judged on top of the learner's own self_attention.

Whoever splits and joins heads rightly around a wrong self_attention loses the points for the
mistake once. A result that is not the reference's counts if it is what the learner's own
self_attention gives for each head. What that is, is asked in two processes that never see the
heads joined, in an order drawn anew and in the opposite one: what hangs on the order, or on who
asks, is no function. And it is the function that the cases judged: inputs that were answered
there are among those that are asked here, and get the same answers.

A made-up self_attention could make any heads look right. So each number of tokens, features and
heads that is credited is tried on inputs that nobody has seen before: the heads are right there
too, and in the learner's self_attention the features of a head meet, and so do its tokens, and
wrong ways to make heads would have shown. Where they would not, the heads cannot be judged.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from grader.cases.checks import check_close, check_shape, is_close
from grader.katas.attention import inputs as attention
from grader.katas.attention.cases.evidence import Evidence
from grader.katas.attention.inputs import Call, Inputs
from grader.learner.answer import Answer
from grader.learner.endings import CaseEnded, NotRun
from grader.learner.submission import Submission
from grader.worker.arrays import Array

WHAT = "The output of multi_head_attention"
_JUDGED = 4  # answers to the cases that are asked for again
_DRAWS = 3  # not every draw shows what is looked for
_MOST_ITEMS = 3  # of a tuple, one of which may be the output
_ATTENTION = "self_attention"
Outputs = list[Array]
"""What the learner's self_attention returned, for one input after the other."""


def check_each(
    submission: Submission,
    reference: ModuleType,
    *calls: Call,
    layout: str = "plain",
    dtype: str = "float64",
) -> None:
    """Fail unless the learner's heads are right in each of `calls`.

    Args:
        submission: the learner's functions.
        reference: the solution.
        calls: Q, K, V of shape (seq_len, d_model) and the number of heads.
        layout: see `Submission.call`.
        dtype: the dtype of the inputs.
    """
    answers = submission.call_each("multi_head_attention", calls, layout=layout)
    check_answers(submission, reference, zip(calls, answers, strict=True), dtype=dtype)


def check_answers(
    submission: Submission,
    reference: ModuleType,
    answered: Iterable[tuple[Call, Answer]],
    *,
    dtype: str = "float64",
) -> None:
    """Fail unless each answer is right, on the reference or on their own attention.

    Args:
        submission: as for `check_each`.
        reference: as for `check_each`.
        answered: calls, each with what came back.
        dtype: as for `check_each`.
    """
    others: list[_Claim] = []
    for call, answer in answered:
        claim = _Claim(call, answer.array(), dtype)
        check_shape(claim.got, call[0].shape, WHAT)
        want = reference.multi_head_attention(*attention.to_float64(claim.inputs), call[3])
        if is_close(claim.got, want, claim.size, dtype=dtype):
            continue
        if not submission.wrong_attention:  # then there is nothing to carry
            check_close(claim.got, want, claim.size, WHAT, dtype=dtype)
        others.append(claim)
    if not others:
        return
    claim = others[0]
    rng = np.random.default_rng([submission.seed, zlib.crc32(claim.inputs[0].tobytes())])
    carried = None
    for _ in range(_DRAWS):
        carried = _is_carried(submission, others, rng)
        if carried is not None:
            break
    if carried is None:
        raise NotRun(_NOTHING_SHOWS)
    if not carried:
        want = reference.multi_head_attention(*attention.to_float64(claim.inputs), claim.n_heads)
        check_close(claim.got, want, claim.size, WHAT, dtype=dtype)


@dataclass(frozen=True)
class _Claim:
    """A call and what the learner's multi_head_attention made of it."""

    call: Call
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

    def is_made_of(self, heads: Outputs) -> bool:
        """Say whether what came back is these outputs of its heads, side by side."""
        return is_close(self.got, np.concatenate(heads, axis=1), self.size, dtype=self.dtype)


def _is_carried(
    submission: Submission, claims: list[_Claim], rng: np.random.Generator
) -> bool | None:
    """Say whether all claims are right on top of the learner's own self_attention.

    None: they agree with it, but on this draw wrong heads would have done so, too.
    """
    shapes = {(*claim.inputs[0].shape, claim.n_heads): claim.dtype for claim in claims}
    trials = [Evidence.draw(rng, shape, dtype) for shape, dtype in shapes.items()]
    answers = submission.call_each("multi_head_attention", [trial.call for trial in trials])
    joined = [answer.array() for answer in answers]
    for trial, got in zip(trials, joined, strict=True):
        check_shape(got, trial.call[0].shape, WHAT)
    heads = [head for claim in claims for head in claim.heads]
    sights = [each for trial in trials for each in trial.asked]
    carried: bool | None = False
    for outputs in _own_attention(submission, heads, sights, rng):
        left = iter(outputs)
        own = [[next(left) for _ in range(claim.n_heads)] for claim in claims]
        seen = [[next(left) for _ in trial.asked] for trial in trials]
        if all(map(_Claim.is_made_of, claims, own)) and all(
            map(Evidence.is_right, trials, joined, seen)
        ):
            carried = None
            if all(map(Evidence.shows, trials, seen)):
                return True
    return carried


def _own_attention(
    submission: Submission,
    heads: Sequence[Inputs],
    sights: Sequence[Inputs],
    rng: np.random.Generator,
) -> Iterator[Outputs]:
    """Yield what the learner's self_attention makes of the heads, then of the sights.

    Where it returns a tuple there is more than one thing that may be meant; where it does not
    answer, or with other shapes than that of V, there is nothing.

    Raises:
        NotRun: for the same inputs it does not return the same.
    """
    judged = submission.answered[_ATTENTION]
    chosen = rng.choice(len(judged), min(_JUDGED, len(judged)), replace=False)
    again = [*sights, *((Q, K, V) for place in chosen for (Q, K, V) in [judged[place][0]])]
    known = [judged[place][1].any_arrays() for place in chosen]
    inputs = [*heads, *again]
    order = rng.permutation(len(inputs))
    back = order[::-1][order[::-1] >= len(heads)] - len(heads)
    first, second = submission.beside
    try:
        told, retold = _ask_both((first, inputs, order), (second, again, back))
    except NotRun:
        raise
    except CaseEnded:  # then there is nothing to carry
        return
    pairs = list(zip(again, told[len(heads) :], retold, strict=True))
    pairs += zip(again[len(sights) :], told[len(inputs) - len(known) :], known, strict=True)
    for item in range(min(map(len, [*told, *retold, *known]))):
        outputs = [items[item] for items in told]
        if any(got.shape != each[2].shape for got, each in zip(outputs, inputs, strict=True)):
            continue
        for each, one, other in pairs:
            if not is_close(other[item], one[item], attention.largest_of(each)):
                raise NotRun(_UNSTEADY)
        yield outputs


def _ask_both(*asked: tuple[Submission, Sequence[Inputs], Array]) -> list[list[Outputs]]:
    """Return the arrays that each input got: of each process, which is asked in its own order."""
    under_way = [
        (order, other.ask_each(_ATTENTION, [(inputs[place], "plain") for place in order]))
        for other, inputs, order in asked
    ]
    told: list[list[Outputs]] = []
    for order, answers in under_way:
        outputs: list[Outputs] = [[]] * len(order)
        for place, answer in zip(order, answers, strict=True):
            arrays = answer.any_arrays() if isinstance(answer, Answer) else []
            outputs[place] = arrays[:_MOST_ITEMS]
        told.append(outputs)
    return told


_NOT_JUDGED = "Heads are judged on your own self_attention, and they cannot be: "
_UNSTEADY = f"{_NOT_JUDGED}for the same inputs it does not always return the same."
_NOTHING_SHOWS = f"{_NOT_JUDGED}with it, right heads and wrong ones give the same numbers."
