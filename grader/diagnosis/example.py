"""The small numbers with which a mistake is shown: made here, drawn on the screen."""

from typing import Any, NamedTuple

import numpy as np

from grader.diagnosis.bank import Mistake
from grader.diagnosis.lives import Step
from grader.diagnosis.mutants import functions_with
from grader.diagnosis.observation import Observation, observe_function, same
from grader.diagnosis.probe import CORE, Probe
from grader.errors import UsageError
from grader.kata import Kata

_SIZE = np.ones(1)


class Example(NamedTuple):
    """One call that a mistake makes a difference to.

    Attributes:
        title: what is particular about it.
        inputs: the arguments by their names.
        right: what the solution gives: an array, or in words.
        wrong: what comes out with the mistake.
        names: of the arrays that stand side by side in both, where a tuple is asked for.
    """

    title: str
    inputs: tuple[tuple[str, Any], ...]
    right: Any
    wrong: Any
    names: tuple[str, ...] = ()


def example(kata: Kata, mistake: Mistake) -> Example | None:
    """Return the first small example in which the mistake shows; None if it shows in none.

    Raises:
        UsageError: see `small_probes`.
    """
    function = kata.functions[mistake.function]
    is_class = function.is_class
    for title, probes in small_probes(kata, function.name):
        right, wrong = (
            observe_function(functions[function.name], function, probes)
            for functions in (functions_with(kata), functions_with(kata, mistake))
        )
        if not all(same(*both) for both in zip(right, wrong, strict=True)):
            last = probes[-1]
            inputs: list[tuple[str, Any]] = [*zip(function.parameters, last.args, strict=False)]
            if is_class:
                inputs.append(("then", "; ".join(step.code for step in last.life)))
            outcome = _said if right[-1].kind != wrong[-1].kind else _outcome
            return Example(
                title, tuple(inputs), outcome(right[-1]), outcome(wrong[-1]), function.returns
            )
    return None


def small_probes(kata: Kata, function: str) -> list[tuple[str, list[Probe]]]:
    """Return the small examples of a function: what each is called, and its calls.

    They come from the kata's `examples.py`: its function `small_inputs` yields, for the name of a
    function, a title and the arguments of one call or of a few; for that of a class, in the place
    of the arguments, what an object is made of and its life.

    Raises:
        UsageError: it yields something else, or raises.
    """
    part = kata.part("examples")
    if part is None:
        return []
    is_class = kata.functions[function].is_class
    try:
        return [
            (
                title,
                [_life(*call) if is_class else Probe(CORE, tuple(call), _SIZE) for call in calls],
            )
            for title, calls in part.small_inputs(function)
        ]
    except Exception as error:
        raise UsageError(
            f"examples.py: small_inputs({function!r}) is to yield a title and a list of calls each "
            f"time, a call being a list of arguments ({type(error).__name__}: {error})."
        ) from error


def _life(args: tuple[Any, ...], life: tuple[Step, ...]) -> Probe:
    return Probe(CORE, args, np.zeros(0), life=life)


def _said(observation: Observation) -> Any:
    """Return what came back, or what came of a life beside arrays, in words."""
    return ", ".join(note.text for note in observation.notes) or _outcome(observation)


def _outcome(observation: Observation) -> Any:
    if observation.effects:
        changed = ", ".join(effect for effect in observation.effects if effect != "overwritten")
        if changed:
            return f"the caller's {changed} has changed"
        return "the array that the first call returned has changed"
    if observation.values is not None and observation.kind.startswith(("array", "booleans")):
        return observation.values
    if observation.kind == "raised":
        return "an exception"
    return "nested lists" if observation.kind == "list" else f"a {observation.kind}"
