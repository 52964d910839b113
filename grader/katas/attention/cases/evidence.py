"""Evidence that heads are made rightly: inputs on which wrong heads would show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.cases.checks import is_close
from grader.katas.attention import inputs as attention
from grader.katas.attention.inputs import Call, Inputs
from grader.worker.arrays import Array

_FEWEST = 6  # tokens: of fewer, few could meet, as of features of which a head has one


@dataclass(frozen=True)
class Sight:
    """What would look the same if heads were made in a wrong way, or if nothing met.

    Attributes:
        asked: inputs of self_attention.
        inner: what of its output is looked at: rows and columns.
        outer: beside which part of the head's output: rows and columns.
        group: of the sights of one group a single one has to differ.
    """

    asked: Inputs
    inner: tuple[Array, Array]
    outer: tuple[Array, Array]
    group: str


@dataclass(frozen=True)
class Evidence:
    """Inputs that nobody has seen before, on which it shows whether heads are made rightly.

    Attributes:
        call: what multi_head_attention is asked; which of the heads is looked at, it cannot know.
        block: the columns of this head.
        dtype: the dtype of the inputs.
        sights: what self_attention is asked beside the head itself.
    """

    call: Call
    block: Array
    dtype: str
    sights: tuple[Sight, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> "Evidence":
        """Draw it for so many tokens, features and heads, or more where nothing could meet."""
        n_heads = shape[2]
        seq_len, d_model = max(shape[0], _FEWEST), max(shape[1], 2 * n_heads)

        def fresh() -> Inputs:
            Q, K, V = (array.astype(dtype) for array in attention.draw(rng, seq_len, d_model))
            return Q, K, V

        inputs, others = fresh(), fresh()
        d_k = d_model // n_heads
        block = int(rng.integers(n_heads)) * d_k + np.arange(d_k)
        sights = _sights_of_splits(inputs, block, n_heads) if n_heads > 1 else []
        sights += _sights_of_meeting(_part(inputs, block), _part(others, block), rng)
        return cls((*inputs, n_heads), block, dtype, tuple(sights))

    @property
    def asked(self) -> list[Inputs]:
        """What self_attention is asked: the head, and the sights."""
        Q, K, V, _ = self.call
        return [_part((Q, K, V), self.block), *(sight.asked for sight in self.sights)]

    def is_right(self, joined: Array, seen: Sequence[Array]) -> bool:
        """Say whether the head is there where it should be, and finite.

        Args:
            joined: what multi_head_attention returned.
            seen: what self_attention returned for what is `asked`.
        """
        same = is_close(joined[:, self.block], seen[0], self._size, dtype=self.dtype)
        return same and bool(np.isfinite(seen[0]).all())

    def shows(self, seen: Sequence[Array]) -> bool:
        """Say whether wrong heads would have shown, and whether there is an attention at all."""
        differ: dict[str, bool] = {}
        for sight, output in zip(self.sights, seen[1:], strict=True):
            part, other = output[np.ix_(*sight.inner)], seen[0][np.ix_(*sight.outer)]
            shows = not is_close(part, other, self._size[sight.outer[1]], dtype=self.dtype)
            differ[sight.group] = differ.get(sight.group, False) or shows
        return all(differ.values())

    @property
    def _size(self) -> Array:
        Q, K, V, _ = self.call
        return attention.largest_of((Q, K, V))[self.block]


def _part(inputs: Inputs, columns: Array) -> Inputs:
    Q, K, V = (array[:, columns] for array in inputs)
    return Q, K, V


def _sights_of_splits(inputs: Inputs, block: Array, n_heads: int) -> list[Sight]:
    """Return what would be asked if heads were not split, or in another way."""
    seq_len, d_k = len(inputs[0]), len(block)
    rows, inside, head = np.arange(seq_len), np.arange(d_k), int(block[0]) // d_k
    everything = rows, inside
    strided = block[0] % n_heads + n_heads * inside  # every so many columns, one of this head's
    same = np.isin(strided, block)
    Q, K, V = (array.reshape(n_heads, seq_len, d_k)[head] for array in inputs)
    return [
        Sight(inputs, (rows, block), everything, "split"),
        Sight((Q, K, V), everything, everything, "tokens are not split"),
        Sight(
            _part(inputs, strided), (rows, inside[same]), (rows, strided[same] - block[0]), "blocks"
        ),
    ]


def _sights_of_meeting(head: Inputs, others: Inputs, rng: np.random.Generator) -> list[Sight]:
    """Return a head in which all is changed but a feature, or a token, which is looked at."""
    seq_len, d_k = head[0].shape
    rows, inside = np.arange(seq_len), np.arange(d_k)

    def beside(changed: Array, kept: tuple[Array, Array], group: str) -> Sight:
        Q, K, V = (np.where(changed, new, old) for old, new in zip(head, others, strict=True))
        return Sight((Q, K, V), kept, kept, group)

    feature = rng.integers(d_k, size=1)
    return [
        beside(inside != feature, (rows, feature), "features meet"),
        # A mask may let one of the two see itself alone.
        beside((rows != 0)[:, None], (rows[:1], inside), "tokens meet"),
        beside((rows != seq_len - 1)[:, None], (rows[-1:], inside), "tokens meet"),
    ]
