"""What can be read off wrong weights, without knowing how they came about.

Each reading holds for all weights that were looked at, in several sizes and with several
inputs, or nothing is said.
"""

from collections.abc import Callable, Sequence

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, Subject, close
from grader.worker.arrays import Array

from .attend import Glance, are_weights, look_at_weights
from .places import CARRIED
from .scales import centered, read_factors
from .sums import read_floor_of, read_proportions, read_sums, row_factors

_TINY = 1e-9  # a weight that is none
_SMALLEST = "the keys whose weights would be smallest"
_SOME = "some of the keys"


def read_weights(learner: Subject) -> list[Reading]:
    """Return what can be said of the weights, if the output is made of weights at all."""
    looks = look_at_weights(learner)
    if not are_weights(learner, looks):
        return []
    readers = (
        *(
            _digits,
            read_floor_of,
            read_sums,
            read_proportions,
            _masks,
            _replaced,
            _carried,
            _orders,
            read_factors,
        ),
        *(_positions, _ranks),
    )
    for read in readers:
        found = read(looks)
        if found:
            return found
    return []


def read_masks(learner: Subject) -> list[Reading]:
    """Return which keys have no weight, if their places tell which."""
    looks = look_at_weights(learner)
    if not are_weights(learner, looks):
        return []
    found = _masks(looks) or _replaced(looks)
    return [(name, words) for name, words in found if words["which"] != _SOME] or _mirrored(looks)


def read_base(learner: Subject) -> list[Reading]:
    """Return whether powers of another number than e were taken."""
    looks = look_at_weights(learner)
    found = read_factors(looks) if are_weights(learner, looks) else []
    return found if "another-base" in dict(found) else []


def _digits(looks: Sequence[Glance]) -> list[Reading]:
    """Weights with no more than a few digits behind the point."""
    weights = np.concatenate([look.seen.ravel() for look in looks])
    if len(np.unique(weights.round(5))) <= 2:
        return []  # one key for each query
    for decimals in range(1, 6):
        numbers = weights * 10.0**decimals
        if np.abs(numbers - np.round(numbers)).max() < NEAR:
            return [("weights-have-few-decimals", {"decimals": str(decimals)})]
    return []


def _carried(looks: Sequence[Glance]) -> list[Reading]:
    """Scores that are added to those before them, in one head; what a row has in common is gone."""
    if any((look.seen <= 0).any() or len(look.seen) > 1 for look in looks):
        return []
    scores = [(np.log(look.seen[0]), look.scores[0]) for look in looks]
    for where, total in CARRIED.items():
        if all(close(centered(seen), centered(total(right))) for seen, right in scores):
            seen_in = "before it" if "row" in where else where
            return [("sums-carried", {"names": "The scores", "where": seen_in})]
    return []


def _replaced(looks: Sequence[Glance]) -> list[Reading]:
    """Keys whose scores are one number, whatever they should be."""
    if any((look.seen <= 0).any() for look in looks):
        return []
    for which, hidden in _PATTERNS:
        numbers = []
        for look in looks:
            row, key = np.indices(look.seen.shape[1:])
            there = hidden(row, key, look.seq_len)
            telling = there.any(axis=1) & ~there.all(axis=1)
            offsets = np.log(look.seen) - look.scores  # what a row's sum is, but for the hidden
            common = np.where(there, np.nan, offsets)[:, telling]
            if not telling.any() or np.nanmax(np.ptp(_filled(common), axis=-1)) > 10 * NEAR:
                break
            scores = np.log(look.seen)[:, telling] - np.nanmean(common, axis=-1, keepdims=True)
            numbers += scores[:, there[telling]].ravel().tolist()
        else:
            if numbers and np.ptp(numbers) < 100 * NEAR:
                number = f"{round(float(np.mean(numbers)), 4) + 0.0:.4g}"
                return [("scores-replaced", {"which": which, "number": number})]
    return []


def _filled(table: Array) -> Array:
    """Return a table with another number of its row in place of each that there is none of."""
    filled: Array = np.where(np.isnan(table), np.nanmean(table, axis=-1, keepdims=True), table)
    return filled


def _masks(looks: Sequence[Glance]) -> list[Reading]:
    """Keys without weight, where the others have the right proportions."""
    if not any((np.abs(look.seen) < _TINY).any() for look in looks):
        return []
    for which, hidden in _PATTERNS:
        found = _hidden_by(looks, which, hidden)
        if found:
            return found
    return _hidden(looks, _SMALLEST if _only_small_ones(looks) else _SOME)


def _hidden_by(
    looks: Sequence[Glance], which: str, hidden: Callable[[Array, Array, int], Array]
) -> list[Reading]:
    """Return the reading if the places tell which keys have no weight.

    What a row is of which all keys are hidden depends on how they are hidden.
    """
    left, exempt = [], False
    for look in looks:
        row, key = np.indices(look.seen.shape[1:])
        there = hidden(row, key, look.seq_len)
        rows = ~there.all(axis=1)
        seen, right = look.seen[:, rows], look.right[:, rows]
        if ((np.abs(seen) < _TINY) != there[rows]).any():
            return []
        exempt |= bool((np.abs(look.seen[:, ~rows]) >= _TINY).any())
        left.append(look._replace(seen=seen, right=right))
    return _hidden(left, which, " A query with no key left has other weights." if exempt else "")


def _hidden(looks: Sequence[Glance], which: str, exempt: str = "") -> list[Reading]:
    factors = row_factors(looks, lambda look: np.abs(look.seen) >= _TINY)
    if factors is None:
        return []
    sums = [look.seen.sum(axis=-1) for look in looks]
    shared = all(np.abs(row[row > _TINY] - 1).max(initial=0) < NEAR for row in sums)
    rest = " What is left of a row sums to 1." if shared else ""
    if any((np.abs(look.seen) >= _TINY).sum(axis=-1).max(initial=0) > 1 for look in looks):
        rest = f" The other weights of a row have the right proportions{_AND_SUMS[shared]}."
    return [("keys-without-weight", {"which": which, "rest": rest, "exempt": exempt})]


_AND_SUMS = {True: " and sum to 1", False: ", but do not always sum to 1"}


def _other_block(size: int) -> Callable[[Array, Array, int], Array]:
    return lambda row, key, n: row // size != key // size


_PATTERNS: tuple[tuple[str, Callable[[Array, Array, int], Array]], ...] = (
    ("the last key", lambda row, key, n: key == n - 1),
    ("the first key", lambda row, key, n: key == 0),
    ("each query's own key", lambda row, key, n: key == row),
    ("the keys after the query", lambda row, key, n: key > row),
    ("the keys before the query", lambda row, key, n: key < row),
    ("the query's own key and those after it", lambda row, key, n: key >= row),
    ("the query's own key and those before it", lambda row, key, n: key <= row),
    ("all keys but the query's own", lambda row, key, n: key != row),
    ("the keys more than one place away", lambda row, key, n: abs(row - key) > 1),
    ("the keys more than two places away", lambda row, key, n: abs(row - key) > 2),
    *(
        (f"the keys outside of the query's block of {size}", _other_block(size))
        for size in (2, 3, 4)
    ),
    ("every second key", lambda row, key, n: key % 2 == 1),
    ("every key but the first two", lambda row, key, n: key > 1),
    ("the second half of the keys", lambda row, key, n: key >= n // 2),
)


def _only_small_ones(looks: Sequence[Glance]) -> bool:
    """Say whether in each row the weights that are gone are smaller than those that are left."""
    for look in looks:
        gone = np.abs(look.seen) < _TINY
        if gone.all(axis=-1).any():
            return False  # a row that is empty says nothing of its keys
        largest_gone = np.where(gone, look.right, 0).max(axis=-1)
        smallest_left = np.where(gone, 1, look.right).min(axis=-1)
        if (largest_gone > smallest_left).any():
            return False
    return True


def _orders(looks: Sequence[Glance]) -> list[Reading]:
    """The right numbers, handed to the wrong keys."""
    for look in looks:
        if np.abs(np.sort(look.seen, axis=-1) - np.sort(look.right, axis=-1)).max() > NEAR:
            return []
    return [("weights-go-to-other-keys", {})]


def _mirrored(looks: Sequence[Glance]) -> list[Reading]:
    """Scores of which those on one side of the diagonal are copies of those on the other."""
    for side, half in (("above", np.triu), ("below", np.tril)):
        tables = [half(look.scores) for look in looks]
        mirrored = [table + np.swapaxes(table, 1, 2) for table in tables]
        scores = [table * (1 - np.eye(table.shape[1]) / 2) for table in mirrored]
        if all(_are_softmax(*each) for each in zip(looks, scores, strict=True)):
            return [("scores-mirrored", {"side": side})]
    return []


def _are_softmax(look: Glance, scores: Array) -> bool:
    """Say whether the weights are the softmax of these scores."""
    if (look.seen <= 0).any() or np.abs(look.seen.sum(axis=-1) - 1).max() > NEAR:
        return False
    return bool(np.abs(centered(np.log(look.seen)) - centered(scores)).max() < 10 * NEAR)


def _positions(looks: Sequence[Glance]) -> list[Reading]:
    """Scores with an addition that is the same for other data of the same size."""
    first, second = (_addition(look) for look in looks[:2])
    if first is None or second is None:
        return []
    if np.abs(first).max() < 100 * NEAR or np.abs(first - second).max() > 10 * NEAR:
        return []
    return [("scores-hang-on-positions", {})]


def _addition(look: Glance) -> Array | None:
    if (look.seen <= 0).any():
        return None
    return centered(np.log(look.seen)) - centered(look.scores)


def _ranks(looks: Sequence[Glance]) -> list[Reading]:
    """Weights that grow with the scores, or fall, in every row, but not as exp does."""
    orders = [(np.argsort(look.scores), np.argsort(look.seen)) for look in looks]
    if any((look.seen < 0).any() for look in looks):
        return []  # no sizes of weights
    if any((np.diff(np.sort(look.seen)) < _TINY).any() for look in looks):
        return []
    if all(np.array_equal(right, seen) for right, seen in orders):
        return [("weights-grow-otherwise", {})]
    if all(np.array_equal(right, seen[..., ::-1]) for right, seen in orders):
        return [("weights-fall-with-scores", {})]
    return []
