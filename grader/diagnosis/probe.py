"""Public inputs on which a diagnosis compares, which a kata brings along in `probes.py`."""

from functools import cache
from typing import NamedTuple

from grader.errors import UsageError
from grader.kata import Kata
from grader.worker.arrays import Array

CORE = "core"
"""The group of probes that any mistake shows in."""
BASE = "base"
"""The group of those in which a function does little more than what it stands on."""
REPEATED = "repeated"
"""The group of those that have the shapes of the first, and other numbers."""


class Probe(NamedTuple):
    """One call of a learner's function.

    Attributes:
        group: what it is there to show.
        args: its arguments.
        size: the largest value of each column of the right answer, by which errors count.
        layout: how its arrays lie in memory; see `Submission.call`.
    """

    group: str
    args: tuple[Array | int, ...]
    size: Array
    layout: str = "plain"


@cache
def probes(kata: Kata, function: str) -> tuple[Probe, ...]:
    """Return the probes of a function, in the order in which they are made; none if none are known.

    A kata's `probes.py` has a function `probes`, which returns them for the name of a function.

    Raises:
        UsageError: there are some, and none that any mistake shows in.
    """
    part = kata.part("probes")
    found: tuple[Probe, ...] = () if part is None else tuple(part.probes(function))
    if found and all(probe.group != CORE for probe in found):
        raise UsageError(f"probes.py: none of the probes of {function} is of the group CORE.")
    return found
