"""What is wrong with a function that stands on another one which is wrong itself: its base.

It is held against what it should be on that base, wrong as it is: what the learner's base gives
is asked of it, or made again where a known mistake is all that is wrong with it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from grader.diagnosis import fingerprints
from grader.diagnosis.bank import Mistake, by_id, mistakes_of
from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.experiment import Subject, content
from grader.diagnosis.mutants import Runnable, functions_with
from grader.diagnosis.observation import Observation, observe_function, same
from grader.diagnosis.probe import BASE, CORE, Probe, probes
from grader.kata import Kata
from grader.learner.endings import CaseEnded
from grader.learner.requests import Argument
from grader.report.model import Diagnosis
from grader.worker.arrays import Array

_STATE = {"calls-remembered", "results-kept", "another-result-each-time"}
_ANSWERED = 2  # ordinary probes that must be answered: that others raise fits many a mistake
Args = tuple[Argument, ...]


class Base(NamedTuple):
    """What is known of what a function stands on.

    Attributes:
        wrong: whether anything is wrong with it.
        mistakes: what explains it, if known mistakes do.
        mistake: the one mistake that is all that is wrong with it, if there is one.
        unsteady: whether its results are one array, or depend on what came before: then nothing
            can be held against it.
        is_sound: whether it gives the right sort of thing for ordinary inputs.
        raised_in: the lines in which it raised exceptions.
        changes: whether it changes what it is given.
    """

    wrong: bool = False
    mistakes: Sequence[Mistake] = ()
    mistake: Mistake | None = None
    unsteady: bool = False
    is_sound: bool = False
    raised_in: frozenset[int | None] = frozenset()
    changes: bool = False

    @classmethod
    def of(cls, kata: Kata, found: Sequence[Diagnosis], behaviour: Behaviour) -> "Base":
        """Return what its diagnosis and what it did say of it."""
        known = [by_id(kata)[one.id] for one in found if one.id in by_id(kata)]
        whole = len(found) == len(known) == 1 and found[0].certainty == "exact"
        effects = {effect for each in behaviour.seen for effect in each.effects}
        core = behaviour.core
        both = zip(core.seen, core.right, strict=True)
        return cls(
            wrong=True,
            mistakes=known,
            mistake=known[0] if whole else None,
            unsteady="overwritten" in effects or not _STATE.isdisjoint(one.id for one in found),
            is_sound=all(seen.form == right.form for seen, right in both),
            raised_in=_lines(behaviour.seen),
            changes=bool(effects - {"overwritten"}),
        )

    def explains(self, behaviour: Behaviour) -> bool:
        """Say whether known mistakes of it alone explain what a function on it did."""
        return bool(self.mistakes) and behaviour.fits(self.mistakes)

    def may_raise(self, behaviour: Behaviour, own: Subject, *, told: bool) -> bool:
        """Say whether what it returns, or raises, may be why a function on it raises.

        Args:
            behaviour: what that function did.
            own: the learner's base, to be called.
            told: whether anything has been said of the base.
        """
        if not _lines(behaviour.seen):
            return False
        lines = _lines(behaviour.core.seen)
        if not lines:  # what goes wrong in a corner may do so in both
            return told and behaviour.core.is_right
        if None in self.raised_in:  # before a line of it is reached: at the line that calls it
            return True
        if self.raised_in and self.raised_in.isdisjoint(lines):
            return False
        return not (self.is_sound and _takes_any_layout(own))


def _takes_any_layout(own: Subject) -> bool:
    """Say whether a base answers views as it does other arrays; heads are often views."""
    calls = [probe.args for probe in probes(own.kata, own.function) if probe.group == CORE]
    try:
        return all(each is not None for each in own.ask_each(calls, layout="strided"))
    except CaseEnded:
        return False


def _lines(seen: Sequence[Observation]) -> frozenset[int | None]:
    """Return the lines in which calls raised; None for one that is not known."""
    raised = [each.seen for each in seen if each.kind == "raised"]
    return frozenset(None if one is None else one.line for one in raised)


def explain_on_known(known: Mistake, behaviour: Behaviour) -> list[Mistake] | None:
    """Find the same as `explain_on_own` where a known mistake is all that is wrong with the base.

    The table of pairs tells then, and the learner's function need not be called.
    """
    kata, function, core = behaviour.kata, behaviour.function.name, behaviour.core
    if core.fits([known]):
        return None
    if sum(each.kind != "raised" for each in core.seen) < _ANSWERED:
        return []
    likely = fingerprints.candidates(kata, function, behaviour.seen, behaviour.core_places)
    pairs = [pair for pair in likely if known in pair and len(pair) == 2]
    others = [one for pair in pairs if core.fits(pair) for one in pair if one != known]
    # The base is known: what else is wrong is likelier here than in what is used of it.
    fitting = [one for one in others if one.function == function] or others
    return fitting if len(fitting) == 1 else []


def explain_on_own(own: Subject, behaviour: Behaviour) -> list[Mistake] | None:
    """Find the one mistake that, made around the learner's own base, explains what was seen.

    Only ordinary inputs are compared: in others the base itself may go wrong. An input that does
    little more than to use the base only sorts out what need not be tried.

    Returns:
        The mistake, if there is exactly one; None if all is as it should be on that base.
    """
    ask = _asking(own)
    kata, function = behaviour.kata, behaviour.function
    core, core_places = behaviour.core, behaviour.core_places
    places = [*_places_on_base(behaviour), *core_places]
    made = [behaviour.made[place] for place in places]
    calls = [_calls_of_base(behaviour, [probe], [[]]) for probe in made]
    with suppress(CaseEnded):
        own.ask_each([args for each in calls for args in each])
    results = observe_function(_on(ask, behaviour, []), function, made)
    wanted = dict(zip(places, results, strict=True))
    good = {place: same(behaviour.seen[place], want) for place, want in wanted.items()}
    if all(good[place] for place in core_places):
        return None
    if all(want.form == behaviour.right[place].form for place, want in wanted.items()):
        # A mistake gives the sort of thing that it gives on the right base, and goes wrong where
        # it goes wrong there.
        right, seen = behaviour.right, behaviour.seen
        likely = fingerprints.alike(kata, function.name, seen, core_places, right, good)
    else:
        likely = mistakes_of(kata, function.name)
    # The probes that use the base least come first: most mistakes are told by the first.
    used = [len(each) for each in calls[-len(core_places) :]]
    core = core.at(sorted(range(len(used)), key=used.__getitem__))
    with suppress(CaseEnded):
        own.ask_each(_calls_of_base(behaviour, core.made[:1], [[mistake] for mistake in likely]))
    fitting = [one for one in likely if core.is_of(_on(ask, behaviour, [one]))]
    return fitting if len(fitting) == 1 else []


def is_wrong_itself(known: Mistake | None, own: Subject, behaviour: Behaviour) -> bool:
    """Say whether a function is wrong where it could be right on its base, or merely uses it.

    Args:
        known: the one mistake that is all that is wrong with the base, if there is one.
        own: the learner's base, to be called.
        behaviour: what the function did.
    """
    # What a known mistake gives is known of all inputs; the learner's base is asked for few.
    places = range(len(behaviour.made)) if known else _places_on_base(behaviour)
    made = [behaviour.made[place] for place in (*places, *behaviour.core_places)]
    name = behaviour.function.name
    code = (
        functions_with(behaviour.kata, known)[name] if known else _on(_asking(own), behaviour, [])
    )
    on_base = observe_function(code, behaviour.function, made)
    told = zip(places, on_base, strict=False)
    core = behaviour.core
    each = zip(core.seen, on_base[len(places) :], core.right, strict=True)
    return any(not same(behaviour.seen[place], could) for place, could in told) or any(
        same(could, right) and not same(seen, right) for seen, could, right in each
    )


def _places_on_base(behaviour: Behaviour) -> list[int]:
    """Return where the probes are in which the function does little more than to use its base."""
    return [place for place, probe in enumerate(behaviour.made) if probe.group == BASE]


def _asking(own: Subject) -> Callable[..., Array]:
    """Return the learner's function as one that always returns an array, or raises."""

    def ask(*args: Argument) -> Array:
        output = own(*args)
        if output is None:
            raise ValueError("the learner's function returned no array")
        return output

    return ask


def _on(base: Runnable, behaviour: Behaviour, mistakes: Sequence[Mistake]) -> Runnable:
    """Return what the solution does, with these mistakes, on another base."""
    wrong = functions_with(behaviour.kata, *mistakes)[behaviour.function.name]
    wrong.__globals__[behaviour.function.stands_on] = base
    return wrong


def _calls_of_base(
    behaviour: Behaviour, made: Sequence[Probe], explanations: Iterable[Sequence[Mistake]]
) -> list[Args]:
    """Return the calls of the base that explanations make in these probes."""
    right = functions_with(behaviour.kata)[behaviour.function.stands_on]
    calls: list[Args] = []
    shapes: defaultdict[object, list[Array]] = defaultdict(list)  # results, by those of arguments

    def note(*args: Argument) -> Array:
        calls.append(tuple(np.array(arg) if isinstance(arg, np.ndarray) else arg for arg in args))
        like = shapes[
            tuple(content(arg) if not isinstance(arg, np.ndarray) else arg.shape for arg in args)
        ]
        if not like:
            like.append(np.zeros_like(right(*args)))
        return like[0].copy()

    for mistakes in explanations:
        observe_function(_on(note, behaviour, mistakes), behaviour.function, made)
    return calls
