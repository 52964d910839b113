"""How large a learner's heads are, read off the output of multi_head_attention."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from grader.diagnosis.experiment import Reading, Subject, close
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .attend import draw
from .outputs import Right

_WIDTH = 12
_SIZES = ((5, 3), (8, 4), (7, 2), (4, 2), (10, 6))
"""Numbers of tokens and of heads."""
_LAWS: dict[str, Callable[[int, int], int]] = {
    "n_heads": lambda seq_len, n_heads: n_heads,
    "seq_len // n_heads": lambda seq_len, n_heads: max(1, seq_len // n_heads),
    "seq_len": lambda seq_len, n_heads: seq_len,
    "d_model // seq_len": lambda seq_len, n_heads: max(1, _WIDTH // seq_len),
    "d_k + 1": lambda seq_len, n_heads: _WIDTH // n_heads + 1,
    "d_k - 1": lambda seq_len, n_heads: _WIDTH // n_heads - 1,
    "2 * d_k": lambda seq_len, n_heads: 2 * _WIDTH // n_heads,
    "seq_len / n_heads, rounded up": lambda seq_len, n_heads: -(-seq_len // n_heads),
}


def read_sizes(learner: Subject, right: Right) -> list[Reading]:
    """Return how many features the heads have, if the output is made of heads of another size.

    Args:
        learner: multi_head_attention.
        right: the attention of which the heads are made; see `outputs`.
    """
    drawn = _drawn()
    outs = learner.ask_each([(*each, size[1]) for each, size in zip(drawn, _SIZES, strict=True)])
    attend = right(1)
    told: dict[tuple[int, int], int] = {}
    for out, inputs, size in zip(outs, drawn, _SIZES, strict=True):
        if out is not None and out.ndim == 2:
            told[size] = _size(out, inputs, size[1], attend)
            if not told[size]:
                return []
    if len(told) < 2:
        return []
    if all(features == _WIDTH // n_heads for (_, n_heads), features in told.items()):
        return []
    sizes = set(told.values())
    laws = [name for name, law in _LAWS.items() if all(law(*at) == told[at] for at in told)]
    if len(sizes) == 1:
        law = f"always {sizes.pop()}"
    elif laws:
        law = laws[0]
    else:
        return []
    return [("heads-of-another-size", {"size": law})]


def first_heads() -> list[Inputs]:
    """Return the first head of each size, for the first inputs: most are told by these."""
    Q, K, V = _drawn()[0]
    return [(Q[:, :width], K[:, :width], V[:, :width]) for width in range(1, _WIDTH + 1)]


def _drawn() -> list[Inputs]:
    return [draw(20 + number, size[0], _WIDTH) for number, size in enumerate(_SIZES)]


def _size(
    out: Array, inputs: Inputs, n_heads: int, attend: Callable[[Array, Array, Array], Array | None]
) -> int:
    """Return how many features the heads have of which an output is made; 0 if no number fits."""
    for features in range(1, min(_WIDTH, out.shape[-1]) + 1):
        first = attend(*(array[:, :features] for array in inputs))
        if not close(out[:, :features], first):
            continue
        for blocks in _blocks(features, n_heads):
            wide = blocks[-1].stop
            if out.shape[-1] not in (wide, _WIDTH) or out[:, wide:].any():
                continue
            heads = [attend(*(array[:, block] for array in inputs)) for block in blocks]
            made = [head for head in heads if head is not None]
            if len(made) == len(heads) and close(out[:, :wide], np.concatenate(made, axis=1)):
                return features
    return 0


def _blocks(features: int, n_heads: int) -> Iterator[Sequence[slice]]:
    """Yield the columns of heads of this size: as many as there are, then `n_heads` of them."""
    starts = range(0, _WIDTH, features)
    blocks = [slice(start, min(start + features, _WIDTH)) for start in starts]
    yield blocks
    if n_heads < len(blocks):
        yield blocks[:n_heads]
