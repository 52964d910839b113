"""What can be seen of any wrong function: what it returns, and whether that is always the same.

Each is a `Reader`. A kata that has readings of its own puts them among these, in its `READERS`.
"""

import math
from collections.abc import Mapping

import numpy as np

from grader.diagnosis.exceptions import symptom_of
from grader.diagnosis.experiment import Reading, close
from grader.diagnosis.observation import TOLERANCE, enlarged
from grader.diagnosis.orders import order_of_raised, other_order
from grader.diagnosis.state import state
from grader.diagnosis.study import Reader, Study
from grader.diagnosis.where import listed

_MOST_NAMED = 5  # particular inputs that are named
_MOST_CHARACTERS = 200  # that these take together
_FEW_DIGITS = 2e-3  # greatest error, as a share of the largest value, of a rounded answer


def no_attempt(study: Study) -> list[Reading] | None:
    """Find out whether what comes back is no attempt: zeros, nan, or an input as it is."""
    core = study.core
    answers = [
        (probe, each.values)
        for probe, each in zip(core.made, core.seen, strict=True)
        if each.values is not None
    ]
    if not answers or len(answers) < len(core.seen):
        return None
    everywhere = [
        (probe, each.values)
        for probe, each in zip(study.behaviour.made, study.behaviour.seen, strict=True)
        if each.values is not None
    ]
    if all(not values.any() for _, values in answers):
        when, tried = " for ordinary inputs", "For all ordinary inputs that were tried"
        if all(not values.any() for _, values in everywhere):
            when, tried = "", "In all that was tried"
        return [("always-zero", {"when": when, "tried": tried})]
    if all(np.isnan(values).all() for _, values in answers):
        return [("always-nan", {})]
    missing = [None] * len(study.function.parameters)  # what has a default need not be given
    for place, name in enumerate(study.function.parameters):
        if not study.function.returns and all(
            isinstance(given := (*probe.args, *missing)[place], np.ndarray)
            and close(enlarged(values, probe.size), given.astype(np.float64))
            for probe, values in everywhere
        ):
            return [("input-returned", {"name": name})]
    return None


def wrong_kind(study: Study) -> list[Reading] | None:
    """Find out whether it is always the wrong sort of thing, nothing for instance."""
    seen, names = study.behaviour.seen, study.function.returns
    if all(each.kind == "raised" for each in study.core.seen):
        return None
    kinds = {each.kind for each in seen if each.kind != "raised"}
    if not names and kinds <= {each.kind for each in study.behaviour.right}:
        return None
    if names and kinds and kinds <= {"array", "tuple", "list of arrays"}:
        if any(each.values is not None for each in seen):
            return None
        return [("not-the-tuple", {"names": ", ".join(names)})]
    kind = _KINDS.get(kinds.pop()) if len(kinds) == 1 else None
    return [(kind, {})] if kind else None


_KINDS = {
    "object": "something-else-returned",
    "nothing": "nothing-returned",
    "dtype": "no-real-numbers",
    "booleans": "no-real-numbers",
    "list": "list-returned",
    "list of arrays": "list-returned",
    "tuple": "more-returned",
    "subclass": "subclass-returned",
}


def always_raised(study: Study) -> list[Reading] | None:
    """Tell what the exception says that every ordinary call ends in, if anything."""
    if any(each.kind != "raised" for each in study.core.seen):
        return None
    found = sometimes_raised(study)
    if found is None and study.base is not None:
        return [("exception-raised", {})]  # which what it stands on is no reason for
    return found or []


def sometimes_raised(study: Study) -> list[Reading] | None:
    """Tell what an exception says that ordinary calls end in."""
    name = symptom_of(each.seen for each in study.core.seen if each.kind == "raised")
    return [(name, {})] if name else None


def on_base(study: Study) -> list[Reading] | None:
    """Say little of a function that stands on a wrong one: that may be all that is wrong."""
    if study.base is None:
        return None
    return (one_shape(study) or wrong_shape(study) or []) if study.base_is_sound else []


def one_shape(study: Study) -> list[Reading] | None:
    """Find out whether an array of one shape comes back whatever the inputs are."""
    shapes, wanted = (
        {None if each.values is None else each.values.shape for each in some}
        for some in (study.behaviour.seen, study.behaviour.right)
    )
    if len(shapes) == 1 < len(wanted) and None not in shapes:
        return [("one-shape-always", {})]
    return None


SHAPES = {
    "columns": "it always has {columns} columns",
    "none": "it is a single number, without an axis",
    "fewer": "it has fewer axes than are asked for",
    "more": "it has more axes than are asked for",
    "last": "its last axis has another length",
    "first": "its first axis has another length",
    "mixed": "which of its axes is wrong depends on the inputs",
}
"""What can be wrong with a shape, in words."""


def wrong_shape(study: Study, words: Mapping[str, str] = SHAPES) -> list[Reading] | None:
    """Find out how the shape of every ordinary result is wrong.

    Args:
        study: the function.
        words: what is said; see `SHAPES`.
    """
    pairs = [
        (each.values.shape, wanted.values.shape)
        for each, wanted in zip(study.behaviour.seen, study.behaviour.right, strict=True)
        if each.values is not None and wanted.values is not None
        if wanted.values.ndim and len(wanted.values) > 1
    ]
    widths = {got[-1] for got, _ in pairs if len(got) == 2}
    if len(widths) == 1 < len({want[-1] for _, want in pairs}):
        columns = widths.pop() // (len(study.function.returns) or 1)
        return [("shape-wrong", {"how": words["columns"].format(columns=columns)})]
    if not pairs or any(got == want for got, want in pairs):
        return None
    if all(not got for got, _ in pairs):
        how = "none"
    elif all(0 < len(got) < len(want) for got, want in pairs):
        how = "fewer"
    elif all(len(got) > len(want) for got, want in pairs):
        how = "more"
    elif all(got[:1] == want[:1] for got, want in pairs):
        how = "last"
    else:
        how = "first" if all(got[:1] != want[:1] for got, want in pairs) else "mixed"
    return [("shape-wrong", {"how": words[how]})]


def wrong_somewhere(study: Study) -> list[Reading] | None:
    """Find out what the inputs have in common with which it is wrong."""
    return study.where.read() or None


def wrong_in_particular(study: Study) -> list[Reading] | None:
    """Name the particular inputs with which it is wrong, where ordinary ones are right."""
    found = study.where.particulars()
    shown = found[:_MOST_NAMED]
    while len(shown) > 1 and len(listed(shown)) > _MOST_CHARACTERS:
        shown.pop()
    more = ", and others" if len(shown) < len(found) else ""
    return [("ordinary-right", {"which": f"{listed(shown)}{more}"})] if found else None


def few_digits(study: Study) -> list[Reading] | None:
    """Find out whether every ordinary answer is right, but only to a few digits."""
    worst = largest_error(study)
    if study.core.is_right or not 2 * TOLERANCE < worst < _FEW_DIGITS:
        return None
    for answer, wanted in zip(study.core.seen, study.core.right, strict=True):
        assert answer.values is not None
        assert wanted.values is not None
        ratios = np.atleast_2d(answer.values / wanted.values)
        if np.ptp(ratios, axis=-1).max() < TOLERANCE:
            return None  # each row is off by a factor: that is no rounding
    return [("few-digits", {"digits": str(round(-math.log10(worst)))})]


def largest_error(study: Study) -> float:
    """Return the greatest error of ordinary answers, as a share of the largest value."""
    worst = 0.0
    for answer, wanted in zip(study.core.seen, study.core.right, strict=True):
        if answer.values is None or wanted.values is None:
            return math.inf
        if answer.values.shape != wanted.values.shape or not answer.values.size:
            return math.inf
        error = float(np.abs(answer.values - wanted.values).max())
        worst = math.inf if math.isnan(error) else max(worst, error)
    return worst


READERS: tuple[Reader, ...] = (
    wrong_kind,
    order_of_raised,
    always_raised,
    state,
    on_base,
    one_shape,
    wrong_shape,
    wrong_somewhere,
    wrong_in_particular,
    sometimes_raised,
    few_digits,
    other_order,
)
"""What is asked of a function of a kata that has no readings of its own, in this order."""
