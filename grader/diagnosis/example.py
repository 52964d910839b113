"""The small numbers with which a mistake is shown: made here, drawn on the screen."""

from typing import Any, NamedTuple

import numpy as np

from grader.diagnosis.bank import Mistake
from grader.diagnosis.mutants import functions_with
from grader.diagnosis.observation import Observation, observe_function, same
from grader.diagnosis.probe import CORE, Probe
from grader.kata import Kata


class Example(NamedTuple):
    """One call that a mistake makes a difference to.

    Attributes:
        title: what is particular about it.
        inputs: the arguments by their names.
        right: what the solution gives: an array, or in words.
        wrong: what comes out with the mistake.
    """

    title: str
    inputs: tuple[tuple[str, Any], ...]
    right: Any
    wrong: Any


def example(kata: Kata, mistake: Mistake) -> Example | None:
    """Return the first small example in which the mistake shows; None if it shows in none.

    They come from the kata's `examples.py`: its function `small_inputs` yields, for the name of a
    function, a title and the arguments of one call or of a few.
    """
    part = kata.part("examples")
    function = kata.functions[mistake.function]
    for title, calls in part.small_inputs(function.name) if part is not None else ():
        probes = [Probe(CORE, tuple(args), np.ones(1)) for args in calls]
        right, wrong = (
            observe_function(functions[function.name], function, probes)
            for functions in (functions_with(kata), functions_with(kata, mistake))
        )
        if not all(same(*both) for both in zip(right, wrong, strict=True)):
            inputs = tuple(zip(function.parameters, calls[-1], strict=True))
            return Example(title, inputs, _outcome(right[-1]), _outcome(wrong[-1]))
    return None


def _outcome(observation: Observation) -> Any:
    if observation.effects:
        changed = ", ".join(effect for effect in observation.effects if effect != "overwritten")
        if changed:
            return f"the caller's {changed} has changed"
        return "the array that the first call returned has changed"
    if observation.values is not None and observation.kind == "array":
        return observation.values
    if observation.kind == "raised":
        return "an exception"
    return "nested lists" if observation.kind == "list" else f"a {observation.kind}"
