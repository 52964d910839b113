"""A call that differs from ordinary ones in one way, of which a diagnosis tries many."""

from functools import cache
from typing import NamedTuple

import numpy as np

from grader.diagnosis.probe import CORE, Probe
from grader.katas.common import batches
from grader.katas.common.batches import Layer
from grader.worker.arrays import Array

from . import probes

ROWS = {
    "large": 3000 * np.array([1.0, 0.6, 0.9, 0.8, 0.7]),
    "negative": -70_000 * np.array([1.0, 0.6, 0.9, 0.8, 0.7]),
    "rows apart": np.array([900.0, 3000, -2000, 0, 40]),
    "heads apart": np.array([[2000.0], [-2000], [0]]),
    "sequences apart": np.array([[[2000.0]], [[-2000]]]),
}
_PARTICULAR = {
    "open": "masks that show everything",
    "nothing": "masks that hide everything",
    "one row": "masks of shape (1, seq_len)",
    "of heads": "masks of shape (heads, seq_len, seq_len)",
    "one row of heads": "masks of shape (heads, 1, seq_len)",
    "with four axes": "masks of shape (1, 1, seq_len, seq_len)",
    "of sequences": "masks of shape (batch, 1, seq_len, seq_len)",
    "of all": "masks of shape (batch, heads, seq_len, seq_len)",
    "of heads, with four axes": "masks of shape (1, heads, seq_len, seq_len)",
    "empty": "tokens that may look nowhere",
    "empty of all": "tokens that may look nowhere",
    "queries": "tokens that may look nowhere",
    "None": "calls without a mask",
    "left out": "calls without a mask",
}
BEHIND = "behind the mask"
_SCORES = {
    "large": "large scores",
    "negative": "strongly negative scores",
    "rows apart": "rows whose scores are far apart",
    "heads apart": "heads whose scores are far apart",
    "sequences apart": "sequences whose scores are far apart",
    BEHIND: "large scores behind the mask",
}
_LAYOUTS = {
    "fortran": "transposed arrays",
    "strided": "every second column of wider arrays",
    "read-only": "arrays that cannot be written to",
}
LAYER_FACTORS = {"large": 3000.0, "negative": -3000.0}


class CausalTrial(NamedTuple):
    """One call that differs from ordinary ones in what its name says.

    Attributes:
        size: (batch, heads, seq_len, d_k).
        mask: what the mask is: the name of one of `masks_of`; "" for causal_mask, which takes none.
        scores: ordinary, or one of those above.
        whole: whether the arrays hold integers.
        zero: whether some scores are exactly 0.
        layout: how arrays lie in memory.
        number: which draw.
    """

    size: tuple[int, int, int, int]
    mask: str = "causal"
    scores: str = ""
    whole: bool = False
    zero: bool = False
    layout: str = "plain"
    number: int = 0

    @property
    def tells_little(self) -> str:
        """What makes many a wrong function right here."""
        if self.size[2] == 1:
            return "with one token"
        if self.mask == "nothing":
            return "where all is hidden"
        if self.scores == BEHIND and len(self.shape) == 4:
            return "where all sequences and heads have one mask"
        shows_one = self.mask in masks_of(1, 1, 1) and _shows_one_key(self)
        return "where each token may look at one at most" if shows_one else ""

    @property
    def particular(self) -> str:
        """What is particular about it, in words."""
        if self.scores:
            return _SCORES[self.scores]
        if self.zero:
            return "scores of 0"
        if self.whole or self.layout != "plain":
            return "integers" if self.whole else _LAYOUTS[self.layout]
        if self.mask not in ("", "causal", "any", "padding"):
            return _PARTICULAR[self.mask]
        names = ("one sequence", "one head", "one token", "one feature")
        found = [name for length, name in zip(self.size, names, strict=True) if length == 1]
        if found:
            return found[0]
        return "masks of shape (batch, 1, 1, seq_len)" if self.mask == "padding" else ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the mask; () where there is none."""
        batch, heads, n, _ = self.size
        return masks_of(batch, heads, n).get(self.mask, (n, n) if self.mask else ())

    def of_length(self, seq_len: int) -> "CausalTrial":
        """Return the same with another number of tokens."""
        batch, heads, _, d_k = self.size
        return self._replace(size=(batch, heads, seq_len, d_k))

    def probe(self, function: str) -> Probe:
        """Return the call, of random numbers, the same each time."""
        if function == "causal_mask":
            return Probe(CORE, (self.size[2],), np.ones(self.size[2]), self.layout)
        rng = self._rng
        mask = self._draw_mask(rng)
        if function == "multi_head_attention":
            given: tuple[Array | None, ...] = () if self.mask == "left out" else (mask,)
            return probes.layer(CORE, self._layer(rng), *given)._replace(layout=self.layout)
        inputs = batches.bounded(rng, self.size, 3.0)
        if self.whole:
            larger = zip((1, 1, 2), inputs, strict=True)  # scores are no larger than ordinary ones
            Q, K, V = (np.ceil(times * array).astype(np.int64) for times, array in larger)
            inputs = (Q, K, V)
        if self.zero:
            inputs[1][:, :, 1] = 0
        if self.scores == BEHIND:
            made = probes.hidden(inputs, 3e5)
            *rest, row = made.args
            assert isinstance(row, np.ndarray)
            return made._replace(args=(*rest, np.broadcast_to(row, self.shape).copy()))
        if self.scores:
            inputs = batches.offset(rng, self.size, ROWS[self.scores])
        assert mask is not None
        return probes.masked(CORE, inputs, mask)._replace(layout=self.layout)

    def _layer(self, rng: np.random.Generator) -> Layer:
        batch, heads, n, d_k = self.size
        given = batches.layer(rng, batch, n, heads * d_k, heads)
        if self.whole:
            X, W_q, W_k, W_v, W_o = (np.ceil(array).astype(np.int64) for array in given[:5])
            return Layer(X, W_q, W_k, W_v, W_o, heads)
        if self.zero:
            given.X[:, 1] = 0
        return given._replace(W_q=LAYER_FACTORS.get(self.scores, 1.0) * given.W_q)

    @property
    def _rng(self) -> np.random.Generator:
        return np.random.default_rng([2020, *self.size, self.number, len(self.mask)])

    def drawn_mask(self) -> Array | None:
        """Return the mask of the call; None where it has none."""
        return self._draw_mask(self._rng)

    def _draw_mask(self, rng: np.random.Generator) -> Array | None:
        n = self.size[2]
        if self.mask in ("left out", "None"):
            return None
        if self.mask == "causal":
            return batches.causal(n)
        if self.mask in ("open", "nothing"):
            return np.full((n, n), self.mask == "open")
        if self.mask == "queries":
            rows: Array = np.arange(n)[:, None] != 1
            return rows
        mask = batches.mask(rng, *self.shape)
        if self.mask.startswith("empty"):
            mask[..., 1, :] = False
        return mask


@cache
def _shows_one_key(trial: CausalTrial) -> bool:
    """Say whether no token may look at more than one key: the scores do not matter then."""
    mask = trial.drawn_mask()
    if mask is None:
        return False
    shown = np.broadcast_to(mask, (*mask.shape[:-1], trial.size[2])).sum(axis=-1)
    return bool((shown <= 1).all())


def masks_of(batch: int, heads: int, n: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of masks that are drawn."""
    return {
        "any": (n, n),
        "one row": (1, n),
        "of heads": (heads, n, n),
        "one row of heads": (heads, 1, n),
        "with four axes": (1, 1, n, n),
        "of sequences": (batch, 1, n, n),
        "padding": (batch, 1, 1, n),
        "of all": (batch, heads, n, n),
        "of heads, with four axes": (1, heads, n, n),
        "empty": (n, n),
        "empty of all": (batch, heads, n, n),
        "queries": (n, 1),
        "None": (),
        "left out": (),
    }
