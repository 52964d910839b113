"""Evidence that heads are made rightly: inputs on which wrong heads would show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.cases.checks import is_close
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import HeadsCall, Inputs
from grader.worker.arrays import Array

_FEWEST, _MOST = 6, 8  # tokens: of fewer, few could meet, and more take longer
_LOOKED_AT = 2  # heads
_SCALES = (1.0, 30.0)
"""Of the features of V in turn: whoever rounds shows nothing on small numbers, or clips on large
ones, and by luck wrong heads look right where little shows."""


@dataclass(frozen=True)
class Sight:
    """What would look the same if heads were not split, or if features or tokens never met.

    Attributes:
        asked: inputs of self_attention.
        inner: what of its output is looked at: rows and columns.
        outer: beside which part of the head's output: rows and columns.
        in_heads: whether it is asked of multi_head_attention as well, in the place of the head.
    """

    asked: Inputs
    inner: tuple[Array, Array]
    outer: tuple[Array, Array]
    in_heads: bool = True


@dataclass(frozen=True)
class Evidence:
    """Inputs that nobody has seen before, on which it shows whether heads are made rightly.

    Attributes:
        call: what multi_head_attention is asked first; which of the heads are looked at, it cannot
            know.
        blocks: the columns of these heads, two where there are as many.
        dtype: the dtype of the inputs.
        sights: what self_attention is asked beside the first of them.
    """

    call: HeadsCall
    blocks: tuple[Array, ...]
    dtype: str
    sights: tuple[Sight, ...]

    @classmethod
    def draw(
        cls, rng: np.random.Generator, seq_len: int, d_k: int, n_heads: int, dtype: str
    ) -> "Evidence":
        """Draw it for about so many tokens, and so many features of a head, and heads."""
        seq_len, d_model = min(max(seq_len, _FEWEST), _MOST), n_heads * d_k

        def fresh() -> Inputs:
            Q, K, V = attention.draw(rng, seq_len, d_model)
            return Q.astype(dtype), K.astype(dtype), (scales * V).astype(dtype)

        turns = np.resize(_SCALES, d_k)
        scales = np.concatenate([rng.permutation(turns) for _ in range(n_heads)])
        inputs, others = fresh(), fresh()
        chosen = rng.permutation(n_heads)[:_LOOKED_AT]
        blocks = tuple(int(head) * d_k + np.arange(d_k) for head in chosen)
        sights = tuple(_sights(inputs, others, blocks[0], n_heads, rng))
        return cls((*inputs, n_heads), blocks, dtype, sights)

    @property
    def asked(self) -> list[Inputs]:
        """What self_attention is asked: the heads, and the sights."""
        Q, K, V, _ = self.call
        heads = (_part((Q, K, V), block) for block in self.blocks)
        return [*heads, *(sight.asked for sight in self.sights)]

    @property
    def calls(self) -> list[HeadsCall]:
        """What multi_head_attention is asked: the heads, and each sight in the place of the first.

        Whatever shows on a sight, right heads show it too.
        """
        return [self.call, *(self._with(sight.asked) for sight in self.sights if sight.in_heads)]

    def is_right(self, joined: Sequence[Array], seen: Sequence[Array]) -> bool:
        """Say whether the heads are there where they should be, and finite.

        Args:
            joined: what multi_head_attention returned for each of the `calls`.
            seen: what self_attention returned for what is `asked`.
        """
        first, *others = joined
        wanted = [(first, block, output) for block, output in zip(self.blocks, seen, strict=False)]
        in_heads = [
            output
            for sight, output in zip(self.sights, seen[len(self.blocks) :], strict=True)
            if sight.in_heads
        ]
        wanted += [(got, self.blocks[0], out) for got, out in zip(others, in_heads, strict=True)]
        return all(
            is_close(got[:, block], output, self._size(block), dtype=self.dtype)
            and bool(np.isfinite(output).all())
            for got, block, output in wanted
        )

    def shows(self, seen: Sequence[Array]) -> bool:
        """Say whether wrong heads would have shown, and whether there is an attention at all."""
        size = self._size(self.blocks[0])
        for sight, output in zip(self.sights, seen[len(self.blocks) :], strict=True):
            part, other = output[np.ix_(*sight.inner)], seen[0][np.ix_(*sight.outer)]
            if is_close(part, other, size[sight.outer[1]], dtype=self.dtype):
                return False
        return True

    def _with(self, head: Inputs) -> HeadsCall:
        Q, K, V, n_heads = self.call
        whole = [array.copy() for array in (Q, K, V)]
        for array, part in zip(whole, head, strict=True):
            array[:, self.blocks[0]] = part
        return whole[0], whole[1], whole[2], n_heads

    def _size(self, block: Array) -> Array:
        Q, K, V, _ = self.call
        return attention.largest_of((Q, K, V))[block]


def _part(inputs: Inputs, columns: Array) -> Inputs:
    Q, K, V = (array[:, columns] for array in inputs)
    return Q, K, V


def _sights(
    inputs: Inputs, others: Inputs, block: Array, n_heads: int, rng: np.random.Generator
) -> Iterator[Sight]:
    """Yield what is asked beside a head: all heads at once, and the head with much changed."""
    head, other_head = _part(inputs, block), _part(others, block)
    rows, inside = np.arange(len(inputs[0])), np.arange(len(block))

    def beside(changed: Array, kept: tuple[Array, Array]) -> Sight:
        Q, K, V = (np.where(changed, new, old) for old, new in zip(head, other_head, strict=True))
        return Sight((Q, K, V), kept, kept)

    if n_heads > 1:
        yield Sight(inputs, (rows, block), (rows, inside), in_heads=False)
    kept = rng.permutation(inside)[: (len(inside) + 1) // 2]
    yield beside(~np.isin(inside, kept), (rows, kept))
    # A mask hides some tokens from others, and a wrong function sees the first keys alone, or every
    # second one: half of all tokens, others each time, hold one that is seen.
    stays = np.sort(rng.permutation(rows)[: len(rows) // 2])
    yield beside(~np.isin(rows, stays)[:, None], (stays, inside))
