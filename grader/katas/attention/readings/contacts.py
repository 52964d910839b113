"""What touches what it should not: heads other heads, a query other outputs, order everything.

Each reading holds for all inputs that were tried, or nothing is said.
"""

from collections.abc import Callable

import numpy as np

from grader.diagnosis.experiment import Reading, Subject, close
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .attend import attend_each, ordinary

Change = Callable[[Inputs, int], Inputs]
"""Other inputs, given inputs and the number of heads."""
Untouched = Callable[[Array, Array, int], bool]
"""Whether what should stay did stay, given both outputs and the number of heads."""


def read_contacts(learner: Subject) -> list[Reading]:
    """Return what touches what it should not, from heads to the order of the tokens."""
    if _touches(learner, _other_query, lambda before, after, heads: close(before[1:], after[1:])):
        return read_heads(learner) or [("queries-touch", {})]
    if _touches(
        learner, _other_order, lambda before, after, heads: close(before[_order(before)], after)
    ):
        return read_heads(learner) or [("order-matters", {})]
    return read_heads(learner)


def read_heads(learner: Subject) -> list[Reading]:
    """Return whether the features of one head change the output of another."""

    def untouched(before: Array, after: Array, heads: int) -> bool:
        width = before.shape[1] // heads
        return close(before[:, width:], after[:, width:])

    heads = learner.function == "multi_head_attention"
    return [("heads-touch", {})] if heads and _touches(learner, _other_head, untouched) else []


def _touches(learner: Subject, change: Change, untouched: Untouched) -> bool:
    """Say whether, for all inputs, a change shows where it should not."""
    for inputs, heads in ordinary(learner):
        calls = [(inputs, heads), (change(inputs, heads), heads)]
        before, after = attend_each(learner, calls)
        if before is None or after is None or untouched(before, after, heads):
            return False
        if not (np.isfinite(before).all() and np.isfinite(after).all()):
            return False
    return True


def _other_head(inputs: Inputs, heads: int) -> Inputs:
    Q, K, V = (array.copy() for array in inputs)
    width = Q.shape[1] // heads
    for array in (Q, K, V):
        array[:, :width] = 2 * array[::-1, :width] + 0.5
    return Q, K, V


def _other_query(inputs: Inputs, _: int) -> Inputs:
    Q = inputs[0].copy()
    Q[0] = 0.5 - 2 * Q[0]
    return Q, *inputs[1:]


def _other_order(inputs: Inputs, _: int) -> Inputs:
    Q, K, V = (array[_order(array)] for array in inputs)
    return Q, K, V


def _order(array: Array) -> Array:
    """Return an order of the rows that is neither theirs nor its reverse."""
    return np.roll(np.arange(len(array))[::-1], 1)
