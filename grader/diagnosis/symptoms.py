"""What is said of a wrong function when no known mistake explains it: what was seen, no more.

The function is called on inputs of ours that differ in one way each, in fresh workers; what is
said holds for everything that was tried.
"""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from grader.diagnosis import entries
from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.exceptions import symptom_of
from grader.diagnosis.observation import TOLERANCE, Observation, observe_submission, same
from grader.diagnosis.where import Where
from grader.kata import kata
from grader.katas.attention.probes import REPEATED
from grader.katas.attention.readings.attend import (
    Attend,
    Learner,
    attend_each,
    attend_rightly,
    close,
    ordinary,
)
from grader.katas.attention.readings.contacts import read_contacts, read_heads
from grader.katas.attention.readings.extremes import read_extremes
from grader.katas.attention.readings.outputs import read_outputs, read_rows
from grader.katas.attention.readings.projections import read_projections
from grader.katas.attention.readings.weights import Reading, read_masks, read_scores, read_weights
from grader.learner.endings import CaseEnded
from grader.learner.submission import Submission
from grader.report.model import Diagnosis
from grader.worker.arrays import Array

_AGAIN = 4  # times that one call is made to see whether it gives one result
_FEW_DIGITS = 2e-3  # greatest error, as a share of the largest value, of a rounded answer


@cache
def texts() -> dict[str, dict[str, str]]:
    """Return title, explanation and next step of each symptom, by identifier."""
    return {name: text_of(name) for name in re.findall(r"(?m)^\[(.+)\]$", _texts())}


def text_of(name: str) -> dict[str, str]:
    """Return the texts of one symptom; reading them all takes a while."""
    _, _, rest = _texts().partition(f"\n[{name}]\n")
    return entries.read(rest.partition("\n\n[")[0])


@cache
def _texts() -> str:
    return entries.text_of("symptoms.toml")


def symptoms(
    submission: Submission, behaviour: Behaviour, attention: Learner | None = None
) -> list[Diagnosis]:
    """Return what can be said of a function that no known mistake explains.

    Args:
        submission: the learner's functions; fresh workers are used.
        behaviour: what the wrong one did with the probes.
        attention: a self_attention on which it may stand and which is wrong itself.
    """
    try:
        readings = _read(submission, behaviour, attention)
    except CaseEnded:
        readings = []  # it hung or died: the case's message says so
    return [symptom(name, behaviour.function, **words) for name, words in readings]


def _read(submission: Submission, behaviour: Behaviour, attention: Learner | None) -> list[Reading]:
    function, core = behaviour.function, behaviour.core
    wrong_form = form(behaviour.seen, function)
    if wrong_form:
        return [(wrong_form, {})]
    if all(each.kind == "raised" for each in core.seen):
        return _raised(core)
    state = _state(submission, behaviour)
    if state:
        return state
    learner = Learner(submission, function)
    if attention is not None:
        return _read_on_own_attention(learner, attention)
    found = _one_shape(behaviour) or _wrong_shape(behaviour)
    where = Where(submission, function)
    found = found or where.read() or _raised(core)
    if found:
        return found
    if core.is_right:
        return [] if function == "compute_qkv" else read_extremes(learner)
    found = _few_digits(core)
    if found or function == "compute_qkv":
        return found or read_projections(learner)
    return (
        _read_outputs_or_masks(learner)
        or read_weights(learner)
        or read_rows(learner, attend_rightly)
        or read_contacts(learner)
        or where.read_generally()
        or read_scores(learner)
    )


def _read_outputs_or_masks(learner: Learner) -> list[Reading]:
    """Read outputs; which keys are hidden from tokens says more than which tokens are right."""
    found = read_outputs(learner, attend_rightly)
    if [name for name, _ in found] == ["right-for-some-tokens"]:
        return read_masks(learner) or found
    return found


def trivial(behaviour: Behaviour) -> list[Reading]:
    """Find out whether what comes back is no attempt: zeros, nan, or an input as it is."""
    core = behaviour.core
    answers = [
        (probe, each.values)
        for probe, each in zip(core.made, core.seen, strict=True)
        if each.values is not None
    ]
    if not answers or len(answers) < len(core.seen):
        return []
    if all(not values.any() for _, values in answers):
        return [("always-zero", {})]
    if all(np.isnan(values).all() for _, values in answers):
        return [("always-nan", {})]
    for place, name in enumerate(kata.FUNCTIONS["self_attention"]):
        if behaviour.function != "compute_qkv" and all(
            values.shape == np.shape(probe.args[place])
            and close(values * probe.size, np.asarray(probe.args[place]))
            for probe, values in answers
        ):
            return [("input-returned", {"name": name})]
    return []


def _raised(core: Behaviour) -> list[Reading]:
    name = symptom_of(each.seen for each in core.seen if each.kind == "raised")
    return [(name, {})] if name else []


def _state(submission: Submission, behaviour: Behaviour) -> list[Reading]:
    """Find out whether a result hangs on more than the inputs: on chance, or on earlier calls."""
    function, made = behaviour.function, behaviour.made
    seen, right = behaviour.seen, behaviour.right
    # All probes in another order than before, then one of them again and again, then others like
    # it: what is kept for a shape shows when the next call has the same.
    others = [place for place, probe in enumerate(made) if probe.group == REPEATED]
    order = [*made[::-1], *[made[0]] * _AGAIN, *(made[place] for place in others)]
    tried = observe_submission(submission, function, order)
    if tried is None:
        return []
    backwards, again = tried[: len(made)], tried[len(made) : len(made) + _AGAIN]
    if not _alike(again, [again[0]] * _AGAIN):
        fresh = [
            observe_submission(submission, function, [made[0]] * _AGAIN) or [] for _ in range(2)
        ]
        remembered = _alike(*fresh) and bool(fresh[0]) and _alike(fresh[0][:1], right[:1])
        return [("calls-remembered" if remembered else "another-result-each-time", {})]
    after = [seen[place] for place in others]
    if not _alike([*seen, *after], [*backwards[::-1], *tried[len(made) + _AGAIN :]]):
        return [("calls-remembered", {})]
    if _alike(seen, right) and any("overwritten" in each.effects for each in seen):
        return [("results-overwritten", {})]
    submission.workers.steady.add(function)
    return []


def _alike(some: Sequence[Observation], others: Sequence[Observation]) -> bool:
    """Say whether the same came back each time, whatever else the calls did."""
    pairs = zip(map(_bare, some), map(_bare, others), strict=True)
    return len(some) == len(others) and all(same(*both) for both in pairs)


def _bare(each: Observation) -> Observation:
    """Return what came back without what the call did, and without the container it came in."""
    container = each.values is not None and each.kind == "list"
    return each._replace(effects=(), kind="array" if container else each.kind)


def _read_on_own_attention(learner: Learner, attention: Learner) -> list[Reading]:
    """Hold the heads against the learner's own self_attention, wrong as it is."""
    calls = [inputs for inputs, _ in ordinary(attention)]
    plain, strided = (attention.ask_each(calls, layout=layout) for layout in ("plain", "strided"))
    if not all(close(*both) for both in zip(plain, strided, strict=True)):
        return []  # the heads are views: what they are held against would be another thing

    def right(heads: int) -> Attend:
        def attend(Q: Array, K: Array, V: Array) -> Array | None:
            split = (np.split(array, heads, axis=1) for array in (Q, K, V))
            outputs = attend_each(attention, [(head, 1) for head in zip(*split, strict=True)])
            made = [output for output in outputs if output is not None]
            return np.concatenate(made, axis=1) if len(made) == heads else None

        return attend

    return read_outputs(learner, right) or read_rows(learner, right) or read_heads(learner)


def symptom(name: str, function: str, /, **values: object) -> Diagnosis:
    """Return a symptom with its texts filled in."""
    text = {key: value.format(**values) for key, value in text_of(name).items()}
    return Diagnosis(
        id=name,
        title=text["title"],
        function=function,
        explanation=text["explanation"],
        next_step=text["next_step"],
        certainty="exact",
    )


def form(seen: Sequence[Observation], function: str) -> str | None:
    """Return the symptom of what is always the wrong sort of thing, nothing for instance."""
    kinds = {each.kind for each in seen if each.kind != "raised"}
    if function == "compute_qkv" and kinds and kinds <= {"array", "tuple", "list of arrays"}:
        some = any(each.values is not None for each in seen)
        return None if some else "not-three-arrays"
    return _FORMS.get(kinds.pop()) if len(kinds) == 1 else None


def _one_shape(behaviour: Behaviour) -> list[Reading]:
    """Find out whether an array of one shape comes back whatever the inputs are."""
    shapes, wanted = (
        {None if each.values is None else each.values.shape for each in some}
        for some in (behaviour.seen, behaviour.right)
    )
    if len(shapes) == 1 < len(wanted) and None not in shapes:
        return [("one-shape-always", {})]
    return []


def _wrong_shape(behaviour: Behaviour) -> list[Reading]:
    """Find out how the shape of every ordinary result is wrong."""
    pairs = [
        (each.values.shape, wanted.values.shape)
        for each, wanted in zip(behaviour.seen, behaviour.right, strict=True)
        if each.values is not None and wanted.values is not None and len(wanted.values) > 1
    ]
    widths = {got[-1] for got, _ in pairs if len(got) == 2}
    if len(widths) == 1 < len({want[-1] for _, want in pairs}):
        columns = widths.pop() // (3 if behaviour.function == "compute_qkv" else 1)
        return [("shape-wrong", {"how": f"it always has {columns} columns"})]
    if not pairs or any(got == want for got, want in pairs):
        return []
    if all(len(got) == 1 for got, _ in pairs):
        how = "it has one axis, where tokens and features are asked for"
    elif all(len(got) > 2 for got, _ in pairs):
        how = "it has more than the two axes that are asked for, tokens and features"
    elif all(got[0] == want[0] for got, want in pairs):
        how = "its width is wrong"
    else:
        how = "it has not a row for each token"
    return [("shape-wrong", {"how": how})]


_FORMS = {
    "object": "something-else-returned",
    "nothing": "nothing-returned",
    "dtype": "no-real-numbers",
    "list": "list-returned",
    "list of arrays": "list-returned",
}


def _few_digits(core: Behaviour) -> list[Reading]:
    """Find out whether every ordinary answer is right, but only to a few digits."""
    errors = []
    for answer, wanted in zip(core.seen, core.right, strict=True):
        if answer.values is None or wanted.values is None:
            return []
        if answer.values.shape != wanted.values.shape:
            return []
        errors.append(answer.values - wanted.values)
        ratios = answer.values / wanted.values
        if np.ptp(ratios, axis=1).max() < TOLERANCE:
            return []  # each row is off by a factor: that is no rounding
    worst = max(float(np.abs(error).max()) for error in errors)
    if not 2 * TOLERANCE < worst < _FEW_DIGITS:
        return []
    return [("few-digits", {"digits": str(int(-np.log10(worst)))})]
