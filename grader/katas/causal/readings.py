"""What can be read off wrong functions that no known mistake explains, in which order."""

from collections.abc import Callable, Sequence

import numpy as np

from grader.diagnosis import readings as of_any_kata
from grader.diagnosis.experiment import Reading, close
from grader.diagnosis.study import Reader, Study
from grader.katas.common import batches, shifts
from grader.katas.common.inputs import Inputs
from grader.learner.requests import Argument
from grader.worker.arrays import Array

from . import refined
from .weights import weights

_TRIES = 3
_SIZE = (3, 2, 4, 5)
_Call = Sequence[Argument]


def wrong_mask(study: Study) -> list[Reading] | None:
    """Tell which entries of a causal mask are wrong, of a small one if that has wrong ones."""
    if study.function.name != "causal_mask":
        return None
    lengths = (*range(3, 10), 16, 33, 70, 99, 2, 1)
    for n, got in zip(lengths, study.learner.ask_each([(n,) for n in lengths]), strict=True):
        if got is None or got.shape != (n, n):
            return []
        wrong = got != batches.causal(n)
        if wrong.any():
            rows, columns = np.nonzero(wrong)
            where = next((f", {words}" for words, holds in _PLACES if holds(rows, columns, n)), "")
            words = {"n": str(n), "count": str(len(rows)), "all": str(n * n), "where": where}
            words["are"] = "is" if len(rows) == 1 else "are"
            return [("wrong-mask", {**words, "row": str(rows[0]), "column": str(columns[0])})]
    return []


_Holds = Callable[[Array, Array, int], bool]
_PLACES: tuple[tuple[str, _Holds], ...] = (
    ("in the last row", lambda rows, _, n: n > 1 and bool((rows == n - 1).all())),
    ("in the first row", lambda rows, _, n: n > 1 and bool((rows == 0).all())),
    ("in the first column", lambda _, columns, n: n > 1 and bool((columns == 0).all())),
    ("in the last column", lambda _, columns, n: n > 1 and bool((columns == n - 1).all())),
    ("on the diagonal", lambda rows, columns, _: bool((rows == columns).all())),
    ("above the diagonal", lambda rows, columns, _: bool((rows < columns).all())),
    ("below the diagonal", lambda rows, columns, _: bool((rows > columns).all())),
)
"""Where all wrong entries of a mask can be, in words."""


def no_influence(study: Study) -> list[Reading] | None:
    """Find out whether an argument changes nothing."""
    pairs = [(_call(study, at), _call(study, at + 10)) for at in range(_TRIES)]
    if study.function.name == "masked_attention":
        shown = np.ones((_SIZE[2], _SIZE[2]), bool)  # where something is hidden, all may be lost
        pairs.append(([*_draw(0), shown], [*_draw(10), batches.causal(_SIZE[2])]))
    for place, name in enumerate(study.function.parameters):
        if isinstance(pairs[0][0][place], int):
            continue
        changed = [[*first[:place], other[place], *first[place + 1 :]] for first, other in pairs]
        if _same(study, [(first, new) for (first, _), new in zip(pairs, changed, strict=True)]):
            return [("argument-without-influence", {"name": name})]
    return None


def contacts(study: Study) -> list[Reading] | None:
    """Find out what touches what it should not: sequences, heads, later tokens."""
    if study.function.name == "masked_attention":
        batch, head = np.arange(3)[:, None, None, None], np.arange(2)[:, None, None]
        token = np.arange(4)[:, None]
        if _touches(study, batch == 0):
            return [("sequences-touch", {})]
        if _touches(study, head == 0):
            return [("heads-touch", {})]
        return [("later-tokens-touch", {})] if _touches(study, token == 3) else None
    if study.function.name == "multi_head_attention":
        if _touches_in_layer(study, lambda shape: np.arange(shape[0])[:, None, None] == 0):
            return [("sequences-touch", {})]
        last = lambda shape: np.arange(shape[1])[:, None] == shape[1] - 1  # noqa: E731
        return [("later-tokens-touch", {})] if _touches_in_layer(study, last) else None
    return None


def projection(study: Study) -> list[Reading] | None:
    """Find out whether twice the W_o gives twice the output."""
    if study.function.name != "multi_head_attention":
        return None
    calls = [_call(study, at) for at in range(_TRIES)]
    doubled = [[*call[:4], 2 * _array(call[4]), *call[5:]] for call in calls]
    got = study.learner.ask_each([*calls, *doubled])
    if any(each is None for each in got):
        return None
    linear = any(close(2 * _array(got[at]), got[at + _TRIES]) for at in range(_TRIES))
    return None if linear else [("projection-not-last", {})]


def _call(study: Study, number: int) -> list[Argument]:
    rng = np.random.default_rng([2024, number])
    if study.function.name == "masked_attention":
        return [*_draw(number), batches.mask(rng, 4, 4)]
    if study.function.name == "multi_head_attention":
        return [*batches.layer(rng, 2, 4, 6, 3), batches.mask(rng, 4, 4)]
    return [number + 2]


def _draw(number: int) -> Inputs:
    return batches.bounded(np.random.default_rng([2025, number]), _SIZE, 2.0)


def _same(study: Study, pairs: Sequence[tuple[_Call, _Call]]) -> bool:
    got = study.learner.ask_each([call for pair in pairs for call in pair])
    return all(close(*two) for two in zip(got[::2], got[1::2], strict=True))


def _touches(study: Study, changed: Array) -> bool:
    """Say whether other numbers here change the output elsewhere, under a causal mask."""
    pairs: list[tuple[_Call, _Call]] = []
    for at in range(_TRIES):
        first, other, mask = _draw(at), _draw(at + 10), batches.causal(4)
        new = [np.where(changed, b, a) for a, b in zip(first, other, strict=True)]
        pairs.append(((*first, mask), (*new, mask)))
    return _differ(study, pairs, ~np.broadcast_to(changed, _SIZE))


def _touches_in_layer(study: Study, changed: Callable[[tuple[int, ...]], Array]) -> bool:
    pairs: list[tuple[_Call, _Call]] = []
    for at in range(_TRIES):
        first, other = (batches.layer(np.random.default_rng(n), 2, 4, 6, 3) for n in (at, at + 10))
        new = first._replace(X=np.where(changed(first.X.shape), other.X, first.X))
        pairs.append(((*first, batches.causal(4)), (*new, batches.causal(4))))
    return _differ(study, pairs, ~np.broadcast_to(changed((2, 4, 6)), (2, 4, 6)))


def _differ(study: Study, pairs: Sequence[tuple[_Call, _Call]], kept: Array) -> bool:
    """Say whether what should be kept is another in each pair."""
    got = study.learner.ask_each([call for pair in pairs for call in pair])
    for before, after in zip(got[::2], got[1::2], strict=True):
        if before is None or after is None or before.shape != kept.shape != after.shape:
            return False
        if not (np.isfinite(before).all() and np.isfinite(after).all()):
            return False
        if close(before[kept], after[kept]):
            return False
    return True


def _array(value: object) -> Array:
    assert isinstance(value, np.ndarray)
    return value


def subtracted(study: Study) -> list[Reading] | None:
    """Find out what is subtracted from the scores of masked_attention, if ordinary ones are right.

    Nothing is hidden, and all rows have the same scores.
    """
    if study.function.name != "masked_attention" or not study.core.is_right:
        return None
    _, _, V = _draw(0)
    first = np.eye(1, _SIZE[-1])  # the features beside the first are 0

    def ask(name: str) -> shifts.RowAnswer:
        Q = np.broadcast_to(np.sqrt(_SIZE[-1]) * first, _SIZE).copy()
        K = np.broadcast_to(np.array(shifts.ROWS[name])[:, None] * first, _SIZE).copy()
        mask = np.ones((_SIZE[2], _SIZE[2]), bool)
        got = study.learner(Q, K, V, mask)
        if got is not None and (np.isnan(got).all() or not got.any()):
            return "0" if not got.any() else "nan"
        right = study.kata.solution.masked_attention(Q, K, V, mask)
        return "right" if close(got, right) else "wrong"

    return shifts.what_is_subtracted(ask)


_AT = of_any_kata.READERS.index(of_any_kata.wrong_somewhere)
READERS: tuple[Reader, ...] = (
    *of_any_kata.READERS[:_AT],
    subtracted,
    refined.somewhere,
    *of_any_kata.READERS[_AT + 1 :],
    refined.lengths,
    wrong_mask,
    no_influence,
    contacts,
    weights,
    projection,
)
