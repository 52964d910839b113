"""What can be read off the sums of rows of weights: what divides the exponentials.

Each reading holds for all weights that were looked at, or nothing is said.
"""

from collections.abc import Callable, Sequence

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, Subject
from grader.worker.arrays import Array

from .attend import Glance, look_at_weights
from .scales import law, span


def read_floor(learner: Subject) -> list[Reading]:
    """Return whether small weights are kept from getting smaller."""
    return read_floor_of(look_at_weights(learner, wider=2.0))


def read_floor_of(looks: Sequence[Glance]) -> list[Reading]:
    """Weights that are never smaller than some share of their row's largest."""
    if not looks or any((look.seen <= 0).any() for look in looks):
        return []
    shares = [look.seen / look.seen.max(axis=-1, keepdims=True) for look in looks]
    wanted = [look.right / look.right.max(axis=-1, keepdims=True) for look in looks]
    least = min(float(share.min()) for share in shares)
    pairs = list(zip(shares, wanted, strict=True))
    if _is_lifted(pairs, least):
        said = f"No weight is less than about {least:.2g} of the largest of its row"
        cut_off = f"{said}, as when exponents are cut off at {np.log(least):.4g}."
        return [("small-weights-lifted", {"what": cut_off})]
    least = min(float(look.seen.min()) for look in looks)
    if _is_lifted([(look.seen, look.right) for look in looks], least):
        return [("small-weights-lifted", {"what": f"No weight is less than about {least:.2g}."})]
    return []


def _is_lifted(pairs: Sequence[tuple[Array, Array]], least: float) -> bool:
    """Say whether numbers are the right ones, but never less than this."""
    if any(np.abs(np.maximum(want, least) - seen).max() > 1e-9 for seen, want in pairs):
        return False
    return sum(int((want < least / 2).sum()) for _, want in pairs) > 1  # one is least in any case


def read_sums(looks: Sequence[Glance]) -> list[Reading]:
    """Rows that are too small as if there were something more in their sums."""
    factors = row_factors(looks, lambda look: look.right > -1)
    if factors is None or any((row <= 0).any() for row in factors):
        return []
    for what, shift in _SHIFTS.items():
        sums = [np.exp(look.scores - shift(look.scores)).sum(axis=-1).ravel() for look in looks]
        more = [(1 / row - 1) * total for row, total in zip(factors, sums, strict=True)]
        each = [float(one.mean()) for one in more]
        if any(np.ptp(one) > 1e-5 for one in more) or max(each) < 1e-5 or min(each) < -1e-5:
            continue
        numbers = {f"{number:.4g}" for number in each}
        if what == _AS_THEY_ARE and all(abs(number - round(number)) < 1e-4 for number in each):
            number = numbers.pop() if len(numbers) == 1 else "a whole number"
            return [("terms-too-many", {"number": number})]
        if len(numbers) == 1:
            return [("added-to-sums", {"what": what, "number": numbers.pop()})]
    return []


_AS_THEY_ARE = "the sum of exp(score)"


_SHIFTS: dict[str, Callable[[Array], Array | float]] = {
    "the sum of the exponentials, the row's maximum subtracted": lambda s: s.max(-1, keepdims=True),
    _AS_THEY_ARE: lambda s: 0.0,
    "the sum of the exponentials, one maximum subtracted from the whole table": lambda s: s.max(
        (1, 2), keepdims=True
    ),
    "the sum of the exponentials, one maximum subtracted in all heads": lambda s: s.max(),
    "the sum of the exponentials, one maximum subtracted in all heads of a token": lambda s: s.max(
        (0, 2), keepdims=True
    ),
}
"""What may be subtracted before something is added to the sums, from the likeliest on."""


def read_proportions(looks: Sequence[Glance]) -> list[Reading]:
    """Rows with the right proportions and the wrong sum."""
    factors = row_factors(looks, lambda look: look.right > -1)
    if factors is None:
        return []
    ranges = [(row.min(), row.max()) for row in factors]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    if high - low < NEAR:
        if abs(low - 1) < 10 * NEAR:
            return []
        return [("output-off-by-a-factor", {"factor": f"{low:.4g}"})]
    if all(high - low < NEAR for low, high in ranges):
        said = law(looks, [float(row.mean()) for row in factors])
        if said:
            return [("output-scaled-by-the-sizes", {"law": said})]
    return [("rows-sum-to-something-else", {"range": span(low, high)})]


def row_factors(looks: Sequence[Glance], counts: Callable[[Glance], Array]) -> list[Array] | None:
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
