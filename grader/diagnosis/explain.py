"""Which known mistakes do exactly what a function did.

An explanation is a mistake, or two, made in the solution, that does on every probe exactly what
the learner's function does. It says "the output equals what comes out when …" and is true of the
output, whatever the code looks like.
"""

from collections.abc import Sequence

from grader.diagnosis import fingerprints
from grader.diagnosis.bank import Mistake
from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.mutants import composable, functions_with
from grader.diagnosis.observation import observe_function, observe_submission, same
from grader.diagnosis.probe import CORE
from grader.learner.submission import Submission
from grader.report.model import Certainty

_ANSWERED = 2  # ordinary probes that must be answered at all, for part of a mistake to be seen
_MOST_PAIRS = 60  # pairs that are made again at the most
Explanation = tuple[list[Mistake], Certainty]


def explain_afresh(
    submission: Submission, behaviour: Behaviour, known: Sequence[Mistake]
) -> Explanation:
    """Explain what was seen by mistakes that also explain what one call alone gives.

    What an earlier call left behind may look like a mistake of another kind.
    """
    found, certainty = explain(behaviour, known)
    if not found:
        return [], certainty
    place = max(place for place, probe in enumerate(behaviour.made) if probe.group == CORE)
    kata, function, made = behaviour.kata, behaviour.function, [behaviour.made[place]]
    seen = observe_submission(submission, function, made)
    if not seen or (certainty in ("one-of", "part") and same(seen[0], behaviour.seen[place])):
        return found, certainty
    alone = Behaviour.of(kata, function, made, seen)
    together = [*known, *(one for one in found if one not in known)]
    fits = any(
        alone.fits(mistakes) for mistakes in (found, together) if composable(kata, *mistakes)
    )
    return (found, certainty) if fits else ([], certainty)


def explain(behaviour: Behaviour, known: Sequence[Mistake] = ()) -> Explanation:
    """Find the simplest explanation of what was seen.

    Args:
        behaviour: what was seen.
        known: what explains the function that this one stands on, if that is wrong.
    """
    kata, function = behaviour.kata, behaviour.function.name
    if known and behaviour.fits(known):
        return [], "exact"
    if behaviour.is_right:
        return [], "exact"  # what is wrong does not show in the probes
    likely = fingerprints.candidates(kata, function, behaviour.seen)
    singles = [one for one in likely if len(one) == 1 and behaviour.fits(one)]
    # A mistake may be made here, or in what is used here: here comes first.
    singles = [one for one in singles if one[0].function == function] or singles
    if singles:
        mistakes = [one[0] for one in singles[:2]]
        if len(singles) == 1:
            return mistakes, "exact"
        return (mistakes, "one-of") if len(singles) == 2 else ([], "exact")
    if all(each.values is None for each in behaviour.seen):
        return [], "exact"  # that no numbers come back in the same places proves little
    pairs = [pair for pair in likely if len(pair) == 2]
    # On top of a wrong function, what has been found out about it comes first, and then what is
    # made here: if more were wrong with that function, it would have been found out.
    pairs.sort(
        key=lambda pair: (
            not set(known) <= set(pair),
            bool(known) and all(one in known or one.function != function for one in pair),
        )
    )
    fitting = (
        pair
        for pair in pairs[:_MOST_PAIRS]
        if behaviour.fits(pair) and not _make_up_for_each_other(behaviour, pair)
    )
    first = next(fitting, ())
    if not first:
        return _explain_part(behaviour), "part"
    if len(known) == 1 and known[0] in first:
        others = [one for pair in (first, *fitting) if known[0] in pair for one in pair]
        others = [one for one in others if one not in known]
        here = [one for one in others if one.function == function] or others
        return (here, "exact" if len(here) == 1 else "one-of") if len(here) <= 2 else ([], "exact")
    common = list(first)
    for pair in fitting:
        common = [mistake for mistake in common if mistake in pair]
        if not common:
            break
    if len(common) < len(first):
        return common, "part"
    return sorted(common, key=lambda mistake: _loss(behaviour, mistake), reverse=True), "pair"


def _make_up_for_each_other(behaviour: Behaviour, pair: Sequence[Mistake]) -> bool:
    """Say whether two mistakes show alone where both together are right.

    It is likelier then that one thing was done that nobody knows, such as keeping a query once it
    is answered: to keep it before and to leave the newest token out comes to the same.
    """
    core = behaviour.core
    right = [at for at in range(len(core.made)) if same(core.seen[at], core.right[at])]
    return any(not any(core.at([at]).fits([mistake]) for mistake in pair) for at in right)


def _loss(behaviour: Behaviour, mistake: Mistake) -> tuple[int, int]:
    """Return on how many probes one mistake gives another sort of thing, and is wrong."""
    code = functions_with(behaviour.kata, mistake)[behaviour.function.name]
    seen = observe_function(code, behaviour.function, behaviour.made)
    both = list(zip(seen, behaviour.right, strict=True))
    return sum(a.form[:2] != b.form[:2] for a, b in both), sum(not same(*two) for two in both)


def _explain_part(behaviour: Behaviour) -> list[Mistake]:
    """Find the one explanation of all ordinary probes, and of as many others as can be."""
    core = behaviour.core
    if sum(each.kind != "raised" for each in core.seen) < _ANSWERED:
        return []  # too few to tell by
    if core.seen_as(lambda each: each._replace(effects=())).is_right:
        return []  # what shows only in a corner is explained whole, or there is no saying
    kata, function, places = behaviour.kata, behaviour.function.name, behaviour.core_places
    likely = fingerprints.candidates(kata, function, behaviour.seen, places)
    fitting: dict[int, list[tuple[Mistake, ...]]] = {}
    for mistakes in likely[:_MOST_PAIRS]:
        if len(mistakes) > 1 and any(len(one) == 1 for found in fitting.values() for one in found):
            break  # the simplest first
        if core.fits(mistakes):
            fitting.setdefault(behaviour.likeness(mistakes), []).append(mistakes)
    best = fitting[max(fitting)] if fitting else []
    if len(best) != 1:
        return []
    if len(best[0]) == 1:
        return list(best[0])
    every = [pair for pairs in fitting.values() for pair in pairs]  # what else ordinary ones allow
    return [mistake for mistake in best[0] if all(mistake in pair for pair in every)]
