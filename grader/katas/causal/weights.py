"""What the weights of masked_attention show, which come back with an identity as the values."""

import itertools

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, close, span
from grader.diagnosis.study import Study
from grader.katas.common import batches, scales
from grader.worker.arrays import Array

from .trial import CausalTrial

_TRIES = 3
_WIDTH = 5  # features of the weights that are looked at


def weights(study: Study) -> list[Reading] | None:
    """Read the weights of masked_attention, which show with an identity as the values."""
    if study.function.name != "masked_attention":
        return None
    looks = []
    for at in range(_TRIES):
        rng = np.random.default_rng([2023, at])
        Q, K, V = batches.bounded(rng, (2, 3, 4, _WIDTH), 2.0)
        mask = batches.mask(rng, 4, 4)
        eye = np.broadcast_to(np.eye(4, _WIDTH), V.shape).copy()
        seen, out = study.learner.ask_each([(Q, K, eye, mask), (Q, K, V, mask)])
        if seen is None or out is None or seen.shape != V.shape or not np.isfinite(seen).all():
            return None
        if not close(seen[..., :4] @ V, out) or np.abs(seen[..., 4:]).max() > NEAR:
            return None  # no weighted sum of the values
        right = study.kata.solution.masked_attention(Q, K, eye, mask)[..., :4]
        looks.append((seen[..., :4], right, np.broadcast_to(mask, right.shape)))
    if all(np.abs(seen[~mask]).max() > NEAR for seen, _, mask in looks):
        return [("hidden-keys-have-weight", {})]
    rounded = [n for n in range(1, 6) if all(_is_rounded(*each[:2], n) for each in looks)]
    if rounded:
        return [("weights-rounded", {"step": f"{0.1 ** rounded[0]:.1g}"})]
    if all((np.abs(seen[mask]) < NEAR**2).any() for seen, _, mask in looks):
        return [("shown-keys-without-weight", _without_weight(study))]
    sums = np.concatenate([seen.sum(axis=-1).ravel() for seen, _, _ in looks])
    if np.abs(sums - 1).max() < NEAR:
        if all(close(seen, right) for seen, right, _ in looks):
            return None
        more = {"more": _not_hidden(study), "d_k": str(_WIDTH)}
        size = _size_of_scores(study, [(seen, right) for seen, right, _ in looks])
        if size is not None:
            return [("scores-of-another-size", {**more, **size})]
        return [("weights-of-what-is-shown-wrong", more)]
    words = {"range": span(sums)}
    if all(close(seen, right * seen.sum(axis=-1, keepdims=True)) for seen, right, _ in looks):
        return [("rows-sum-to-something-else", words)]
    return [("weights-in-other-proportions", {**words, "more": _not_hidden(study)})]


def _is_rounded(seen: Array, right: Array, places: int) -> bool:
    """Say whether numbers are the right ones, with a few decimals alone."""
    return bool(
        np.abs(seen - np.round(seen, places)).max() < NEAR**2
        and np.abs(seen - right).max() < 10.0**-places
    )


def _without_weight(study: Study) -> dict[str, str]:
    """Return in words the smallest mask under which a key that it shows has no weight."""
    Q, K, _ = batches.bounded(np.random.default_rng(2030), (1, 1, 2, _WIDTH), 2.0)
    eye = np.eye(2, _WIDTH)[None, None]
    shown = sorted(itertools.product([True, False], repeat=4), key=sum, reverse=True)
    masks = [np.array(each).reshape(2, 2) for each in shown]
    seen = study.learner.ask_each([(Q, K, eye.copy(), mask) for mask in masks])
    for mask, got in zip(masks, seen, strict=True):
        if got is not None and got.shape == eye.shape and (got[0, 0, :, :2][mask] == 0).any():
            said = f"the mask {mask.tolist()}"
            return {"where": f", as under {said}", "under": f"With two tokens and {said}"}
    return {"where": "", "under": "For random masks of four tokens"}


def _size_of_scores(study: Study, pairs: list[tuple[Array, Array]]) -> dict[str, str] | None:
    """Return in words the number times which the scores are taken; None if there is none.

    Args:
        study: the function.
        pairs: weights that were seen, and the right ones.
    """

    def ask(width: int) -> tuple[Array, Array] | None:
        Q, K, V = batches.bounded(np.random.default_rng([2031, width]), (3, 2, 2, width), 2.0)
        first = np.zeros_like(V)
        first[..., 0, 0] = 1.0
        got = study.learner(Q, K, first, np.ones((2, 2), bool))
        scores = Q @ K.swapaxes(-1, -2) / np.sqrt(width)
        if got is None or got.shape != V.shape:
            return None
        return got[..., 0], scores[..., 0] - scores[..., 1]

    found = scales.factors(ask)
    if found is None or not all(
        close(seen, _sharpened(right, found[_WIDTH])) for seen, right in pairs
    ):
        return None
    return scales.told(found)


def _sharpened(weights: Array, factor: float) -> Array:
    """Return the weights that come of the scores times a number; hidden keys keep none."""
    powers = np.zeros_like(weights)
    np.power(weights, factor, out=powers, where=weights > 0)
    sums = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(sums > 0, sums, 1.0)


def _not_hidden(study: Study) -> str:
    """Say under which masks hidden keys have weight, where those of two axes do hide them."""
    tried = [CausalTrial((2, 3, 4, 5), mask) for mask in _SMALLER]
    calls = [list(trial.probe("masked_attention").args) for trial in tried]
    eye = np.broadcast_to(np.eye(4, 5), _array(calls[0][2]).shape)
    seen = study.learner.ask_each([[Q, K, eye.copy(), mask] for Q, K, _, mask in calls])
    leaking = [
        trial.particular
        for trial, call, got in zip(tried, calls, seen, strict=True)
        if got is not None and got.shape == eye.shape
        if np.abs(got[..., :4][~np.broadcast_to(_array(call[3]), (2, 3, 4, 4))]).max() > NEAR
    ]
    few = " and ".join(leaking[:2])
    return f" Under {few}, hidden keys do have weight." if leaking else ""


_SMALLER = ("one row", "padding", "of heads", "of sequences", "with four axes", "of all")
"""Masks that are broadcast to the scores in other ways than one of shape (seq_len, seq_len)."""


def _array(value: object) -> Array:
    assert isinstance(value, np.ndarray)
    return value
