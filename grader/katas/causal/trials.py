"""Calls that differ in one way each, and what they can have in common."""

from collections.abc import Callable
from functools import cache

from grader.diagnosis.where import Condition, Stage

from .trial import BEHIND, LAYER_FACTORS, ROWS, CausalTrial, masks_of

_USUAL = CausalTrial((2, 3, 5, 4))
_SIZES = (
    *((1, 3, 5, 4), (2, 1, 5, 4), (2, 3, 1, 4), (2, 3, 5, 1), (1, 1, 4, 3), (1, 1, 1, 1)),
    *((3, 2, 4, 4), (2, 2, 4, 3), (3, 3, 3, 3), (4, 2, 3, 6), (2, 4, 6, 2), (3, 2, 8, 5)),
    *((2, 4, 7, 3), (5, 2, 2, 2)),
)

_ONE_TOKEN = (2, 3, 1, 4)

_LENGTHS: dict[Stage, tuple[int, ...]] = {
    "again": (4, 9),
    "short": (1, 2, 3, 5, 6, 8, 16),
    "long": (33, 70, 140, 270, 520),
}


@cache
def trials(function: str, stage: Stage) -> list[CausalTrial]:
    """Return trials of a function."""
    if function == "causal_mask":
        return [CausalTrial((0, 0, n, 0), mask="") for n in _LENGTHS[stage]]
    if stage == "long":
        long = ((2, 2, 33, 3), (3, 2, 20, 16), (1, 1, 70, 2), (1, 1, 145, 2))
        return [CausalTrial(size) for size in long]
    usual = _USUAL._replace(number=int(stage == "again"))
    masks = [usual._replace(mask=name) for name in ("causal", "open", "nothing")]
    masks += [usual._replace(mask=name) for name in masks_of(1, 1, 1)]
    is_layer = function == "multi_head_attention"
    if not is_layer:
        masks = [each for each in masks if each.mask not in ("None", "left out")]
    if stage == "again":
        return [*masks, *(usual._replace(size=size) for size in _SIZES[:2])]
    sizes = [CausalTrial(size, mask) for size in _SIZES for mask in ("causal", "padding")]
    sizes.append(CausalTrial(_ONE_TOKEN, "nothing"))
    both = (usual, usual._replace(mask="of all"))
    layouts = [
        e._replace(layout=name) for name in ("fortran", "strided", "read-only") for e in both
    ]
    far = LAYER_FACTORS if is_layer else ROWS
    kinds = ("causal", "padding", "of all")
    scores = [usual._replace(scores=name, mask=m) for name in far for m in kinds]
    if is_layer:
        sizes += [CausalTrial(size, "None") for size in _SIZES[:2]]
    else:
        scores.append(usual._replace(scores="negative", mask="open"))
        scores += [usual._replace(scores=BEHIND, mask=m) for m in ("any", "one row", "of all")]
    numbers = [each for e in both for each in (e._replace(whole=True), e._replace(zero=True))]
    return [*masks, *sizes, *layouts, *scores, *numbers]


def _longer_than(most: int) -> Callable[[CausalTrial], bool]:
    return lambda trial: trial.size[2] > most


_BORDERS = (8, 9, 16, 20, 33, 70, 140, 270)


_CONDITIONS: tuple[tuple[str, Callable[[CausalTrial], bool]], ...] = (
    ("inputs-written-to", lambda t: t.layout == "read-only"),
    ("inputs-written-to", lambda t: t.layout == "read-only" or t.whole),
    ("wrong-for-layouts", lambda t: t.layout in ("fortran", "strided")),
    ("wrong-for-transposed", lambda t: t.layout == "fortran"),
    ("wrong-for-every-second", lambda t: t.layout == "strided"),
    ("wrong-for-integers", lambda t: t.whole),
    ("wrong-for-scores-of-zero", lambda t: t.zero),
    ("wrong-for-scores-of-zero", lambda t: t.zero or t.whole),
    ("wrong-for-one-hidden-token", lambda t: t.size[2] == 1 and t.mask == "nothing"),
    ("wrong-where-all-is-hidden", lambda t: t.mask == "nothing"),
    ("wrong-for-some-empty-rows", lambda t: t.mask.startswith("empty")),
    ("wrong-for-some-empty-rows", lambda t: _is_empty(t) and t.mask != "queries"),
    ("wrong-for-some-empty-rows", lambda t: _is_empty(t) and t.mask != "nothing"),
    ("wrong-for-empty-rows", lambda t: _is_empty(t)),
    ("wrong-for-large-hidden", lambda t: t.scores == BEHIND),
    ("wrong-for-large-scores", lambda t: t.scores == "large"),
    ("wrong-for-negative-scores", lambda t: t.scores == "negative"),
    ("wrong-for-negative-beside-hidden", lambda t: _is_low_beside_hidden(t)),
    ("wrong-for-rows-apart", lambda t: t.scores == "rows apart"),
    ("wrong-for-rows-apart", lambda t: t.scores.endswith("apart")),
    ("wrong-for-rows-apart", lambda t: t.scores in ("heads apart", "sequences apart")),
    ("wrong-for-rows-apart", lambda t: t.scores in ("rows apart", "large")),
    ("wrong-for-large-scores", lambda t: bool(t.scores)),
    ("wrong-for-large-scores", lambda t: t.scores not in ("", BEHIND)),
    ("wrong-for-large-scores", lambda t: bool(t.scores) and t.scores != "negative"),
    ("wrong-for-large-or-empty", lambda t: bool(t.scores) or _is_empty(t)),
    ("wrong-for-large-or-empty", lambda t: t.scores not in ("", BEHIND) or _is_empty(t)),
    ("wrong-for-large-or-empty", lambda t: t.scores == "negative" or _is_empty(t)),
    ("wrong-for-low-or-empty", lambda t: _is_low_beside_hidden(t) or _is_empty(t)),
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
    ("wrong-for-masks-of-sequences-with-heads", lambda t: _is_of(t, 0) and t.size[1] > 1),
    ("wrong-for-masks-of-heads", lambda t: _heads_of(t) > 1),
    ("wrong-for-masks-of-heads-with-sequences", lambda t: _is_of(t, 1) and t.size[0] > 1),
    ("wrong-for-masks-that-differ", lambda t: _batch_of(t) > 1 or _heads_of(t) > 1),
    ("wrong-for-masks-that-differ", lambda t: len(t.shape) == 4 and _parts(t) > 1),
    ("wrong-for-masks-that-differ-with-both", lambda t: _parts(t) > 1 and min(t.size[:2]) > 1),
    ("wrong-for-masks-of-both", lambda t: _batch_of(t) > 1 and _heads_of(t) > 1),
    ("wrong-for-masks-of-three", lambda t: len(t.shape) == 3),
    ("wrong-for-masks-of-four", lambda t: len(t.shape) == 4),
    ("wrong-for-masks-of-four-to-be-broadcast", lambda t: len(t.shape) == 4 and not _is_whole(t)),
    ("wrong-for-masks-of-more-axes", lambda t: len(t.shape) > 2),
    ("wrong-for-masks-of-less-axes", lambda t: 0 < len(t.shape) < 4),
    ("wrong-for-masks-of-two", lambda t: len(t.shape) == 2),
    ("wrong-for-masks-of-padding", lambda t: t.mask == "padding"),
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
    ("right-for-one-of-either", lambda t: t.size[0] > 1 and t.size[1] > 1),
    ("wrong-for-equal-sizes", lambda t: t.size[2] == t.size[3]),
    ("right-for-equal-sizes", lambda t: t.size[2] != t.size[3]),
    *(("wrong-for-long", _longer_than(most)) for most in _BORDERS),
)


def _has_no_mask(trial: CausalTrial) -> bool:
    return trial.mask in ("None", "left out")


def _is_low_beside_hidden(trial: CausalTrial) -> bool:
    return trial.scores == "negative" and trial.mask != "open"


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


def _is_of(trial: CausalTrial, axis: int) -> bool:
    """Say whether a mask differs along one of the axes of sequences and heads alone."""
    parts = _batch_of(trial), _heads_of(trial)
    return parts[axis] > 1 == parts[1 - axis]


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
