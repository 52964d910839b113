"""Calls that differ in one way each, and what they can have in common."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from grader.diagnosis.probe import CORE, Probe
from grader.diagnosis.where import Condition, Stage
from grader.katas.common import batches
from grader.katas.common.batches import Layer
from grader.worker.arrays import Array

from . import probes

_ROWS = {
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
_BEHIND = "behind the mask"
_SCORES = {
    "large": "large scores",
    "negative": "strongly negative scores",
    "rows apart": "rows whose scores are far apart",
    "heads apart": "heads whose scores are far apart",
    "sequences apart": "sequences whose scores are far apart",
    _BEHIND: "large scores behind the mask",
}
_LAYER_FACTORS = {"large": 3000.0, "negative": -3000.0}


class CausalTrial(NamedTuple):
    """One call that differs from ordinary ones in what its name says.

    Attributes:
        size: (batch, heads, seq_len, d_k).
        mask: what the mask is: the name of one of `_masks`.
        scores: ordinary, or one of those above.
        whole: whether the arrays hold integers.
        layout: how arrays lie in memory.
        number: which draw.
    """

    size: tuple[int, int, int, int]
    mask: str = "causal"
    scores: str = ""
    whole: bool = False
    layout: str = "plain"
    number: int = 0

    @property
    def tells_little(self) -> bool:
        """Whether many a wrong function is right here."""
        return self.size[2] == 1 or self.mask == "nothing"

    @property
    def particular(self) -> str:
        """What is particular about it, in words."""
        if self.scores:
            return _SCORES[self.scores]
        if self.whole or self.layout != "plain":
            return "integers" if self.whole else f"{self.layout} arrays"
        if self.mask not in ("causal", "any", "padding"):
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
        return _masks(batch, heads, n).get(self.mask, (n, n))

    def of_length(self, seq_len: int) -> "CausalTrial":
        """Return the same with another number of tokens."""
        batch, heads, _, d_k = self.size
        return self._replace(size=(batch, heads, seq_len, d_k))

    def probe(self, function: str) -> Probe:
        """Return the call, of random numbers, the same each time."""
        if function == "causal_mask":
            return Probe(CORE, (self.size[2],), np.ones(self.size[2]), self.layout)
        rng = np.random.default_rng([2020, *self.size, self.number, len(self.mask)])
        mask = self._draw_mask(rng)
        if function == "multi_head_attention":
            given: tuple[Array | None, ...] = () if self.mask == "left out" else (mask,)
            return probes.layer(CORE, self._layer(rng), *given)._replace(layout=self.layout)
        inputs = batches.bounded(rng, self.size, 3.0)
        if self.whole:
            Q, K, V = (np.ceil(2 * array).astype(np.int64) for array in inputs)
            inputs = (Q, K, V)
        if self.scores == _BEHIND:
            return probes.hidden(inputs, 3e5)
        if self.scores:
            inputs = batches.offset(rng, self.size, _ROWS[self.scores])
        assert mask is not None
        return probes.masked(CORE, inputs, mask)._replace(layout=self.layout)

    def _layer(self, rng: np.random.Generator) -> Layer:
        batch, heads, n, d_k = self.size
        given = batches.layer(rng, batch, n, heads * d_k, heads)
        if self.whole:
            X, W_q, W_k, W_v, W_o = (np.ceil(array).astype(np.int64) for array in given[:5])
            return Layer(X, W_q, W_k, W_v, W_o, heads)
        return given._replace(W_q=_LAYER_FACTORS.get(self.scores, 1.0) * given.W_q)

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


def _masks(batch: int, heads: int, n: int) -> dict[str, tuple[int, ...]]:
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


_USUAL = CausalTrial((2, 3, 5, 4))
_SIZES = (
    *((1, 3, 5, 4), (2, 1, 5, 4), (2, 3, 1, 4), (2, 3, 5, 1), (1, 1, 4, 3), (1, 1, 1, 1)),
    *((3, 2, 4, 4), (2, 2, 4, 3), (3, 3, 3, 3), (4, 2, 3, 6), (2, 4, 6, 2), (3, 2, 8, 5)),
    *((2, 4, 7, 3), (5, 2, 2, 2)),
)


_LENGTHS: dict[Stage, tuple[int, ...]] = {
    "again": (4, 9),
    "short": (1, 2, 3, 5, 6, 8, 16),
    "long": (33, 70, 140, 270, 520),
}


@cache
def trials(function: str, stage: Stage) -> list[CausalTrial]:
    """Return trials of a function."""
    if function == "causal_mask":
        return [CausalTrial((2, 2, n, 2)) for n in _LENGTHS[stage]]
    if stage == "long":
        return [CausalTrial((2, 2, 33, 3)), CausalTrial((3, 2, 20, 16))]
    usual = _USUAL._replace(number=int(stage == "again"))
    masks = [usual._replace(mask=name) for name in ("causal", "open", "nothing")]
    masks += [usual._replace(mask=name) for name in _masks(1, 1, 1)]
    is_layer = function == "multi_head_attention"
    if not is_layer:
        masks = [each for each in masks if each.mask not in ("None", "left out")]
    if stage == "again":
        return [*masks, *(usual._replace(size=size) for size in _SIZES[:2])]
    sizes = [CausalTrial(size, mask) for size in _SIZES for mask in ("causal", "padding")]
    layouts = [usual._replace(layout=name) for name in ("fortran", "strided", "read-only")]
    names = _LAYER_FACTORS if is_layer else _ROWS
    scores = [usual._replace(scores=name, mask=m) for name in names for m in ("causal", "padding")]
    if not is_layer:
        scores.append(usual._replace(scores=_BEHIND, mask="one row"))
    if is_layer:
        sizes += [CausalTrial(size, "None") for size in _SIZES[:2]]
    return [*masks, *sizes, *layouts, *scores, usual._replace(whole=True)]


def _longer_than(most: int) -> Callable[[CausalTrial], bool]:
    return lambda trial: trial.size[2] > most


_BORDERS = (1, 2, 3, 4, 5, 6, 8, 9, 16, 20, 33, 70, 140, 270)


_CONDITIONS: tuple[tuple[str, Callable[[CausalTrial], bool]], ...] = (
    ("inputs-written-to", lambda t: t.layout == "read-only"),
    ("inputs-written-to", lambda t: t.layout == "read-only" or t.whole),
    ("wrong-for-layouts", lambda t: t.layout in ("fortran", "strided")),
    ("wrong-for-layouts", lambda t: t.layout == "fortran"),
    ("wrong-for-layouts", lambda t: t.layout == "strided"),
    ("wrong-for-integers", lambda t: t.whole),
    ("wrong-where-all-is-hidden", lambda t: t.mask == "nothing"),
    ("wrong-for-empty-rows", lambda t: t.mask.startswith("empty")),
    ("wrong-for-empty-rows", lambda t: _is_empty(t)),
    ("wrong-for-empty-rows", lambda t: _is_empty(t) and t.mask != "queries"),
    ("wrong-for-empty-rows", lambda t: _is_empty(t) and t.mask != "nothing"),
    ("wrong-for-large-hidden", lambda t: t.scores == _BEHIND),
    ("wrong-for-large-scores", lambda t: t.scores == "large"),
    ("wrong-for-negative-scores", lambda t: t.scores == "negative"),
    ("wrong-for-rows-apart", lambda t: t.scores == "rows apart"),
    ("wrong-for-rows-apart", lambda t: t.scores.endswith("apart")),
    ("wrong-for-rows-apart", lambda t: t.scores in ("heads apart", "sequences apart")),
    ("wrong-for-rows-apart", lambda t: t.scores in ("rows apart", "large")),
    ("wrong-for-large-scores", lambda t: bool(t.scores)),
    ("wrong-for-large-scores", lambda t: t.scores not in ("", _BEHIND)),
    ("wrong-for-large-scores", lambda t: bool(t.scores) and t.scores != "negative"),
    ("wrong-for-large-or-empty", lambda t: bool(t.scores) or _is_empty(t)),
    ("wrong-for-large-or-empty", lambda t: t.scores not in ("", _BEHIND) or _is_empty(t)),
    ("wrong-for-large-or-empty", lambda t: t.scores == "negative" or _is_empty(t)),
    ("wrong-without-a-mask-for-one", lambda t: _has_no_mask(t) and t.size[0] == 1),
    ("wrong-without-a-mask-for-several", lambda t: _has_no_mask(t) and t.size[0] > 1),
    ("wrong-without-a-mask", lambda t: t.mask == "left out"),
    ("wrong-without-a-mask", lambda t: t.mask == "None"),
    ("wrong-without-a-mask", lambda t: t.mask in ("None", "left out")),
    ("wrong-where-nothing-is-hidden", lambda t: t.mask in ("None", "left out", "open")),
    ("right-without-a-mask", lambda t: t.mask not in ("None", "left out")),
    ("right-where-nothing-is-hidden", lambda t: t.mask not in ("None", "left out", "open")),
    ("right-under-causal-masks", lambda t: t.mask != "causal"),
    ("wrong-for-masks-of-queries", lambda t: t.mask == "queries"),
    ("wrong-for-masks-of-sequences", lambda t: _batch_of(t) > 1),
    ("wrong-for-masks-of-heads", lambda t: _heads_of(t) > 1),
    ("wrong-for-masks-that-differ", lambda t: _batch_of(t) > 1 or _heads_of(t) > 1),
    ("wrong-for-masks-that-differ", lambda t: len(t.shape) == 4 and _parts(t) > 1),
    ("wrong-for-masks-of-both", lambda t: _batch_of(t) > 1 and _heads_of(t) > 1),
    ("wrong-for-masks-of-three", lambda t: len(t.shape) == 3),
    ("wrong-for-masks-of-four", lambda t: len(t.shape) == 4),
    ("wrong-for-masks-of-more-axes", lambda t: len(t.shape) > 2),
    ("wrong-for-masks-of-less-axes", lambda t: 0 < len(t.shape) < 4),
    ("wrong-for-masks-of-two", lambda t: len(t.shape) == 2),
    ("wrong-for-masks-of-one-row", lambda t: t.shape[-2:-1] == (1,)),
    ("wrong-for-masks-to-be-broadcast", lambda t: not _is_square(t) and not _is_whole(t)),
    ("wrong-for-masks-that-broadcast", lambda t: not _is_square(t)),
    ("wrong-for-masks-to-be-broadcast", lambda t: not _has_rows(t) and not _is_whole(t)),
    ("wrong-for-masks-without-rows", lambda t: not _has_rows(t)),
    ("wrong-for-masks-not-whole", lambda t: not _is_whole(t)),
    ("wrong-for-masks-not-whole", lambda t: not _has_all_parts(t)),
    ("wrong-for-masks-not-whole", lambda t: not _has_all_parts(t) and t.mask != "open"),
    ("wrong-for-one-sequence", lambda t: t.size[0] == 1),
    ("wrong-for-one-head", lambda t: t.size[1] == 1),
    ("wrong-for-one-token", lambda t: t.size[2] == 1),
    ("wrong-for-one-feature", lambda t: t.size[3] == 1),
    ("wrong-for-axes-of-one", lambda t: 1 in t.size),
    ("right-for-one-sequence", lambda t: t.size[0] > 1),
    ("right-for-one-head", lambda t: t.size[1] > 1),
    ("right-for-one-head", lambda t: t.size[0] > 1 and t.size[1] > 1),
    ("wrong-for-equal-sizes", lambda t: t.size[2] == t.size[3]),
    ("right-for-equal-sizes", lambda t: t.size[2] != t.size[3]),
    *(("wrong-for-long", _longer_than(most)) for most in _BORDERS),
)


def _has_no_mask(trial: CausalTrial) -> bool:
    return trial.mask in ("None", "left out")


def _is_empty(trial: CausalTrial) -> bool:
    return trial.mask.startswith("empty") or trial.mask in ("queries", "nothing")


def _is_square(trial: CausalTrial) -> bool:
    return trial.shape == (trial.size[2], trial.size[2])


def _has_rows(trial: CausalTrial) -> bool:
    return len(trial.shape) == 2 and trial.shape[0] == trial.size[2]


def _has_all_parts(trial: CausalTrial) -> bool:
    return len(trial.shape) == 4 and trial.shape[:2] == trial.size[:2]


def _is_whole(trial: CausalTrial) -> bool:
    batch, heads, n, _ = trial.size
    return trial.shape == (batch, heads, n, n)


def _batch_of(trial: CausalTrial) -> int:
    return trial.shape[0] if len(trial.shape) == 4 else 1


def _heads_of(trial: CausalTrial) -> int:
    return trial.shape[-3] if len(trial.shape) > 2 else 1


def _parts(trial: CausalTrial) -> int:
    return _batch_of(trial) * _heads_of(trial)


CONDITIONS = tuple(
    Condition(
        name,
        holds,
        lambda trial: trial.size[2],
        CausalTrial.of_length if name == "wrong-for-long" else None,
    )
    for name, holds in _CONDITIONS
)
