"""How far a function that is right for ordinary scores stays right as they grow."""

from collections.abc import Callable

import numpy as np

from grader.diagnosis.experiment import Reading, Subject
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .attend import attend_each, attend_rightly, attend_with

_SCALES = (10.0, 30.0, 80.0, 200.0, 500.0, 700.0, 1000.0, 3000.0, 10_000.0, 100_000.0, 1_000_000.0)
_ROUNDING = 2e-6  # up to which an error, as a share of the largest value, is none
_IMPRECISE = 0.1  # up to which an error, as a share of the largest value, is one of rounding
_SHARES = np.array([1.0, 0.7, 0.9, 0.8, 0.6])
_SIGNS: dict[str, Callable[[float], Array]] = {
    "high": lambda scale: scale * _SHARES,
    "low": lambda scale: -scale * _SHARES,
    "apart": lambda scale: scale * np.array([1.0, 0.0, 0.5, 0.0, 0.02]),
}


def read_extremes(learner: Subject) -> list[Reading]:
    """Return from which scores on the output is no more right, and what it is then."""
    first = {name: _first_wrong(learner, offsets) for name, offsets in _SIGNS.items()}
    if learner.function == "multi_head_attention":
        first["heads-apart"] = _first_wrong(learner, _SIGNS["high"], second=-1)
    found = {name: wrong for name, wrong in first.items() if wrong is not None}
    if not found:
        return _far_key(learner)
    name = min(found, key=lambda sign: found[sign][0])  # what fails first says most
    scale, how = found[name]
    if how == "imprecise":
        return [("imprecise-for-large", {"scale": f"{scale:.0f}"})]
    return [(f"right-until-{name}", {"scale": f"{scale:.0f}", "how": how})]


def _far_key(learner: Subject) -> list[Reading]:
    """Find out whether one key whose scores are far below the others' spoils the rest."""
    heads = 1 if learner.function == "self_attention" else 2
    for end, order in (("first", slice(None)), ("last", slice(None, None, -1))):
        rng = np.random.default_rng(1766)
        parts = [attention.first_far_below(rng, 5, 3) for _ in range(heads)]
        Q, K, V = (np.concatenate(arrays, axis=1)[order] for arrays in zip(*parts, strict=True))
        how = _how_wrong(learner, attend_with(learner, heads)(Q, K, V), (Q, K, V), heads)
        if how is not None:
            return [("wrong-for-a-far-key", {"end": end, "how": how})]
    return []


def _how_wrong(learner: Subject, out: Array | None, inputs: Inputs, heads: int) -> str | None:
    """Say how an output is wrong; None if it is right."""
    if out is None:
        return "an error is raised"
    if not np.isfinite(out).all():
        return "nan or inf comes back"
    if _error(learner, out, inputs, heads) > _ROUNDING:
        return "finite but wrong numbers come back"
    return None


def _error(learner: Subject, out: Array, inputs: Inputs, heads: int) -> float:
    """Return the largest error, as a share of the largest value of its column."""
    right = attend_rightly(learner.kata)(heads)(*inputs)
    return float((np.abs(out - right) / np.abs(inputs[2]).max(axis=0)).max())


def _first_wrong(
    learner: Subject, offsets: Callable[[float], Array], second: int = 1
) -> tuple[float, str] | None:
    """Return the smallest scale of scores where the output is wrong, and how it is wrong.

    Args:
        learner: the function.
        offsets: of the scores' rows, given a scale.
        second: by what those of a second head are multiplied.
    """
    heads = 1 if learner.function == "self_attention" else 2
    drawn: list[Inputs] = []
    for number, scale in enumerate(_SCALES):
        rng = np.random.default_rng([1764, number])
        rows = [2 * offsets(scale) * sign for sign in (1, second)[:heads]]
        parts = [attention.offset(rng, 5, 4, each) for each in rows]
        Q, K, V = (np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True))
        drawn.append((Q, K, V))
    outs = attend_each(learner, [(inputs, heads) for inputs in drawn])
    for scale, inputs, out in zip(_SCALES, drawn, outs, strict=True):
        how = _how_wrong(learner, out, inputs, heads)
        if how is None:
            continue
        if out is not None and scale > 1000 and _error(learner, out, inputs, heads) < _IMPRECISE:
            how = "imprecise"  # which a nan is not
        return scale, how
    return None
