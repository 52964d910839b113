"""Public inputs on which a diagnosis compares, which a kata brings along in `probes.py`."""

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from grader.cases.public import public_calls
from grader.cases.recorded import CaseCall
from grader.diagnosis.lives import Step
from grader.errors import UsageError
from grader.kata import Function, Kata
from grader.learner.requests import Argument
from grader.worker.arrays import DTYPES, Array

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
        size: the largest value of each column of the right answer, by which errors count; with as
            many axes as the answer has, if these are more than two.
        layout: how its arrays lie in memory; see `Submission.call`.
        life: of a class, what is asked of the object that is made of the arguments.
    """

    group: str
    args: tuple[Argument, ...]
    size: Array
    layout: str = "plain"
    life: tuple[Step, ...] = ()


@cache
def probes(kata: Kata, function: str) -> tuple[Probe, ...]:
    """Return the probes of a function, in the order in which they are made; none if none are known.

    A kata's `probes.py` has a function `probes`, which returns them for the name of a function.
    Without it, they are what the visible cases ask, as far as that is arrays.

    Raises:
        UsageError: there are some, and none that any mistake shows in.
    """
    part = kata.part("probes")
    found = tuple(_of_visible_cases(kata, function) if part is None else part.probes(function))
    if found and all(probe.group != CORE for probe in found):
        raise UsageError(f"probes.py: none of the probes of {function} is of the group CORE.")
    return found


def _of_visible_cases(kata: Kata, name: str) -> Iterator[Probe]:
    """Yield what the visible cases ask of a function that takes arrays and returns them."""
    function = kata.functions[name]
    seen = set()
    for call in public_calls(kata):
        args = _by_position(call, function)
        if call.name != name or args is None or not all(map(_may_be_passed, args)):
            continue
        size = _size_of_answer(getattr(kata.solution, name), function, args)
        key = tuple((np.shape(arg), np.asarray(arg).tobytes()) for arg in args)
        if size is not None and key not in seen:
            seen.add(key)
            yield Probe(CORE, args, size)


def _by_position(call: CaseCall, function: Function) -> tuple[Any, ...] | None:
    """Return the arguments of a call in their order; None if some are not given, or too many."""
    rest = function.parameters[len(call.args) :]
    if set(rest) != set(call.kwargs):
        return None
    return (*call.args, *(call.kwargs[name] for name in rest))


def _may_be_passed(arg: object) -> bool:
    if isinstance(arg, np.ndarray):
        return type(arg) is np.ndarray and arg.dtype.char in DTYPES
    return arg is None or type(arg) is int


def _size_of_answer(
    solution: Callable[..., Any], function: Function, args: tuple[Any, ...]
) -> Array | None:
    """Return the largest value of each column of the right answer; None if that is no array."""
    try:
        with np.errstate(all="ignore"):
            answer = solution(*copy.deepcopy(args))
    except Exception:
        return None
    members = answer if function.returns else [answer]
    if not isinstance(members, tuple | list) or len(members) != max(1, len(function.returns)):
        return None
    if any(type(one) is not np.ndarray or one.dtype.char not in DTYPES for one in members):
        return None
    if len({one.shape for one in members}) > 1 or not members[0].size:
        return None
    largest = np.max([np.abs(one) for one in members], axis=0)
    return largest.reshape(-1, largest.shape[-1]).max(axis=0) if largest.ndim else np.ones(1)
