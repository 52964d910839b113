"""The learner's own self_attention, asked so that it can only answer as a function.

It is asked in two processes that never see heads joined, in rounds. Inputs that have to do with
each other are never in the same round, since code that reads ahead would know what they are for;
and the second process is asked in the opposite order, so that what hangs on what was asked before
comes out otherwise there.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np

from grader.cases.checks import is_close
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import Inputs
from grader.learner.answer import Answer
from grader.learner.endings import CaseEnded, NotRun, TimedOut
from grader.learner.submission import Submission
from grader.worker.arrays import Array

_JUDGED = 4  # answers to the cases that are asked for again
_MOST_ITEMS = 4  # of a tuple, one of which may be the output
_NAME = "self_attention"
Outputs = list[Array]
Orientation = Callable[[Array], Array]
# Rows stand for tokens, or for features.
_ORIENTATIONS: tuple[Orientation, ...] = (np.asarray, np.transpose)
Families = Sequence[Sequence[Inputs]]
"""Inputs in groups; those of a group have to do with each other."""


def ask(
    submission: Submission, heads: Sequence[Inputs], families: Families, rng: np.random.Generator
) -> Iterator[tuple[Outputs, list[Outputs]]]:
    """Yield what the learner's self_attention makes of the heads, and of each family.

    Where it returns a tuple, or arrays of another shape with as many numbers as V, there is more
    than one thing that may be meant; where it does not answer there is nothing.

    Args:
        submission: the learner's functions.
        heads: inputs that have nothing to do with each other.
        families: inputs that have.
        rng: for the order.

    Raises:
        NotRun: for the same inputs it does not return the same, or there is no time left.
    """
    known = _judged(submission, rng)
    inputs = [*heads, *(each for family in families for each in family)]
    inputs += [each for each, _ in known]
    sizes = [1] * len(heads) + [len(family) for family in families] + [1] * len(known)
    rounds = _rounds(sizes, rng)
    once = range(len(heads))  # what is asked once: the second process need not see it
    back = [[place for place in turn if place not in once] for turn in rounds[::-1]]
    try:
        told, retold = _ask_both(submission, inputs, rounds, back)
    except (NotRun, TimedOut):
        raise NotRun(_NO_TIME) from None
    except CaseEnded:  # then there is nothing to carry
        return
    places = [*range(len(heads), len(inputs)), *range(len(inputs) - len(known), len(inputs))]
    repeated = [(inputs[place], retold[place]) for place in range(len(heads), len(inputs))]
    repeated += known
    for item, orientation in product(range(_MOST_ITEMS), _ORIENTATIONS):
        outputs = [
            output
            for items, each in zip(told, inputs, strict=True)
            if (output := _output(items, item, orientation, each)) is not None
        ]
        again = [_output(items, item, orientation, each) for each, items in repeated]
        if len(outputs) < len(inputs):
            continue
        for place, output, (each, _) in zip(places, again, repeated, strict=True):
            if output is None or not is_close(output, outputs[place], attention.largest_of(each)):
                raise NotRun(_UNSTEADY)
        left = iter(outputs)
        own = [next(left) for _ in heads]
        yield own, [[next(left) for _ in family] for family in families]


def _output(items: Outputs, item: int, orientation: Orientation, inputs: Inputs) -> Array | None:
    """Return what may be the output for these inputs; None if it cannot be."""
    wanted = inputs[2].shape
    if item >= len(items) or items[item].size != inputs[2].size:
        return None
    return orientation(items[item]).reshape(wanted)


def _judged(submission: Submission, rng: np.random.Generator) -> list[tuple[Inputs, Outputs]]:
    """Return some inputs that the cases asked for, with what came back of the size of V."""
    found = []
    for (Q, K, V), answer in submission.credit.answered[_NAME]:
        items = answer.any_arrays()[:_MOST_ITEMS]
        if any(item.size == V.size for item in items):
            found.append(((Q, K, V), items))
    return [found[place] for place in rng.permutation(len(found))[:_JUDGED]]


def _rounds(sizes: Sequence[int], rng: np.random.Generator) -> list[list[int]]:
    """Return rounds of places: no two of a group are in one, whose sizes these are."""
    rounds: list[list[int]] = [[] for _ in range(max(sizes))]
    place = 0
    for size in sizes:
        for turn in rng.permutation(len(rounds))[:size]:
            rounds[turn].append(place)
            place += 1
    return [list(rng.permutation(turn)) for turn in rounds]


def _ask_both(
    submission: Submission,
    inputs: Sequence[Inputs],
    rounds: Sequence[Sequence[int]],
    back: Sequence[Sequence[int]],
) -> tuple[list[Outputs], list[Outputs]]:
    """Return the arrays that each input got: from one process, and from the other."""
    told: tuple[list[Outputs], list[Outputs]] = ([[]] * len(inputs), [[]] * len(inputs))
    for turns in zip(rounds, back, strict=True):
        under_way = [
            (turn, outputs, other.ask_each(_NAME, [(inputs[place], "plain") for place in turn]))
            for other, turn, outputs in zip(submission.beside, turns, told, strict=True)
            if turn
        ]
        for turn, outputs, answers in under_way:
            for place, answer in zip(turn, answers, strict=True):
                arrays = answer.any_arrays() if isinstance(answer, Answer) else []
                outputs[place] = arrays[:_MOST_ITEMS]
    return told


_NOT_JUDGED = "Your heads should be compared with your own self_attention, but cannot be: "
_UNSTEADY = f"{_NOT_JUDGED}after other calls it does not return the same for the same inputs."
_NO_TIME = f"{_NOT_JUDGED}it takes too long."
NOTHING_SHOWS = f"{_NOT_JUDGED}on what was tried, right heads and wrong ones give the same numbers."
