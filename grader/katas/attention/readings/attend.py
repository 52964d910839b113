"""A learner's attention, in one head or several: its outputs, and the weights seen in them."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from grader.diagnosis.experiment import NEAR, Subject, close
from grader.kata import Kata
from grader.katas.common import inputs as attention
from grader.worker.arrays import Array

Attend = Callable[[Array, Array, Array], Array | None]
"""Attention, in one head or several: Q, K, V to the output, or None where there is none."""


def attend_with(learner: Subject, heads: int) -> Attend:
    """Return the learner's attention with this number of heads, as a function of Q, K and V."""

    def attend(Q: Array, K: Array, V: Array) -> Array | None:
        (out,) = attend_each(learner, [((Q, K, V), heads)])
        return out

    return attend


def attend_each(
    learner: Subject, calls: Sequence[tuple[attention.Inputs, int]]
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


def attend_rightly(kata: Kata) -> Callable[[int], Attend]:
    """Return the solution's attention, given the number of heads."""

    def with_heads(heads: int) -> Attend:
        def attend(Q: Array, K: Array, V: Array) -> Array:
            output: Array = kata.solution.multi_head_attention(Q, K, V, heads)
            return output

        return attend

    return with_heads


class Glance(NamedTuple):
    """One look at the weights: with V = identity the output is the matrix of weights.

    Attributes:
        Q: the queries of each head, of shape (heads, queries, d_k).
        K: the keys, likewise.
        scores: the right scores, scaled, of shape (heads, queries, keys).
        right: the right weights.
        seen: what came back in their place.
        d_k: features of a head.
    """

    Q: Array
    K: Array
    scores: Array
    right: Array
    seen: Array
    d_k: int

    @property
    def seq_len(self) -> int:
        """The number of tokens."""
        return int(self.seen.shape[-1])


# (seq_len, d_k, heads, spread of queries and keys); two of one size, so that what hangs on sizes is
# told from what hangs on the data.
_SIZES = ((4, 4, 2, 1.0), (4, 4, 2, 1.2), (3, 7, 3, 1.2), (5, 7, 2, 2.0), (6, 9, 3, 2.0))


def look_at_weights(
    learner: Subject, wider: float = 1.0, sizes: Sequence[tuple[int, int, int, float]] = _SIZES
) -> list[Glance]:
    """Return looks at the weights, in heads where the function makes heads; empty if one fails.

    Args:
        learner: the function.
        wider: by what queries and keys are multiplied.
        sizes: of the inputs; see `_SIZES`.
    """
    calls = []
    for number, (seq_len, d_k, several, spread) in enumerate(sizes):
        heads = several if learner.function == "multi_head_attention" else 1
        Q, K, _ = draw(number, seq_len, d_k * heads, wider * spread)
        calls.append(((Q, K, np.tile(np.eye(seq_len, d_k), heads)), heads))
    looks = []
    for ((Q, K, _), heads), out, (seq_len, d_k, *_) in zip(
        calls, attend_each(learner, calls), sizes, strict=True
    ):
        if out is None or not np.isfinite(out).all():
            return []
        blocks = np.stack(np.split(out, heads, axis=1))
        if np.abs(blocks[:, :, seq_len:]).max(initial=0) > NEAR:
            return []
        queries, keys = (np.stack(np.split(array, heads, axis=1)) for array in (Q, K))
        scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(d_k)
        exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
        right: Array = exponents / exponents.sum(axis=-1, keepdims=True)
        looks.append(Glance(queries, keys, scores, right, blocks[:, :, :seq_len], d_k))
    return looks


def draw(number: int, seq_len: int, width: int, spread: float = 1.2) -> attention.Inputs:
    """Return ordinary Q, K, V, the same for the same number."""
    return attention.draw(np.random.default_rng([1762, number]), seq_len, width, spread)


_ORDINARY = ((5, 6), (4, 12), (6, 6))


def ordinary(learner: Subject) -> Iterator[tuple[attention.Inputs, int]]:
    """Yield ordinary inputs of a few sizes, with the number of heads for each."""
    for number, (seq_len, width) in enumerate(_ORDINARY):
        heads = (3, 2, 3)[number] if learner.function == "multi_head_attention" else 1
        yield draw(10 + number, seq_len, width), heads


def are_weights(learner: Subject, looks: Sequence[Glance]) -> bool:
    """Say whether what was looked at are weights, and some of them wrong."""
    wrong = not all(close(look.seen, look.right) for look in looks)
    return wrong and _is_weighted_mean(learner)


def _is_weighted_mean(learner: Subject) -> bool:
    """Say whether the output is a fixed matrix times V, in each head."""
    for (Q, K, V), heads in ordinary(learner):
        mixed = _mixed(V, heads)  # V times a matrix is no weighted mean: the order would matter
        calls = [((Q, K, values), heads) for values in (V, V[::-1], V - 2 * V[::-1], mixed)]
        first, second, both, other = attend_each(learner, calls)
        if first is None or second is None or both is None or other is None:
            return False
        if not np.allclose(both, first - 2 * second, rtol=1e-5, atol=1e-5):
            return False
        if not np.allclose(other, _mixed(first, heads), rtol=1e-5, atol=1e-5):
            return False
    return True


def _mixed(array: Array, heads: int) -> Array:
    """Return an array with the features of each head put together to others."""
    parts = np.split(array, heads, axis=1)
    return np.concatenate([part + np.roll(part, 1, axis=1) for part in parts], axis=1)
