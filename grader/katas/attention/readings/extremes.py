"""How far a function that is right for ordinary scores stays right as they grow."""

from collections.abc import Callable

import numpy as np

from grader.diagnosis.experiment import Reading, Subject, close
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import Inputs, side_by_side
from grader.worker.arrays import Array

from . import likewise
from .attend import attend_each, draw
from .errors import (
    GONE,
    NOT_FINITE,
    RAISED,
    ROUNDING,
    ZEROS,
    error,
    heads_of,
    how_wrong,
    not_finite,
)
from .far_keys import one_far_above, read_far_key, read_spread, read_whole_weight
from .sums import read_floor

_SCALES = (10.0, 30.0, 80.0, 200.0, 500.0, 700.0, 1000.0, 3000.0, 10_000.0, 100_000.0, 1_000_000.0)
_EXACT = 0.002  # as a share of it, to which a scale is found from which it goes wrong
_IMPRECISE = 0.1  # up to which an error, as a share of the largest value, is one of rounding
_LEVEL = np.ones(5)  # rows that lie apart are looked at by themselves
_SIGNS: dict[str, Callable[[float], Array]] = {
    "high": lambda scale: scale * _LEVEL,
    "low": lambda scale: -scale * _LEVEL,
    "apart": lambda scale: scale * np.array([1.0, 0.0, 0.5, 0.0, 0.02]),
}


def read_extremes(learner: Subject) -> list[Reading]:
    """Return from which scores on the output is no longer right, and what it is then."""
    if _goes_wrong_with_any(learner):
        return []
    first = _first_of_each(learner, ROUNDING)
    found = {name: wrong for name, wrong in first.items() if wrong is not None}
    if not found:
        return next(filter(None, (read(learner) for read in _OF_KEYS)), [])
    told = _what_is_subtracted(learner, first)
    if told:
        return told
    name = min(found, key=lambda sign: found[sign][0])  # what fails first says most
    scale, how = found[name]
    if name == "low":
        how = _how_below(how)
    if how == "imprecise":
        return [("imprecise-for-large", {"scale": _between(scale)})]
    equal = _equal_weights(learner) if name == "high" else ""
    if equal:
        return [(equal, {"scale": _between(scale) if equal == _EVEN else f"{scale:.0f}"})]
    if name == "high" and how in GONE:
        bounded = _bounded(learner, scale, how)
        if bounded:
            return bounded
    scale, how = _for_some(learner, name, scale, how)
    words = {"scale": _from(learner, name, (scale, how)), "how": how}
    if name == "low":
        words["unless"] = _unless(learner, scale)
        words["large"] = (
            "" if {"high", "apart"} & set(found) else "Large positive scores are right. "
        )
    return [(f"right-until-{name}", words)]


def _goes_wrong_with_any(learner: Subject) -> bool:
    """Say whether ordinary scores go wrong, too, in arrays of the sizes that are asked for here."""
    heads = heads_of(learner)
    calls = [(draw(30 + d_k, 5, d_k * heads), heads) for d_k in (1, 3, 4)]
    outs = attend_each(learner, calls)
    return any(
        how_wrong(learner, out, inputs, heads) for out, (inputs, _) in zip(outs, calls, strict=True)
    )


_OF_KEYS = (read_floor, read_far_key, read_whole_weight, read_spread)
"""What is asked where no row goes wrong for how far it lies from 0, or from others."""


def read_maximum(learner: Subject) -> list[Reading]:
    """Return what is subtracted from the scores, if something else hides that for ordinary ones."""
    return _what_is_subtracted(learner, _first_of_each(learner, _IMPRECISE))


_Found = tuple[float, str] | None
"""From which scale of scores an output is wrong, and how; None where it never is."""


def _first_of_each(learner: Subject, most: float) -> dict[str, _Found]:
    """Return what comes first of each kind of scores, with errors of more than `most`."""
    first = {name: _first_wrong(learner, offsets, most) for name, offsets in _SIGNS.items()}
    if learner.function == "multi_head_attention":
        first["heads-apart"] = _first_wrong(learner, _SIGNS["high"], most, second=-1)
    return first


def _what_is_subtracted(learner: Subject, first: dict[str, _Found]) -> list[Reading]:
    """Tell nothing at all, and one maximum for too much, from what goes wrong."""
    found = {name: wrong for name, wrong in first.items() if wrong is not None}
    if "high" in found and "low" in found and found["high"][1] in GONE:
        return _bounded(learner, *found["high"]) or [
            _nothing_subtracted(
                learner, *(_for_some(learner, name, *found[name]) for name in _ENDS)
            )
        ]
    shared = _SHARED.get(tuple(name for name in first if name in found))
    if shared and learner.function == "multi_head_attention":
        scale, how = min(found.values())
        return [(shared, {"scale": _between(scale), "how": how})]
    return []


def _from(learner: Subject, name: str, first: tuple[float, str]) -> str:
    """Return where it begins, where that is seen, else between which scales."""
    scale, how = first
    least = max((one for one in _SCALES if one < scale), default=0.0)
    if name not in likewise.ALL or not least or not _goes_wrong(learner, name, scale, how):
        return _between(scale)
    if _goes_wrong(learner, name, least, how):
        return _between(scale)
    most = scale
    while most - least > _EXACT * most:
        middle = (least + most) / 2
        if _goes_wrong(learner, name, middle, how):
            most = middle
        else:
            least = middle
    return f"{float(f'{most:.3g}') if most > 1000 else 5 * round(most / 5):.0f}"


def _goes_wrong(learner: Subject, name: str, scale: float, how: str = "") -> bool:
    """Say whether any inputs with scores of this size go wrong; if nothing is left, in that way."""
    hows = [each for _, each in _hows(learner, name, scale) if each is not None]
    return any(each in GONE or not how.startswith(GONE) for each in hows)


def _between(scale: float) -> str:
    """Return between which scales it begins: the last right one, if any, and the first wrong."""
    right = max((one for one in _SCALES if one < scale), default=0.0)
    return f"{right:.0f} to {scale:.0f}" if right else f"{scale:.0f}"


_ENDS = ("high", "low")
_SHARED = {
    ("apart",): "one-maximum-in-a-head",
    ("apart", "heads-apart"): "one-maximum-for-all",
    ("heads-apart",): "heads-share-a-maximum",
}
"""What is said of heads in which nothing else goes wrong than rows, or heads, that lie apart."""


def _nothing_subtracted(
    learner: Subject, first_high: tuple[float, str], first_low: tuple[float, str]
) -> Reading:
    """Return what is said where large scores overflow, and strongly negative ones vanish."""
    high_how, low_how = first_high[1], _how_below(first_low[1])
    silent = high_how.startswith(NOT_FINITE) and low_how.startswith(ZEROS)
    hidden = " Where no nan comes out, the weights are lost all the same." if silent else ""
    is_one = high_how == low_how
    return "nothing-subtracted", {
        "high": _from(learner, "high", first_high),
        "high_how": high_how,
        "so": "so it is " if is_one else "",
        "low": _from(learner, "low", first_low),
        "low_how": "" if is_one else f", {low_how}",
        "hidden": hidden,
    }


def _how_below(how: str) -> str:
    """Say how it goes wrong far below 0: digits are lost before the last of a sum is gone."""
    return f"the result is wrong, or {how}" if how.startswith(RAISED) else how


def _right_among(learner: Subject, name: str, scale: float) -> list[str]:
    """Return where inputs with scores of a size come out right after all, in words."""
    return [where for where, how in _hows(learner, name, scale) if how is None]


def _hows(learner: Subject, name: str, scale: float) -> list[tuple[str, str | None]]:
    """Return inputs with scores of a size, in words, and how they go wrong, if they do."""
    heads = heads_of(learner)
    tried = likewise.ALL[name](scale) if name in likewise.ALL else []
    calls = [(one.in_heads(heads), heads) for one in tried]
    outs = attend_each(learner, calls)
    return [
        (one.words, how_wrong(learner, out, inputs, heads))
        for one, (inputs, _), out in zip(tried, calls, outs, strict=True)
    ]


def _bounded(learner: Subject, scale: float, how: str) -> list[Reading]:
    """Return what is said where large scores go wrong in some rows and not in others."""
    right = [where for where in _right_among(learner, "high", scale) if "all scores are" in where]
    return [("another-bound-subtracted", {"where": right[0], "how": how})] if right else []


def _for_some(learner: Subject, name: str, scale: float, how: str) -> tuple[float, str]:
    """Return from which scale on it goes wrong in any inputs, and how: in all of them, or some."""
    tried = name in likewise.ALL
    for less in _SCALES[: _SCALES.index(scale)]:
        if tried and _goes_wrong(learner, name, less):
            return less, f"{how} for some inputs"
    right = _right_among(learner, name, scale)
    return scale, f"{how} for some inputs" if right else how


def _unless(learner: Subject, scale: float) -> str:
    """Return what has to be so in other rows for one that is far below 0 to go wrong."""
    heads = heads_of(learner)
    lifted, level = (
        side_by_side(*[likewise.one_low_beside(scale, others)] * heads) for others in (scale, 0.0)
    )
    outs = attend_each(learner, [(lifted, heads), (level, heads)])
    right = [
        how_wrong(learner, out, inputs, heads) is None
        for out, inputs in zip(outs, (lifted, level), strict=True)
    ]
    if right[1]:
        return " One such row among others is right."
    return " Beside rows whose scores lie as far above 0, such a row is right." if right[0] else ""


_CUT_OFF, _EVEN = "scores-cut-off", "equal-weights-for-large"


def _equal_weights(learner: Subject) -> str:
    """Return what is said where all keys count the same if all scores are very large.

    A bound that the scores are clipped at leaves one key far above the others all of its weight.
    """
    heads = heads_of(learner)
    level = _drawn(learner, _SIGNS["high"], len(_SCALES) - 1)
    apart = one_far_above(np.random.default_rng(1769), heads, 0)
    outs = attend_each(learner, [(level, heads), (apart, heads)])
    even = [
        close(np.broadcast_to(V.mean(axis=0), V.shape), out)
        for out, (_, _, V) in zip(outs, (level, apart), strict=True)
    ]
    if all(even):
        return _EVEN
    above = outs[1]
    is_kept = above is not None and error(learner, above, apart, heads) < _IMPRECISE
    return _CUT_OFF if even[0] and is_kept else ""


def _first_wrong(
    learner: Subject, offsets: Callable[[float], Array], most: float, second: int = 1
) -> _Found:
    """Return the smallest scale of scores where the output is wrong, and how it is wrong.

    Args:
        learner: the function.
        offsets: of the scores' rows, given a scale.
        most: the largest error that is none.
        second: by what those of a second head are multiplied.
    """
    heads = heads_of(learner)
    drawn = [_drawn(learner, offsets, number, second) for number in range(len(_SCALES))]
    outs = attend_each(learner, [(inputs, heads) for inputs in drawn])
    for scale, inputs, out in zip(_SCALES, drawn, outs, strict=True):
        how = how_wrong(learner, out, inputs, heads, most)
        if how is None:
            continue
        if out is not None and scale > 1000 and error(learner, out, inputs, heads) < _IMPRECISE:
            how = "imprecise"  # which a nan is not
        if how in NOT_FINITE:
            how = not_finite(outs)  # with larger scores too
        return scale, how
    return None


def _drawn(
    learner: Subject, offsets: Callable[[float], Array], number: int, second: int = 1
) -> Inputs:
    """Return inputs with scores of one of `_SCALES`, in two heads if the function makes heads."""
    heads = heads_of(learner)
    rng = np.random.default_rng([1764, number])
    rows = [2 * offsets(_SCALES[number]) * sign for sign in (1, second)[:heads]]
    parts = [attention.offset(rng, 5, 4, each) for each in rows]
    Q, K, V = (np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True))
    return Q, K, V
