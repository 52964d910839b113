"""Experiments with one function of a learner's, on public inputs of ours, in one worker."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from grader.kata import kata
from grader.katas.attention import inputs as attention
from grader.learner.answer import Answer
from grader.learner.endings import Failed, Raised
from grader.learner.submission import Submission
from grader.worker.arrays import Array

NEAR = 1e-6
"""How near two values of ordinary size must be to count as the same."""

_MOST = 10_000  # elements of a result, many times those of a right one

Attend = Callable[[Array, Array, Array], Array | None]
"""Attention, in one head or several: Q, K, V to the output, or None where there is none."""


class Learner:
    """A learner's function to call, which is not called twice with the same inputs.

    Args:
        submission: the learner's functions, known to keep nothing between calls.
        function: which of them.
    """

    def __init__(self, submission: Submission, function: str) -> None:
        self._submission = submission
        self.function = function
        self._known: dict[tuple[object, ...], Array | None] = {}

    def __call__(self, *args: Array | int, layout: str = "plain") -> Array | None:
        """Return what the function returned, as floats; None if it raised or returned no array.

        The three arrays of compute_qkv come side by side.

        Raises:
            CaseEnded: it hung or died, so that there is nothing more to try.
        """
        (result,) = self.ask_each([args], layout=layout)
        return result

    def ask_each(
        self, calls: Sequence[Sequence[Array | int]], layout: str = "plain"
    ) -> list[Array | None]:
        """Make calls in one piece, and return of each what calling it would.

        Raises:
            CaseEnded: it hung or died in one of them.
        """
        keys = [(layout, *map(_content, args)) for args in calls]
        new = {key: args for key, args in zip(keys, calls, strict=True) if key not in self._known}
        if new:
            made = [(args, layout) for args in new.values()]
            answers = self._submission.ask_each(self.function, made)
            for key, answer in zip(new, answers, strict=True):
                self._known[key] = self._values(answer)
        return [self._known[key] for key in keys]

    def _values(self, answer: Answer | Raised) -> Array | None:
        if isinstance(answer, Raised):
            return None
        try:
            several = self.function == "compute_qkv"
            results = answer.arrays(("Q", "K", "V")) if several else [answer.array()]
        except Failed:
            return None
        if sum(result.size for result in results) > _MOST:
            return None
        if not several:
            return results[0].astype(np.float64)
        if len({result.shape for result in results}) != 1 or results[0].ndim != 2:
            return None
        return np.concatenate(results, axis=1).astype(np.float64)


def _content(arg: Array | int) -> object:
    return arg if isinstance(arg, int) else (arg.shape, arg.dtype.str, arg.tobytes())


def attend_with(learner: Learner, heads: int) -> Attend:
    """Return the learner's attention with this number of heads, as a function of Q, K and V."""

    def attend(Q: Array, K: Array, V: Array) -> Array | None:
        (out,) = attend_each(learner, [((Q, K, V), heads)])
        return out

    return attend


def attend_each(
    learner: Learner, calls: Sequence[tuple[attention.Inputs, int]]
) -> list[Array | None]:
    """Return the learner's attention of each of these Q, K, V, with so many heads.

    All calls are made in one piece, which takes less time than one after the other.
    """
    several = learner.function == "multi_head_attention"
    outs = learner.ask_each([(*inputs, heads) if several else inputs for inputs, heads in calls])
    return [
        out if out is not None and out.shape == V.shape else None
        for out, ((_, _, V), _) in zip(outs, calls, strict=True)
    ]


def attend_rightly(heads: int) -> Callable[[Array, Array, Array], Array]:
    """Return the solution's attention with this number of heads."""

    def attend(Q: Array, K: Array, V: Array) -> Array:
        output: Array = kata.solution().multi_head_attention(Q, K, V, heads)
        return output

    return attend


def close(first: Array | None, second: Array | None) -> bool:
    """Say whether two arrays are the same up to rounding; nothing is like None."""
    if first is None or second is None or first.shape != second.shape:
        return False
    # As np.allclose has it, in a third of the time.
    near = np.abs(first - second) <= NEAR + NEAR * np.abs(second)
    return bool(((near & np.isfinite(second)) | (first == second)).all())


class Look(NamedTuple):
    """One look at the weights: with V = identity the output is the matrix of weights.

    Attributes:
        scores: the right scores, scaled, of shape (heads, queries, keys).
        right: the right weights.
        seen: what came back in their place.
        d_k: features of a head.
    """

    scores: Array
    right: Array
    seen: Array
    d_k: int

    @property
    def seq_len(self) -> int:
        """The number of tokens."""
        return int(self.seen.shape[-1])


# (seq_len, d_k, heads); two of one size, so that what hangs on sizes is told from what hangs on
# the data.
_SIZES = ((4, 4, 2), (4, 4, 2), (3, 7, 3), (5, 7, 2), (6, 9, 3))
_SPREADS = (1.0, 1.2, 1.2, 2.0, 2.0)


def look_at_weights(learner: Learner) -> list[Look]:
    """Return looks at the weights, in heads where the function makes heads; empty if one fails."""
    calls = []
    for number, (seq_len, d_k, several) in enumerate(_SIZES):
        heads = several if learner.function == "multi_head_attention" else 1
        Q, K, _ = draw(number, seq_len, d_k * heads, _SPREADS[number])
        calls.append(((Q, K, np.tile(np.eye(seq_len, d_k), heads)), heads))
    looks = []
    for ((Q, K, _), heads), out, (seq_len, d_k, _) in zip(
        calls, attend_each(learner, calls), _SIZES, strict=True
    ):
        if out is None or not np.isfinite(out).all():
            return []
        blocks = np.stack(np.split(out, heads, axis=1))
        if np.abs(blocks[:, :, seq_len:]).max(initial=0) > NEAR:
            return []
        pairs = zip(np.split(Q, heads, axis=1), np.split(K, heads, axis=1), strict=True)
        scores = np.stack([query @ key.T / np.sqrt(d_k) for query, key in pairs])
        exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
        right: Array = exponents / exponents.sum(axis=-1, keepdims=True)
        looks.append(Look(scores, right, blocks[:, :, :seq_len], d_k))
    return looks


def draw(number: int, seq_len: int, width: int, spread: float = 1.2) -> attention.Inputs:
    """Return ordinary Q, K, V, the same for the same number."""
    return attention.draw(np.random.default_rng([1762, number]), seq_len, width, spread)


_ORDINARY = ((5, 6), (4, 12), (6, 6))


def ordinary(learner: Learner) -> Iterator[tuple[attention.Inputs, int]]:
    """Yield ordinary inputs of a few sizes, with the number of heads for each."""
    for number, (seq_len, width) in enumerate(_ORDINARY):
        heads = (3, 2, 3)[number] if learner.function == "multi_head_attention" else 1
        yield draw(10 + number, seq_len, width), heads
