"""Which known mistakes explain what a learner's functions do.

An explanation is a mistake, or two, made in the solution, that does on every probe exactly
what the learner's function does. It says "the output equals what comes out when …" and is
true of the output, whatever the code looks like. Where nothing fits, nothing is said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from grader import fingerprints
from grader.experiments import Learner
from grader.misconceptions import Mistake, bank, by_id, composable, functions_with
from grader.observation import (
    Observation,
    observe_each,
    observe_function,
    observe_submission,
    same,
)
from grader.probes import CORE, Probe, probes
from grader.report import Certainty, Diagnosis
from grader.submission import Submission
from grader.symptoms import symptom, symptoms, trivial
from grader.worker.arrays import Array

_SHARED = {"output-buffer-reused", "results-overwritten"}
_STATE = {"calls-remembered", "another-result-each-time"}
_ANSWERED = 2  # ordinary probes that must be answered at all, for part of a mistake to be seen
_MOST_PAIRS = 60  # pairs that are made again at the most


def diagnose(submission: Submission, functions: Iterable[str]) -> list[Diagnosis]:
    """Return the mistakes that explain what these functions do, in the flow of data.

    Args:
        submission: the learner's functions; a fresh worker is used.
        functions: those that failed a case.
    """
    with np.errstate(all="ignore"):
        return list(_diagnose(submission, functions))


def _diagnose(submission: Submission, functions: Iterable[str]) -> Iterator[Diagnosis]:
    submission.end()
    submission.listens = False  # the probes would only repeat what was printed before
    told: list[Diagnosis] = []
    known: list[Mistake] = []
    wrong = list(functions)
    for function in wrong:
        misfit = submission.misfit(function)
        if misfit is not None:
            yield symptom(f"function-{misfit}", function)
            continue
        made = probes(function)
        seen = observe_submission(submission, function, made)
        if seen is None:
            continue
        on_wrong_attention = function == "multi_head_attention" and "self_attention" in wrong
        if on_wrong_attention and told and any(each.kind == "raised" for each in seen):
            continue  # what self_attention returned is at fault
        if on_wrong_attention and (_SHARED | _STATE) & {one.id for one in told}:
            continue  # as it is if all its results are one array, or hang on what came before
        found = list(_found(submission, function, made, seen, known, on_wrong_attention))
        if function == "self_attention":
            known = [by_id()[one.id] for one in found if one.id in by_id()]
        before = {one.id for one in told}
        told += found
        yield from (one for one in found if one.id not in before)


def _found(
    submission: Submission,
    function: str,
    made: Sequence[Probe],
    seen: list[Observation],
    known: Sequence[Mistake],
    on_wrong_attention: bool,
) -> Iterator[Diagnosis]:
    """Yield what explains one function: known mistakes, else symptoms."""
    nothing = trivial(function, made, seen)
    if nothing:
        yield from (symptom(name, function, **words) for name, words in nothing)
        return
    mistakes, certainty = _explain_afresh(submission, function, made, seen, known)
    if not mistakes and {each.kind for each in seen} == {"list"} and seen[0].values is not None:
        yield symptom("list-for-tuple", function)
        seen = [replace(each, kind="array") for each in seen]
        mistakes, certainty = _explain_afresh(submission, function, made, seen, known)
    changed = {name for each in seen for name in each.effects} - {"overwritten"}
    if not mistakes and changed:
        yield symptom("inputs-changed", function, names=" and ".join(sorted(changed)))
        seen = [replace(each, effects=()) for each in seen]
        mistakes, certainty = _explain_afresh(submission, function, made, seen, known)
    if not mistakes and on_wrong_attention:
        on_own = _explain_on_own_attention(submission, function, made, seen)
        if on_own is None:
            return  # all that is wrong here is what self_attention gives
        mistakes, certainty = on_own, "part"
    yield from (_diagnosis(one, function, certainty) for one in mistakes if one not in known)
    if not mistakes and not (known and _fits(function, made, seen, known)):
        yield from symptoms(submission, function, made, seen, on_wrong_attention=on_wrong_attention)


def _explain_afresh(
    submission: Submission,
    function: str,
    made: Sequence[Probe],
    seen: list[Observation],
    known: Sequence[Mistake],
) -> tuple[list[Mistake], Certainty]:
    """Explain what was seen by mistakes that also explain what one call alone gives.

    What an earlier call left behind may look like a mistake of another kind.
    """
    found, certainty = explain(function, made, seen, known)
    if not found:
        return [], certainty
    place = max(place for place, probe in enumerate(made) if probe.group == CORE)
    alone = observe_submission(submission, function, [made[place]])
    if not alone or (certainty in ("one-of", "part") and same(alone[0], seen[place])):
        return found, certainty
    together = [*known, *(one for one in found if one not in known)]
    fits = any(
        _fits(function, [made[place]], alone, mistakes)
        for mistakes in (found, together)
        if all(composable(*two) for two in combinations(mistakes, 2))
    )
    return (found, certainty) if fits else ([], certainty)


def _explain_on_own_attention(
    submission: Submission, function: str, made: Sequence[Probe], seen: Sequence[Observation]
) -> list[Mistake] | None:
    """Find the one mistake that, made around the learner's own self_attention, explains the heads.

    Only ordinary inputs are compared: in others the attention itself may go wrong.

    Returns:
        The mistake, if there is exactly one; None if the heads are as they should be.
    """
    own = Learner(submission, "self_attention")

    answers: dict[tuple[bytes, ...], Array | None] = {}  # most mistakes ask for the same heads

    def attend(Q: Array, K: Array, V: Array) -> Array:
        asked = tuple(array.tobytes() for array in (Q, K, V))
        if asked not in answers:
            answers[asked] = own(Q, K, V)
        output = answers[asked]
        if output is None:
            raise ValueError("the learner's self_attention returned no array")
        return output

    core = [place for place, probe in enumerate(made) if probe.group == CORE]
    inputs, wanted = [made[place] for place in core], [seen[place] for place in core]
    fitting = []
    for mistakes in ([], *([one] for one in bank() if one.function == function)):
        wrong = functions_with(*mistakes)[function]
        wrong.__globals__["self_attention"] = attend
        pairs = zip(observe_each(wrong, function, inputs), wanted, strict=True)
        if all(same(ours, theirs) for ours, theirs in pairs):
            if not mistakes:
                return None
            fitting += mistakes
    return fitting if len(fitting) == 1 else []


def explain(
    function: str, made: Sequence[Probe], seen: list[Observation], known: Sequence[Mistake]
) -> tuple[list[Mistake], Certainty]:
    """Find the simplest explanation of what was seen; `known` is that of self_attention."""
    if function == "multi_head_attention" and known and _fits(function, made, seen, known):
        return [], "exact"
    right = observe_function(functions_with()[function], function, made)
    if all(same(*both) for both in zip(seen, right, strict=True)):
        return [], "exact"  # what is wrong does not show in the probes
    likely = fingerprints.candidates(function, seen)
    singles = [one for one in likely if len(one) == 1 and _fits(function, made, seen, one)]
    # A mistake may be made here, or in the attention that is used here: here comes first.
    singles = [one for one in singles if one[0].function == function] or singles
    if singles:
        mistakes = [one[0] for one in singles[:2]]
        if len(singles) == 1:
            return mistakes, "exact"
        return (mistakes, "one-of") if len(singles) == 2 else ([], "exact")
    pairs = [pair for pair in likely if len(pair) == 2]
    # On top of a wrong self_attention, what has been found out about it comes first.
    pairs.sort(key=lambda pair: not set(known) <= set(pair))
    fitting = [pair for pair in pairs[:_MOST_PAIRS] if _fits(function, made, seen, pair)]
    if fitting:
        common = set(fitting[0]).intersection(*fitting[1:])
        if len(known) == 1 and all(known[0] in pair for pair in fitting[:1]):
            return [mistake for mistake in fitting[0] if mistake not in known], "exact"
        if len(fitting) == 1:
            return list(fitting[0]), "pair"
        return [mistake for mistake in fitting[0] if mistake in common], "part"
    return _explain_part(function, made, seen), "part"


def _explain_part(function: str, made: Sequence[Probe], seen: list[Observation]) -> list[Mistake]:
    """Find the one explanation of all ordinary probes, and of as many others as can be."""
    core = [place for place, probe in enumerate(made) if probe.group == CORE]
    if sum(seen[place].kind != "raised" for place in core) < _ANSWERED:
        return []  # that errors are raised in the same places proves little
    right = observe_function(functions_with()[function], function, made)
    if all(same(seen[place], right[place]) for place in core):
        return []  # what shows only in a corner is explained whole, or there is no saying
    fitting: dict[int, list[tuple[Mistake, ...]]] = {}
    for mistakes in fingerprints.candidates(function, seen, core)[:_MOST_PAIRS]:
        if fitting and len(mistakes) > 1:
            break  # the simplest first
        if _fits(function, [made[i] for i in core], [seen[i] for i in core], mistakes):
            ours = observe_each(functions_with(*mistakes)[function], function, made)
            count = sum(same(*both) for both in zip(seen, ours, strict=True))
            fitting.setdefault(count, []).append(mistakes)
    best = fitting[max(fitting)] if fitting else []
    return list(best[0]) if len(best) == 1 else []


def _fits(
    function: str, made: Sequence[Probe], seen: Sequence[Observation], mistakes: Sequence[Mistake]
) -> bool:
    """Say whether the solution with these mistakes does exactly what was seen."""
    ours = observe_each(functions_with(*mistakes)[function], function, made)
    return all(same(*both) for both in zip(seen, ours, strict=True))


def _diagnosis(mistake: Mistake, function: str, certainty: Certainty) -> Diagnosis:
    return Diagnosis(
        id=mistake.id,
        title=mistake.title,
        function=function,
        explanation=mistake.explanation,
        next_step=mistake.next_step,
        certainty=certainty,
    )
