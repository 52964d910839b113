"""Which known mistakes explain what a learner's functions do.

An explanation is a mistake, or two, made in the solution, that does on every probe exactly
what the learner's function does. It says "the output equals what comes out when …" and is
true of the output, whatever the code looks like. Where nothing fits, nothing is said.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import combinations
from typing import NamedTuple

import numpy as np

from grader.diagnosis import fingerprints
from grader.diagnosis.bank import (
    Function,
    Mistake,
    composable,
    find,
    functions_with,
    mistake_at,
    mistakes_of,
    places_of,
)
from grader.diagnosis.behaviour import Behaviour, right_on_probes
from grader.diagnosis.observation import observe_function, observe_submission, same
from grader.diagnosis.symptoms import symptom, symptoms, trivial
from grader.jail.worker import Errand
from grader.katas.attention.inputs import Inputs
from grader.katas.attention.probes import CORE, ONE_HEAD, Probe, probes
from grader.katas.attention.readings.attend import Learner
from grader.learner.endings import CaseEnded
from grader.learner.submission import Submission
from grader.report.model import Certainty, Diagnosis
from grader.worker.arrays import Array

_SHARED = {"output-buffer-reused", "results-overwritten"}
_STATE = {"calls-remembered", "another-result-each-time"}
_ANSWERED = 2  # ordinary probes that must be answered at all, for part of a mistake to be seen
_MOST_PAIRS = 60  # pairs that are made again at the most


class _Ground(NamedTuple):
    """What is known of the self_attention that heads may stand on.

    Attributes:
        wrong: whether anything is wrong with it.
        mistakes: what explains it, if known mistakes do.
        mistake: the one mistake that is all that is wrong with it, if there is one.
    """

    wrong: bool = False
    mistakes: Sequence[Mistake] = ()
    mistake: Mistake | None = None

    @classmethod
    def of(cls, found: Sequence[Diagnosis]) -> "_Ground":
        """Return what a diagnosis of self_attention says of it."""
        known = [mistake for mistake in (find(one.id) for one in found) if mistake]
        whole = len(found) == len(known) == 1 and found[0].certainty == "exact"
        return cls(True, known, known[0] if whole else None)


def diagnose(submission: Submission, functions: Iterable[str]) -> list[Diagnosis]:
    """Return the mistakes that explain what these functions do, in the flow of data.

    Args:
        submission: the learner's functions; fresh workers are used, of which the first may be
            prepared.
        functions: those that failed a case.
    """
    wrong = list(functions)
    submission.workers.errands.extend(_errands(wrong))
    try:
        with np.errstate(all="ignore"):
            return list(_diagnose(submission, wrong))
    finally:
        submission.workers.errands.clear()


def _errands(functions: Sequence[str]) -> Iterator[Errand]:
    """Yield what answers are held against, which takes a while to make the first time."""
    for function in functions:
        yield partial(fingerprints.load, function)
        yield partial(right_on_probes, function)


def _diagnose(submission: Submission, wrong: Sequence[str]) -> Iterator[Diagnosis]:
    told: list[Diagnosis] = []
    attention = _Ground(wrong="self_attention" in wrong)
    for function in wrong:
        misfit = submission.misfit(function)
        if misfit is not None:
            yield symptom(f"function-{misfit}", function)
            continue
        made = probes(function)
        submission.workers.prepare(2)  # one to ask, one for what its answers will give rise to
        seen = observe_submission(submission, function, made)
        if seen is None:
            continue
        ground = attention if function == "multi_head_attention" else _Ground()
        if ground.wrong and told and any(each.kind == "raised" for each in seen):
            continue  # what self_attention returned is at fault
        if ground.wrong and (_SHARED | _STATE) & {one.id for one in told}:
            continue  # as it is if all its results are one array, or hang on what came before
        behaviour = Behaviour.of(function, made, seen)
        found = list(_found(submission, behaviour, ground))
        if function == "self_attention":
            attention = _Ground.of(found)
            if "multi_head_attention" in wrong and not attention.mistake:
                places = places_of("multi_head_attention")
                submission.workers.errands.extend(partial(_compile, place) for place in places)
        before = {one.id for one in told}
        told += found
        yield from (one for one in found if one.id not in before)


@cache
def _compile(place: int) -> None:
    """Make the mistake at this place of the bank, once: what was compiled for it is kept."""
    functions_with(mistake_at(place))


def _found(submission: Submission, behaviour: Behaviour, ground: _Ground) -> Iterator[Diagnosis]:
    """Yield what explains one function: known mistakes, else symptoms."""
    function, seen, known = behaviour.function, behaviour.seen, ground.mistakes
    nothing = trivial(behaviour)
    if nothing:
        yield from (symptom(name, function, **words) for name, words in nothing)
        return
    mistakes, certainty = _explain_afresh(submission, behaviour, known)
    if not mistakes and {each.kind for each in seen} == {"list"} and seen[0].values is not None:
        yield symptom("list-for-tuple", function)
        behaviour = behaviour.seen_as(lambda each: each._replace(kind="array"))
        mistakes, certainty = _explain_afresh(submission, behaviour, known)
    changed = {name for each in seen for name in each.effects} - {"overwritten"}
    if not mistakes and changed:
        yield symptom("inputs-changed", function, names=" and ".join(sorted(changed)))
        behaviour = behaviour.seen_as(lambda each: each._replace(effects=()))
        if behaviour.is_right:
            return  # that is all
        mistakes, certainty = _explain_afresh(submission, behaviour, known)
    attention = Learner(submission, "self_attention")
    if not mistakes and ground.wrong:
        on_own = (
            _explain_on_known_attention(ground.mistake, behaviour)
            if ground.mistake
            else _explain_on_own_attention(attention, behaviour)
        )
        if on_own is None:
            return  # all that is wrong here is what self_attention gives
        mistakes, certainty = on_own, "part"
    yield from (_diagnosis(one, function, certainty) for one in mistakes if one not in known)
    if not mistakes and not (known and behaviour.fits(known)):
        yield from symptoms(submission, behaviour, attention if ground.wrong else None)


def _explain_afresh(
    submission: Submission, behaviour: Behaviour, known: Sequence[Mistake]
) -> tuple[list[Mistake], Certainty]:
    """Explain what was seen by mistakes that also explain what one call alone gives.

    What an earlier call left behind may look like a mistake of another kind.
    """
    found, certainty = explain(behaviour, known)
    if not found:
        return [], certainty
    place = max(place for place, probe in enumerate(behaviour.made) if probe.group == CORE)
    function, made = behaviour.function, [behaviour.made[place]]
    seen = observe_submission(submission, function, made)
    if not seen or (certainty in ("one-of", "part") and same(seen[0], behaviour.seen[place])):
        return found, certainty
    alone = Behaviour.of(function, made, seen)
    together = [*known, *(one for one in found if one not in known)]
    fits = any(
        alone.fits(mistakes)
        for mistakes in (found, together)
        if all(composable(*two) for two in combinations(mistakes, 2))
    )
    return (found, certainty) if fits else ([], certainty)


def _explain_on_known_attention(known: Mistake, behaviour: Behaviour) -> list[Mistake] | None:
    """Find the same as `_explain_on_own_attention` where a known mistake is all of that attention.

    The table of pairs tells then, and the learner's function need not be called.
    """
    function, core = behaviour.function, behaviour.core
    if core.fits([known]):
        return None
    likely = fingerprints.candidates(function, behaviour.seen, behaviour.core_places)
    pairs = [pair for pair in likely if known in pair and len(pair) == 2]
    fitting = [one for pair in pairs if core.fits(pair) for one in pair if one != known]
    return fitting if len(fitting) == 1 else []


def _explain_on_own_attention(own: Learner, behaviour: Behaviour) -> list[Mistake] | None:
    """Find the one mistake that, made around the learner's own self_attention, explains the heads.

    Only ordinary inputs are compared: in others the attention itself may go wrong. An input with
    one head only sorts out what need not be tried.

    Returns:
        The mistake, if there is exactly one; None if the heads are as they should be.
    """

    def attend(Q: Array, K: Array, V: Array) -> Array:
        output = own(Q, K, V)
        if output is None:
            raise ValueError("the learner's self_attention returned no array")
        return output

    function, core, core_places = behaviour.function, behaviour.core, behaviour.core_places
    places = [place for place, probe in enumerate(behaviour.made) if probe.group == ONE_HEAD]
    places += core_places
    made = [behaviour.made[place] for place in places]
    with suppress(CaseEnded):
        own.ask_each(_attention_in(function, made, [[]]))
    heads = observe_function(_with_attention(attend, function, []), function, made)
    pairs = list(zip(places, heads, strict=True))
    good = {place: same(behaviour.seen[place], wanted) for place, wanted in pairs}
    if all(good[place] for place in core_places):
        return None
    if all(wanted.form == behaviour.right[place].form for place, wanted in pairs):
        # A mistake gives the sort of thing that it gives on the right attention, and goes wrong
        # where it goes wrong there.
        likely = fingerprints.alike(function, behaviour.seen, core_places, behaviour.right, good)
    else:
        likely = mistakes_of(function)
    # The probes with few heads first: most mistakes are told by the first.
    core = core.at(sorted(range(len(core.made)), key=lambda place: core.made[place].args[3]))
    with suppress(CaseEnded):
        own.ask_each(_attention_in(function, core.made[:1], [[mistake] for mistake in likely]))
    fitting = [one for one in likely if core.is_of(_with_attention(attend, function, [one]))]
    return fitting if len(fitting) == 1 else []


def _with_attention(attend: Function, function: str, mistakes: Sequence[Mistake]) -> Function:
    """Return the solution's heads, with these mistakes, around another attention."""
    wrong = functions_with(*mistakes)[function]
    wrong.__globals__["self_attention"] = attend
    return wrong


def _attention_in(
    function: str, made: Sequence[Probe], explanations: Iterable[Sequence[Mistake]]
) -> list[Inputs]:
    """Return the calls of self_attention that explanations of the heads make in these probes."""
    calls: list[Inputs] = []

    def note(Q: Array, K: Array, V: Array) -> Array:
        calls.append((Q.copy(), K.copy(), V.copy()))
        return np.zeros_like(V)

    for mistakes in explanations:
        observe_function(_with_attention(note, function, mistakes), function, made)
    return calls


def explain(behaviour: Behaviour, known: Sequence[Mistake] = ()) -> tuple[list[Mistake], Certainty]:
    """Find the simplest explanation of what was seen; `known` is that of self_attention."""
    function = behaviour.function
    if function == "multi_head_attention" and known and behaviour.fits(known):
        return [], "exact"
    if behaviour.is_right:
        return [], "exact"  # what is wrong does not show in the probes
    likely = fingerprints.candidates(function, behaviour.seen)
    singles = [one for one in likely if len(one) == 1 and behaviour.fits(one)]
    # A mistake may be made here, or in the attention that is used here: here comes first.
    singles = [one for one in singles if one[0].function == function] or singles
    if singles:
        mistakes = [one[0] for one in singles[:2]]
        if len(singles) == 1:
            return mistakes, "exact"
        return (mistakes, "one-of") if len(singles) == 2 else ([], "exact")
    if all(each.kind == "raised" for each in behaviour.seen):
        return [], "exact"  # that errors are raised in the same places proves little
    pairs = [pair for pair in likely if len(pair) == 2]
    # On top of a wrong self_attention, what has been found out about it comes first.
    pairs.sort(key=lambda pair: not set(known) <= set(pair))
    fitting = (pair for pair in pairs[:_MOST_PAIRS] if behaviour.fits(pair))
    first = next(fitting, ())
    if not first:
        return _explain_part(behaviour), "part"
    if len(known) == 1 and known[0] in first:
        return [mistake for mistake in first if mistake not in known], "exact"
    common = list(first)
    for pair in fitting:
        common = [mistake for mistake in common if mistake in pair]
        if not common:
            break
    return common, "pair" if len(common) == len(first) else "part"


def _explain_part(behaviour: Behaviour) -> list[Mistake]:
    """Find the one explanation of all ordinary probes, and of as many others as can be."""
    core = behaviour.core
    if sum(each.kind != "raised" for each in core.seen) < _ANSWERED:
        return []  # too few to tell by
    if core.is_right:
        return []  # what shows only in a corner is explained whole, or there is no saying
    places = behaviour.core_places
    likely = fingerprints.candidates(behaviour.function, behaviour.seen, places)
    fitting: dict[int, list[tuple[Mistake, ...]]] = {}
    for mistakes in likely[:_MOST_PAIRS]:
        if fitting and len(mistakes) > 1:
            break  # the simplest first
        if core.fits(mistakes):
            fitting.setdefault(behaviour.likeness(mistakes), []).append(mistakes)
    best = fitting[max(fitting)] if fitting else []
    return list(best[0]) if len(best) == 1 else []


def _diagnosis(mistake: Mistake, function: str, certainty: Certainty) -> Diagnosis:
    return Diagnosis(
        id=mistake.id,
        title=mistake.title,
        function=function,
        explanation=mistake.explanation,
        next_step=mistake.next_step,
        certainty=certainty,
        known=True,
    )
