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
    TOLERANCE,
    Observation,
    observe_function,
    observe_submission,
    same,
)
from grader.probes import CORE, Probe, probes
from grader.report import Certainty, Diagnosis
from grader.submission import Submission

_FEW_DIGITS = 2e-3  # greatest error, as a share of the largest value, of a rounded answer
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
        if not found:
            yield from _off_by_a_factor(function, made, seen)
            yield from _few_digits(function, made, seen)


def explain(
    function: str, made: Sequence[Probe], seen: list[Observation], known: Sequence[Mistake]
) -> tuple[list[Mistake], Certainty]:
    """Find the simplest explanation of what was seen; `known` is that of self_attention."""
    if function == "multi_head_attention" and known and _fits(function, made, seen, known):
        return [], "exact"
    right = observe_function(functions_with()[function], function, made)
    if all(same(*both) for both in zip(seen, right, strict=True)):
        return [], "exact"  # what is wrong does not show in the probes
    likely = list(fingerprints.candidates(function, seen))
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
    """Find the one mistake that explains the first group of probes with a wrong answer."""
    right = observe_function(functions_with()[function], function, made)
    wrong = [not same(*both) for both in zip(seen, right, strict=True)]
    groups = [probe.group for probe in made]
    order = sorted(set(groups), key=lambda group: (group != CORE, groups.index(group)))
    for group in order:
        here = [index for index, name in enumerate(groups) if name == group]
        if not any(wrong[index] for index in here):
            continue
        relevant = [index for index, name in enumerate(groups) if name in (CORE, group)]
        fitting = [
            mistakes[0]
            for mistakes in fingerprints.candidates(function, seen, relevant)
            if len(mistakes) == 1
            and _fits(function, [made[i] for i in relevant], [seen[i] for i in relevant], mistakes)
        ]
        return fitting if len(fitting) == 1 else []
    return []


def _fits(
    function: str, made: Sequence[Probe], seen: list[Observation], mistakes: Sequence[Mistake]
) -> bool:
    """Say whether the solution with these mistakes does exactly what was seen."""
    ours = observe_function(functions_with(*mistakes)[function], function, made)
    return all(same(*both) for both in zip(seen, ours, strict=True))


def _off_by_a_factor(
    function: str, made: Sequence[Probe], seen: list[Observation]
) -> list[Diagnosis]:
    """Find out whether all scores are off by one factor, whichever it is.

    With V = identity the output is the matrix of weights, whose logarithms are the scores up
    to a number for each row. One factor between the learner's and the right ones, exact to
    rounding, leaves no other explanation.
    """
    if function == "compute_qkv":
        return []
    weights = seen[1].values
    (
        Q,
        K,
        *_,
    ) = made[1].args
    assert isinstance(Q, np.ndarray)
    assert isinstance(K, np.ndarray)
    if weights is None or weights.shape != made[1].args[2].shape or not (weights > 0).all():  # type: ignore[union-attr]
        return []
    length = len(Q)
    blocks = weights.shape[1] // length
    ours = np.concatenate(
        [
            Q[:, part] @ K[:, part].T / np.sqrt(Q.shape[1] // blocks)
            for part in (
                slice(i * (Q.shape[1] // blocks), (i + 1) * (Q.shape[1] // blocks))
                for i in range(blocks)
            )
        ]
    )
    theirs = np.log(np.concatenate(np.split(weights, blocks, axis=1)))
    ours, theirs = (table - table.mean(axis=1, keepdims=True) for table in (ours, theirs))
    factor = float((ours * theirs).sum() / (ours * ours).sum())
    if np.abs(theirs - factor * ours).max() > 1e-6 or abs(factor - 1) < 1e-6:
        return []
    return [
        Diagnosis(
            id="scores-off-by-a-factor",
            title=f"The scores are {factor:.4g} times what they should be",
            function=function,
            explanation="The weights are a softmax over the keys, of scores that are all off by "
            "this one factor: the queries and keys meet as they should, the scale does not.",
            next_step="How many products are added up to make one score? Which number should "
            "divide it, and which does?",
            certainty="exact",
        )
    ]


def _few_digits(function: str, made: Sequence[Probe], seen: list[Observation]) -> list[Diagnosis]:
    """Find out whether every ordinary answer is right, but only to a few digits."""
    right = observe_function(functions_with()[function], function, made)
    worst = 0.0
    for probe, answer, wanted in zip(made, seen, right, strict=True):
        if probe.group != CORE:
            continue
        if answer.values is None or wanted.values is None:
            return []
        if answer.values.shape != wanted.values.shape:
            return []
        worst = max(worst, float(np.abs(answer.values - wanted.values).max()))
    if not TOLERANCE * 2 < worst < _FEW_DIGITS:
        return []
    digits = int(-np.log10(worst))
    return [
        Diagnosis(
            id="few-digits",
            title=f"The numbers are right to about {digits} digits only",
            function=function,
            explanation="All answers are near the right ones, and none is exact: something on the "
            "way is rounded, or stored in half precision.",
            next_step="Which dtype does each array in your function have, and is anything rounded? "
            "Print them.",
            certainty="exact",
        )
    ]


def _diagnosis(mistake: Mistake, function: str, certainty: Certainty) -> Diagnosis:
    return Diagnosis(
        id=mistake.id,
        title=mistake.title,
        function=function,
        explanation=mistake.explanation,
        next_step=mistake.next_step,
        certainty=certainty,
    )
