"""What can be read off wrong weights, without knowing how they came about.

Each reading holds for all weights that were looked at, in several sizes and with several
inputs, or nothing is said.
"""

from collections.abc import Callable, Sequence

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, Subject, close
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .attend import Glance, attend_each, look_at_weights, ordinary

_TINY = 1e-9  # a weight that is none
_LEAST_FACTOR = 1e-3


def read_weights(learner: Subject) -> list[Reading]:
    """Return what can be said of the weights, if the output is made of weights at all."""
    looks = look_at_weights(learner)
    if not _are_weights(learner, looks):
        return []
    for read in (_digits, _proportions, _masks, _orders, _factors, _positions, _ranks):
        found = read(looks)
        if found:
            return found
    return []


def read_masks(learner: Subject) -> list[Reading]:
    """Return which keys have no weight, if their places tell which."""
    looks = look_at_weights(learner)
    found = _masks(looks) if _are_weights(learner, looks) else []
    return [(name, words) for name, words in found if words["which"] in dict(_PATTERNS)]


def read_scores(learner: Subject) -> list[Reading]:
    """Return what the weights of self_attention are a function of, if they share the weight.

    A rotation of Q and K alike leaves every dot product as it is.
    """
    looks = look_at_weights(learner)
    if learner.function != "self_attention" or not _are_weights(learner, looks):
        return []
    if any(np.abs(look.seen.sum(axis=-1) - 1).max() > NEAR for look in looks):
        return []
    turned = all(
        close(before, after)
        for inputs, _ in ordinary(learner)
        for before, after in [attend_each(learner, [(inputs, 1), (_rotated(inputs), 1)])]
    )
    return [("weights-not-exponential" if turned else "scores-not-dot-products", {})]


def _rotated(inputs: Inputs) -> Inputs:
    Q, K, V = inputs
    square = np.random.default_rng(1765).standard_normal((Q.shape[1], Q.shape[1]))
    turn, _ = np.linalg.qr(square)
    return Q @ turn, K @ turn, V


def _are_weights(learner: Subject, looks: Sequence[Glance]) -> bool:
    """Say whether what was looked at are weights, and some of them wrong."""
    wrong = not all(close(look.seen, look.right) for look in looks)
    return wrong and _is_weighted_mean(learner)


def _is_weighted_mean(learner: Subject) -> bool:
    """Say whether the output is a fixed matrix times V, in each head."""
    for (Q, K, V), heads in ordinary(learner):
        calls = [((Q, K, values), heads) for values in (V, V[::-1], V - 2 * V[::-1])]
        first, second, both = attend_each(learner, calls)
        if first is None or second is None or both is None:
            return False
        if not np.allclose(both, first - 2 * second, rtol=1e-5, atol=1e-5):
            return False
    return True


def _digits(looks: Sequence[Glance]) -> list[Reading]:
    """Weights with no more than a few digits behind the point."""
    weights = np.concatenate([look.seen.ravel() for look in looks])
    for decimals in range(1, 6):
        numbers = weights * 10.0**decimals
        if np.abs(numbers - np.round(numbers)).max() < NEAR:
            return [("weights-have-few-decimals", {"decimals": str(decimals)})]
    return []


def _proportions(looks: Sequence[Glance]) -> list[Reading]:
    """Rows with the right proportions and the wrong sum."""
    factors = _row_factors(looks, lambda look: look.right > -1)
    if factors is None:
        return []
    ranges = [(row.min(), row.max()) for row in factors]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    if high - low < NEAR:
        if abs(low - 1) < 10 * NEAR:
            return []
        return [("output-off-by-a-factor", {"factor": f"{low:.4g}"})]
    return [("rows-sum-to-something-else", {"range": _range(low, high)})]


def _range(low: float, high: float) -> str:
    """Say what something lies between, with as many digits as tell it from 1."""
    if high - low < NEAR:
        return f"{low:.7g}"
    digits = next((n for n in range(2, 8) if f"{low:.{n}g}" != f"{high:.{n}g}"), 8)
    return f"something from {low:.{digits}g} to {high:.{digits}g}"


def _row_factors(looks: Sequence[Glance], counts: Callable[[Glance], Array]) -> list[Array] | None:
    """Return the factor of each row between the weights that count and the right ones, if one."""
    factors = []
    for look in looks:
        kept = counts(look)
        ratios = np.where(kept, look.seen / look.right, np.nan)
        rows = ratios[kept.any(axis=-1)]
        if not len(rows) or (np.nanmax(rows, axis=-1) - np.nanmin(rows, axis=-1)).max() > NEAR:
            return None
        factors.append(np.nanmean(rows, axis=-1))
    return factors


def _masks(looks: Sequence[Glance]) -> list[Reading]:
    """Keys without weight, where the others have the right proportions."""
    if not any((np.abs(look.seen) < _TINY).any() for look in looks):
        return []
    factors = _row_factors(looks, lambda look: np.abs(look.seen) >= _TINY)
    if factors is None:
        return []
    which = next((name for name, hidden in _PATTERNS if _all_hidden(looks, hidden)), None)
    if which is None and _only_small_ones(looks):
        which = "the keys whose weights would be smallest"
    sums = [look.seen.sum(axis=-1) for look in looks]
    shared = all(np.abs(row[row > _TINY] - 1).max(initial=0) < NEAR for row in sums)
    rest = "share the whole weight" if shared else "do not sum to 1"
    return [("keys-without-weight", {"which": which or "some of the keys", "rest": rest})]


_PATTERNS: tuple[tuple[str, Callable[[Array, Array, int], Array]], ...] = (
    ("the last key", lambda row, key, n: key == n - 1),
    ("the first key", lambda row, key, n: key == 0),
    ("each query's own key", lambda row, key, n: key == row),
    ("the keys after the query", lambda row, key, n: key > row),
    ("the keys before the query", lambda row, key, n: key < row),
    ("the query's own key and those after it", lambda row, key, n: key >= row),
    ("the query's own key and those before it", lambda row, key, n: key <= row),
    ("all keys but the query's own", lambda row, key, n: key != row),
    ("all keys but those next to the query", lambda row, key, n: abs(row - key) > 1),
    ("the keys more than two places away", lambda row, key, n: abs(row - key) > 2),
)


def _all_hidden(looks: Sequence[Glance], hidden: Callable[[Array, Array, int], Array]) -> bool:
    for look in looks:
        row, key = np.indices(look.seen.shape[1:])
        if ((np.abs(look.seen) < _TINY) != hidden(row, key, look.seq_len)).any():
            return False
    return True


def _only_small_ones(looks: Sequence[Glance]) -> bool:
    """Say whether in each row the weights that are gone are smaller than those that are left."""
    for look in looks:
        gone = np.abs(look.seen) < _TINY
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


def _factors(looks: Sequence[Glance]) -> list[Reading]:
    """Scores that are off by a factor: always one, one that hangs on sizes, or on the data."""
    slopes = []
    for look in looks:
        if (look.seen <= 0).any():
            return []
        seen, right = (_centred(np.log(table)) for table in (look.seen, look.right))
        slope = (seen * right).sum(axis=-1) / (right * right).sum(axis=-1)
        if np.abs(seen - slope[..., None] * right).max() > 1e-5 * max(1.0, np.abs(seen).max()):
            return []
        slopes.append(slope)
    sums = np.concatenate([look.seen.sum(axis=-1).ravel() for look in looks])
    found: list[Reading] = []
    if np.abs(sums - 1).max() > NEAR:
        words = {"range": _range(float(sums.min()), float(sums.max()))}
        found = [("rows-sum-to-something-else", words)]
    each = [float(slope.mean()) for slope in slopes]
    if min(map(abs, each)) < _LEAST_FACTOR:
        return []
    if max(map(abs, each)) - 1 < 10 * NEAR > 1 - min(map(abs, each)):
        return found
    if any(np.ptp(slope) > NEAR * 10 for slope in slopes) or abs(each[0] - each[1]) > NEAR * 10:
        return [("scores-scaled-by-the-data", {}), *found]
    if max(each) - min(each) < NEAR:
        return [("scores-off-by-a-factor", {"factor": f"{each[0]:.4g}"}), *found]
    law = _law(looks, each)
    if not law:
        return [("scores-scaled-by-the-sizes", {}), *found]
    if law == "1":
        return [("scores-unscaled", {}), *found]
    return [("scores-scaled-otherwise", {"law": law}), *found]


def _law(looks: Sequence[Glance], slopes: Sequence[float]) -> str:
    """Say what the dot products are multiplied by, as c · d_k^a · seq_len^b · n_heads^e."""
    scales = np.array(slopes) / np.sqrt([look.d_k for look in looks])
    if (scales <= 0).any():
        return ""
    columns = [[1.0, np.log(look.d_k), np.log(look.seq_len)] for look in looks]
    names = ["", "d_k", "seq_len"]
    if len({len(look.seen) for look in looks}) > 1:
        columns = [[*row, np.log(len(look.seen))] for row, look in zip(columns, looks, strict=True)]
        names.append("n_heads")
    table = np.array(columns)
    powers, *_ = np.linalg.lstsq(table, np.log(scales), rcond=None)
    rounded = np.round(2 * powers[1:]) / 2
    constant = np.log(scales) - table[:, 1:] @ rounded
    if np.ptp(constant) > 1e-5:
        return ""
    parts = [f"{np.exp(constant.mean()):.4g}"]
    parts += [
        name if power == 1 else f"{name}^{power:g}"
        for name, power in zip(names[1:], rounded, strict=True)
        if power
    ]
    if parts[0] == "1" and len(parts) > 1:
        parts = parts[1:]
    return " · ".join(parts)


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
    return _centred(np.log(look.seen)) - _centred(look.scores)


def _ranks(looks: Sequence[Glance]) -> list[Reading]:
    """Weights that grow with the scores, or fall, in every row, but not as exp does."""
    orders = [(np.argsort(look.scores), np.argsort(look.seen)) for look in looks]
    if any((np.diff(np.sort(look.seen)) < _TINY).any() for look in looks):
        return []
    if all(np.array_equal(right, seen) for right, seen in orders):
        return [("weights-grow-otherwise", {})]
    if all(np.array_equal(right, seen[..., ::-1]) for right, seen in orders):
        return [("weights-fall-with-scores", {})]
    return []


def _centred(table: Array) -> Array:
    centred: Array = table - table.mean(axis=-1, keepdims=True)
    return centred
