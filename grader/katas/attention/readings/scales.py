"""What can be read off the scale of the scores, and how a scale is put in words."""

from collections.abc import Mapping, Sequence

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading
from grader.worker.arrays import Array

from .attend import Glance

_LEAST_FACTOR = 1e-3


def read_factors(looks: Sequence[Glance]) -> list[Reading]:
    """Scores that are off by a factor: always one, one that hangs on sizes, or on the data."""
    slopes = []
    for look in looks:
        if (look.seen <= 0).any():
            return []
        seen, right = (centered(np.log(table)) for table in (look.seen, look.right))
        slope = (seen * right).sum(axis=-1) / (right * right).sum(axis=-1)
        if np.abs(seen - slope[..., None] * right).max() > 1e-5 * max(1.0, np.abs(seen).max()):
            return []
        slopes.append(slope)
    sums = np.concatenate([look.seen.sum(axis=-1).ravel() for look in looks])
    found: list[Reading] = []
    if np.abs(sums - 1).max() > NEAR:
        words = {"range": span(float(sums.min()), float(sums.max()))}
        found = [("rows-sum-to-something-else", words)]
    each = [float(slope.mean()) for slope in slopes]
    if min(map(abs, each)) < _LEAST_FACTOR:
        return []
    if max(map(abs, each)) - 1 < 10 * NEAR > 1 - min(map(abs, each)):
        return found
    if any(np.ptp(slope) > NEAR * 10 for slope in slopes) or abs(each[0] - each[1]) > NEAR * 10:
        return [("scores-scaled-by-the-data", {}), *found]
    if max(each) - min(each) < NEAR:
        base = float(np.exp(np.mean(each)))
        if abs(base - round(base, 3)) < NEAR:
            return [("another-base", {"base": f"{round(base, 3):g}"}), *found]
        return [("scores-off-by-a-factor", {"factor": f"{each[0]:.4g}"}), *found]
    scales = [slope / np.sqrt(look.d_k) for slope, look in zip(each, looks, strict=True)]
    if np.ptp(scales) < 10 * NEAR * abs(scales[0]):
        return [_constant(scales[0], _TRIED[_in_heads(looks)]), *found]
    said = law(looks, scales)
    if not said:
        return [("scores-scaled-by-the-sizes", {}), *found]
    return [("scores-scaled-otherwise", {"law": said, **_TRIED[_in_heads(looks)]}), *found]


_TRIED = {
    False: {"the": "The", "tried": "For all sizes that were tried"},
    True: {"the": "With several heads the", "tried": "With several heads, of all sizes tried,"},
}
"""What was tried, by whether there were heads: what holds of several need not hold of one."""


def _in_heads(looks: Sequence[Glance]) -> bool:
    return any(len(look.seen) > 1 for look in looks)


def _constant(scale: float, tried: Mapping[str, str]) -> Reading:
    """Return what is said of dot products that are multiplied by one number, whatever the sizes."""
    if abs(scale - 1) < 10 * NEAR:
        return "scores-unscaled", {}
    divided = 0 < scale < 1
    how = f"divided by {1 / scale:.4g}" if divided else f"multiplied by {scale:.4g}"
    return "scores-scaled-by-a-constant", {"how": how, **tried}


def span(low: float, high: float) -> str:
    """Say what something lies between, with as many digits as tell it from 1."""
    if high - low < NEAR:
        return f"{low:.7g}"
    digits = next((n for n in range(2, 8) if f"{low:.{n}g}" != f"{high:.{n}g}"), 8)
    return f"numbers from {_rounded(low, digits)} to {_rounded(high, digits)}"


def _rounded(number: float, digits: int) -> str:
    """Return a number with so many digits that count, without an exponent where that is long."""
    return f"{float(f'{number:.{digits}g}'):.12g}"


def law(looks: Sequence[Glance], factors: Sequence[float]) -> str:
    """Say what these factors are, as c · d_k^a · seq_len^b · n_heads^e."""
    scales = np.array(factors)
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
    above: list[str] = []
    below: list[str] = []
    for name, power in zip(names[1:], rounded, strict=True):
        if power:
            (above if power > 0 else below).append(_power(name, abs(power)))
    number = f"{np.exp(constant.mean()):.4g}"
    if number != "1" or not above:
        above.insert(0, number)
    if not below:
        return " · ".join(above)
    divisor = below[0] if len(below) == 1 else f"({' · '.join(below)})"
    return f"{' · '.join(above)} / {divisor}"


def _power(name: str, power: float) -> str:
    if power == 0.5:
        return f"√{name}"
    return name if power == 1 else f"{name}^{power:g}"


def centered(table: Array) -> Array:
    """Return a table less the mean of each row."""
    less: Array = table - table.mean(axis=-1, keepdims=True)
    return less
