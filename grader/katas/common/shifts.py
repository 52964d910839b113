"""What a softmax subtracts before it exponentiates, read off rows of scores that are far from 0."""

from collections.abc import Callable
from typing import Literal

from grader.diagnosis.experiment import Reading

RowAnswer = Literal["right", "nan", "0", "wrong"]
"""What comes of a row of scores: all nan, all 0, or something else that is wrong."""
_LOST = ("nan", "0")
ROWS = {
    "equal": (1.0, 1.0, 1.0, 1.0),
    "high": (1000.0, 1000.0, 1000.0, 1000.0),
    "low": (-1000.0, -1000.0, -1000.0, -1000.0),
    "one low": (1000.0, 1000.0, 1000.0, 0.0),
    "one high": (2000.0, 0.0, 0.0, 0.0),
    "last high": (0.0, 0.0, 0.0, 2000.0),
}
"""Rows that tell what is subtracted: one of equal scores shows whether anything is."""


def what_is_subtracted(ask: Callable[[str], RowAnswer]) -> list[Reading] | None:
    """Find out what is subtracted from scores, where ordinary ones are right.

    Args:
        ask: what comes of one of the rows above.
    """
    got = {name: ask(name) for name in ROWS}
    if got["equal"] != "right":
        return [("equal-scores-wrong", {"how": _EQUAL.get(got["equal"], "it goes wrong")})]
    if got["high"] in _LOST:
        return [("exponents-overflow", {"how": got["high"]})]
    if got["high"] != "right":
        return None
    if got["low"] != "right":
        return [("maximum-not-below-zero", {"how": got["low"]})]
    for name, scores in _APART:
        if got[name] in _LOST:
            return [("largest-not-subtracted", {"scores": scores, "how": got[name]})]
    return None


_EQUAL = {"0": "the output is 0", "nan": "the output is nan"}
_APART = (("one low", "1000 and 0"), ("one high", "2000 and 0"), ("last high", "0 and 2000"))
