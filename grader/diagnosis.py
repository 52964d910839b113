"""Which known mistakes explain what a learner's functions do.

An explanation is a mistake, or two, made in the solution, that does on every probe exactly
what the learner's function does. It says "the output equals what comes out when …" and is
true of the output, whatever the code looks like. Where nothing fits, nothing is said.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from grader import fingerprints
from grader.misconceptions import Mistake, functions_with
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
from grader.symptoms import form, symptoms

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
    known: list[Mistake] = []
    submission.end()
    submission.listens = False  # the probes would only repeat what was printed before
    for function in functions:
        made = probes(function)
        seen = observe_submission(submission, function, made)
        if seen is None or not any(
            observation.kind != "raised" and probe.group == CORE
            for probe, observation in zip(made, seen, strict=True)
        ):
            continue  # what was raised says it all
        raised = any(observation.kind == "raised" for observation in seen)
        if function == "multi_head_attention" and known and raised:
            continue  # what self_attention returned is at fault
        found, certainty = explain(function, made, seen, known)
        found = [mistake for mistake in found if mistake not in known]
        if function == "self_attention":
            known = found
        yield from (_diagnosis(mistake, function, certainty) for mistake in found)
        if found:
            continue
        if known and function == "multi_head_attention":
            of_its_own = form(function, seen)  # all else may come of self_attention
            yield from [of_its_own] if of_its_own is not None else []
        else:
            yield from symptoms(submission, function, made, seen)


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
    """Find the one explanation of the first group of probes with a wrong answer, and of most."""
    right = observe_function(functions_with()[function], function, made)
    wrong = [not same(*both) for both in zip(seen, right, strict=True)]
    groups = [probe.group for probe in made]
    order = sorted(set(groups), key=lambda group: (group != CORE, groups.index(group)))
    first = next(
        g for g in order if any(w for w, name in zip(wrong, groups, strict=True) if name == g)
    )
    relevant = [index for index, name in enumerate(groups) if name in (CORE, first)]
    likely = fingerprints.candidates(function, seen, relevant)
    if first != CORE:  # what shows only in a corner is one mistake, or there is no saying
        likely = [mistakes for mistakes in likely if len(mistakes) == 1]
    fitting: dict[int, list[tuple[Mistake, ...]]] = {}
    for mistakes in likely[:_MOST_PAIRS]:
        if fitting and len(mistakes) > 1:
            break  # the simplest first
        if _fits(function, [made[i] for i in relevant], [seen[i] for i in relevant], mistakes):
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
