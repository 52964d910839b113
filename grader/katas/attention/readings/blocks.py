"""Whether each block of keys has a softmax of its own."""

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, Subject

from .attend import Glance, are_weights, look_at_weights

_LONG = ((20, 20, 2, 1.0), (21, 21, 2, 1.0))
"""Sizes that hold blocks of 2 to 19 keys, the second of them one that is not full."""


def read_blocks(learner: Subject) -> list[Reading]:
    """Return whether the softmax goes over some keys at a time, and over how many."""
    looks = look_at_weights(learner, sizes=_LONG)
    if not are_weights(learner, looks) or any((look.seen <= 0).any() for look in looks):
        return []
    for size in range(2, _LONG[0][0]):
        sums = [_sums(look, size) for look in looks]
        told = [each for each in sums if each is not None]
        if len(told) == len(looks):
            total = "1" if all(abs(each - 1) < NEAR for each in told) else "the same number"
            return [("softmax-in-blocks", {"size": str(size), "total": total})]
    return []


def _sums(look: Glance, size: int) -> float | None:
    """Return what every block of so many keys adds up to; None if they are no blocks."""
    starts = np.arange(0, look.seq_len, size)
    ratios = look.seen / look.right
    spread = np.maximum.reduceat(ratios, starts, axis=-1) - np.minimum.reduceat(
        ratios, starts, axis=-1
    )
    sums = np.add.reduceat(look.seen, starts, axis=-1)
    if (spread > NEAR * ratios.max()).any() or np.ptp(sums) > NEAR:
        return None
    return float(sums.mean())
