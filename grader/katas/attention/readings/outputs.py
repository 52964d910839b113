"""What can be read off wrong outputs of attention: where they are wrong, and what moves them.

Each reading holds for all inputs that were tried, or nothing is said.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from grader.diagnosis.experiment import Reading, Subject, close
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .attend import Attend, attend_each, attend_with, ordinary
from .places import carried, few_decimals, flags, in_words, listed, where

Right = Callable[[int], Callable[[Array, Array, Array], Array | None]]
"""Given the number of heads, the attention that the output is held against."""


class Compared(NamedTuple):
    """Ordinary inputs, what came back, and what should have."""

    inputs: Inputs
    heads: int
    seen: Array
    right: Array
    attend: Attend
    rightly: Callable[[Array, Array, Array], Array | None]

    def changed(self, place: int, part: tuple[slice, ...] | slice) -> Inputs:
        """Return the inputs with other numbers in this part of this argument."""
        changed = [array.copy() for array in self.inputs]
        rng = np.random.default_rng(place)
        changed[place][part] += rng.standard_normal(changed[place][part].shape)
        Q, K, V = changed
        return Q, K, V


def read_outputs(learner: Subject, right: Right) -> list[Reading]:
    """Return where outputs are wrong, or what they wrongly do or do not hang on.

    Args:
        learner: the function.
        right: what it is held against: the solution, or heads of the learner's own attention.
    """
    trials = list(_trials(learner, right))
    if not trials or all(close(trial.seen, trial.right) for trial in trials):
        return []
    # Most inputs that are tried below, in one piece: to ask for each by itself takes long.
    first = trials[0]
    attend_each(learner, [(first.changed(*each), first.heads) for each in _PARTS])
    parts = (
        _unused,
        _same_rows,
        _carried,
        _rows_elsewhere,
        _rows,
        _features,
        _heads,
        _empty_heads,
        _columns_of_heads,
        _left_out,
        _added,
        _decimals,
        _elsewhere,
    )
    return next(([found] for found in (read(trials) for read in parts) if found), [])


def read_rows(learner: Subject, right: Right) -> list[Reading]:
    """Return whether each row is the right one up to a shift and a factor of its own."""
    trials = list(_trials(learner, right))
    if any(close(trial.seen, trial.right) for trial in trials):
        return []
    found = _rescaled(trials) if trials else None
    return [found] if found else []


def _trials(learner: Subject, right: Right) -> list[Compared]:
    trials = []
    calls = list(ordinary(learner))
    for (inputs, heads), seen in zip(calls, attend_each(learner, calls), strict=True):
        wanted = right(heads)(*inputs)
        if seen is None or wanted is None or not np.isfinite(seen).all():
            return []
        attend = attend_with(learner, heads)
        trials.append(Compared(inputs, heads, seen, wanted, attend, right(heads)))
    return trials


def _unused(trials: Sequence[Compared]) -> Reading | None:
    """Find the arguments that have no influence at all."""
    names = [name for place, name in enumerate("QKV") if _without(trials, place, slice(None))]
    return ("argument-without-influence", {"name": listed(names)}) if names else None


def _left_out(trials: Sequence[Compared]) -> Reading | None:
    """Find a feature or a token that has no influence at all."""
    for end, part in _ENDS.items():
        if all(_without(trials, place, (slice(None), part)) for place in (0, 1)):
            return "feature-left-out", {"end": end}
    for end, rest in _RESTS.items():
        if _without(trials, 2, rest):
            return "one-token-counts", {"end": end}
    for end, part in _ENDS.items():
        if _without(trials, 2, part):
            return "token-left-out", {"end": end}
    return None


_ENDS = {"first": slice(0, 1), "last": slice(-1, None)}
_RESTS = {"first": slice(1, None), "last": slice(None, -1)}
_PARTS: list[tuple[int, tuple[slice, ...] | slice]] = [
    *((place, slice(None)) for place in range(3)),
    *((place, (slice(None), part)) for place in (0, 1) for part in _ENDS.values()),
    *((2, part) for part in (*_ENDS.values(), *_RESTS.values())),
]
"""What is tried whether it has an influence."""


def _without(trials: Sequence[Compared], place: int, part: tuple[slice, ...] | slice) -> bool:
    """Say whether other numbers in this part of this argument change no output, and should."""
    changed = [trial.changed(place, part) for trial in trials]
    pairs = list(zip(trials, changed, strict=True))
    return all(close(trial.attend(*other), trial.seen) for trial, other in pairs) and not all(
        close(trial.rightly(*other), trial.right) for trial, other in pairs
    )


def _same_rows(trials: Sequence[Compared]) -> Reading | None:
    if all(
        close(trial.seen, np.broadcast_to(trial.seen[:1], trial.seen.shape)) for trial in trials
    ):
        return "same-for-all-tokens", {}
    return None


def _carried(trials: Sequence[Compared]) -> Reading | None:
    if any(trial.heads > 1 for trial in trials):
        return None
    where = carried([(trial.seen, trial.right) for trial in trials])
    return ("sums-carried", {"names": "The output", "where": where}) if where else None


def _rows(trials: Sequence[Compared]) -> Reading | None:
    found = where([flags(trial.seen, trial.right, 0) for trial in trials])
    return (
        None if found is None else ("right-for-some-tokens", _told(found, "token", "row", trials))
    )


def _rows_elsewhere(trials: Sequence[Compared]) -> Reading | None:
    """Find out whether each row is right for some token, but not for its own."""
    for trial in trials:
        if not all(any(close(row, one) for one in trial.right) for row in trial.seen):
            return None
    return "rows-in-other-places", {}


def _features(trials: Sequence[Compared]) -> Reading | None:
    found = where([flags(trial.seen, trial.right, 1) for trial in trials])
    return (
        None
        if found is None
        else ("right-for-some-features", _told(found, "feature", "column", trials))
    )


def _heads(trials: Sequence[Compared]) -> Reading | None:
    """Say which heads are wrong, or whose heads stand in whose place."""
    if all(trial.heads == 1 for trial in trials):
        return None
    blocks = [
        [np.split(array, trial.heads, axis=1) for array in (trial.seen, trial.right)]
        for trial in trials
    ]
    for name, place in (("first", 0), ("last", -1)):
        if all(all(close(seen, right[place]) for seen in seens) for seens, right in blocks):
            return "one-head-everywhere", {"which": name}
    found = where([[close(*pair) for pair in zip(*both, strict=True)] for both in blocks])
    if found is not None:
        return "right-for-some-heads", _told(found, "head", "block", trials)
    if all(
        all(any(close(seen, one) for one in right) for seen in seens) for seens, right in blocks
    ):
        return "heads-in-other-places", {}
    return None


def _empty_heads(trials: Sequence[Compared]) -> Reading | None:
    """Find out whether the block of the first head, or of the last, is empty beside others."""
    several = [trial for trial in trials if trial.heads > 1]
    for end, place in (("first", 0), ("last", -1)):
        blocks = [np.split(trial.seen, trial.heads, axis=1) for trial in several]
        if blocks and all(not each[place].any() and each[place - 1].any() for each in blocks):
            return "block-of-zeros", {"end": end}
    return None


def _columns_of_heads(trials: Sequence[Compared]) -> Reading | None:
    """Find out whether one column of each head's block, the first or the last, is empty."""
    for end, at in (("first", 0), ("last", -1)):
        wanted, found = [], []
        for trial in trials:
            if trial.heads == 1 or trial.seen.shape[1] == trial.heads:
                return None
            empty = ~trial.seen.any(axis=0).reshape(trial.heads, -1)
            there = np.zeros_like(empty)
            there[:, at] = True
            wanted.append(there)
            found.append(empty)
        if all(map(np.array_equal, wanted, found)):
            return "columns-of-heads-empty", {"end": end}
    return None


def _told(place: str, kind: str, line: str, trials: Sequence[Compared]) -> dict[str, str]:
    return in_words(place, kind, line, [(trial.seen, trial.right) for trial in trials])


def _elsewhere(trials: Sequence[Compared]) -> Reading | None:
    """Find out whether the output holds the right numbers, in other places."""
    for trial in trials:
        if not close(np.sort(trial.seen, axis=None), np.sort(trial.right, axis=None)):
            return None
    return "numbers-in-other-places", {}


_ADDED = ("Q", "K", "V", "the mean of the values", "")


def _added(trials: Sequence[Compared]) -> Reading | None:
    """Find out whether a fixed multiple of an input, or a constant, is added to the output.

    Of the right output, too, there may be another share.
    """
    found = []
    for trial in trials:
        mean = np.broadcast_to(trial.inputs[2].mean(axis=0), trial.seen.shape)
        columns = [*(array.ravel() for array in (*trial.inputs, mean, trial.right))]
        columns.insert(-1, np.ones(trial.seen.size))
        table, seen = np.array(columns).T, trial.seen.ravel()
        factors, *_ = np.linalg.lstsq(table, seen, rcond=None)
        if np.abs(table @ factors - seen).max() > 1e-6 or abs(factors[-1]) < 1e-3:
            return None
        found.append(factors)
    if max(np.ptp(each) for each in zip(*found, strict=True)) > 1e-6:
        return None
    words = [
        (
            f"the number {factor:.4g}"
            if not name
            else name
            if abs(factor - 1) < 1e-5
            else f"{factor:.4g} times {name}"
        )
        for name, factor in zip(_ADDED, found[0], strict=False)
        if abs(factor) > 1e-5
    ]
    if not words:
        return None
    if abs(found[0][-1] - 1) < 1e-5:
        return "something-added", {"what": listed(words)}
    return "output-mixed", {"what": listed(words), "factor": f"{found[0][-1]:.4g}"}


def _rescaled(trials: Sequence[Compared]) -> Reading | None:
    """Find out whether rows, or those of each head, are right up to a shift and a factor."""
    if all(_is_rescaled(trial.seen, trial.right) for trial in trials):
        return "rows-rescaled", {}
    # Two features tell nothing: any two numbers are any others, shifted and scaled.
    telling = [trial for trial in trials if trial.seen.shape[1] > 2 * trial.heads]
    if any(not close(trial.seen, trial.right) for trial in telling) and all(
        _is_rescaled(*blocks)
        for trial in telling
        for blocks in zip(
            *(np.split(array, trial.heads, axis=1) for array in (trial.seen, trial.right)),
            strict=True,
        )
    ):
        return "heads-rescaled", {}
    return None


def _is_rescaled(seen: Array, right: Array) -> bool:
    """Say whether each row is the right one up to a shift and a factor of its own."""
    seen, right = (rows - rows.mean(axis=1, keepdims=True) for rows in (seen, right))
    factors = (seen * right).sum(axis=1) / (right * right).sum(axis=1)
    near = np.abs(seen - factors[:, None] * right).max() <= 1e-6
    return bool(near and np.abs(factors).min() >= 1e-3)


def _decimals(trials: Sequence[Compared]) -> Reading | None:
    return few_decimals(trial.seen for trial in trials)
