"""What can be read off functions of attention that no known mistake explains, in which order."""

from collections.abc import Callable

import numpy as np

from grader.diagnosis import orders
from grader.diagnosis import readings as of_any_kata
from grader.diagnosis.exceptions import symptom_of
from grader.diagnosis.experiment import Reading, Subject, close
from grader.diagnosis.state import state
from grader.diagnosis.study import Reader, Study
from grader.worker.arrays import Array

from .. import trials
from .attend import Attend, attend_each, attend_rightly, ordinary
from .bent import read_bent
from .blocks import read_blocks
from .contacts import read_contacts, read_heads
from .extremes import read_extremes, read_maximum
from .formulas import read_formulas
from .heads import first_heads, read_sizes
from .kinds import read_scores
from .longer import read_longer
from .outputs import read_outputs, read_rows
from .projections import read_projections
from .returned import read_returned
from .sums import read_floor
from .weights import read_base, read_masks, read_weights

_NEARLY_RIGHT = 0.01  # greatest error, as a share of the largest value, that a corner may leave
_SHAPES = {
    **of_any_kata.SHAPES,
    "fewer": "it has one axis, where tokens and features are asked for",
    "more": "it has more than the two axes that are asked for, tokens and features",
    "last": "its width is wrong",
    "first": "it does not have one row for each token",
}


def _wrong_kind(study: Study) -> list[Reading] | None:
    found = of_any_kata.wrong_kind(study)
    if found and found[0][0] == "not-the-tuple":
        return [("not-three-arrays", {})]
    return found


def _on_own_attention(study: Study) -> list[Reading] | None:
    """Hold the heads against the learner's own self_attention, wrong as it is."""
    learner, attention = study.learner, study.base
    if attention is None:
        return None
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

    attend_each(attention, [(head, 1) for head in first_heads()])  # in one piece; it keeps them
    return (
        read_sizes(learner, right)
        or (study.base_is_sound and (of_any_kata.one_shape(study) or _wrong_shape(study)))
        or read_outputs(learner, right)
        or read_rows(learner, right)
        or read_heads(learner)
    )


def _wrong_shape(study: Study) -> list[Reading] | None:
    return of_any_kata.wrong_shape(study, _SHAPES)


def _in_a_corner(study: Study) -> list[Reading] | None:
    """Find out where a function goes wrong that is right for ordinary inputs."""
    if _projects(study):
        return [] if study.core.is_right else None
    if study.core.is_right:
        refused = symptom_of(each.seen for each in study.behaviour.seen if each.kind == "raised")
        found = read_extremes(study.learner)
        if refused == "own-check-refuses" and found and found[0][0].startswith("right-until"):
            return [(refused, {}), *found]  # what exp is asked of there never gets to it
        return found
    if of_any_kata.largest_error(study) > _NEARLY_RIGHT:
        return None
    return read_floor(study.learner) or read_maximum(study.learner) or None


def _formulas(study: Study) -> list[Reading] | None:
    return (read_formulas(study.learner) or None) if _projects(study) else None


def _base(study: Study) -> list[Reading] | None:
    return None if _projects(study) else read_base(study.learner) or None


def _masks(study: Study) -> list[Reading] | None:
    return None if _projects(study) else read_masks(study.learner) or None


def _blocks(study: Study) -> list[Reading] | None:
    return None if _projects(study) else read_blocks(study.learner) or None


def _returned(study: Study) -> list[Reading] | None:
    if _projects(study):
        return None
    return read_returned(study.learner, attend_rightly(study.kata)) or None


def _longer(study: Study) -> list[Reading] | None:
    return None if _projects(study) else read_longer(study.learner) or None


def _sizes(study: Study) -> list[Reading] | None:
    if study.function.name != "multi_head_attention":
        return None
    return read_sizes(study.learner, attend_rightly(study.kata)) or None


def _projections(study: Study) -> list[Reading] | None:
    return read_projections(study.learner) if _projects(study) else None


def _projections_beside(study: Study) -> list[Reading] | None:
    """Tell what is wrong with projections that come back beside what raises for other sizes."""
    if not _projects(study):
        return None
    raised, found = of_any_kata.sometimes_raised(study), read_projections(study.learner)
    return [*found, *raised] if raised and found else None


def _few_digits(study: Study) -> list[Reading] | None:
    """Tell few digits, unless they are right where scores are small."""
    found = of_any_kata.few_digits(study)
    return read_bent(study.learner) or found if found and not _projects(study) else found


def _weights(study: Study) -> list[Reading] | None:
    """Read weights; by how much scores are bent says more than that weights grow with them."""
    found = read_weights(study.learner)
    if [name for name, _ in found] == ["weights-grow-otherwise"]:
        return read_bent(study.learner) or found
    return found or None


def _projects(study: Study) -> bool:
    return study.function.name == "compute_qkv"


def _outputs_or_masks(study: Study) -> list[Reading] | None:
    """Read outputs; which keys are hidden from tokens says more than which tokens are right."""
    learner = study.learner
    found = read_outputs(learner, attend_rightly(study.kata))
    if [name for name, _ in found] == ["right-for-some-tokens"]:
        return read_masks(learner) or found
    return found or None


def _rows(study: Study) -> list[Reading] | None:
    return read_rows(study.learner, attend_rightly(study.kata)) or None


def _generally(study: Study) -> list[Reading] | None:
    return study.where.read_by(trials.GENERAL) or None


def _of_learner(read: Callable[[Subject], list[Reading]]) -> Reader:
    return lambda study: read(study.learner) or None


READERS: tuple[Reader, ...] = (
    _wrong_kind,
    orders.order_of_raised,
    of_any_kata.always_raised,
    state,
    _on_own_attention,
    _formulas,
    _sizes,
    of_any_kata.one_shape,
    _wrong_shape,
    _blocks,
    _masks,
    _returned,
    _longer,
    of_any_kata.wrong_somewhere,
    _projections_beside,
    of_any_kata.sometimes_raised,
    _in_a_corner,
    _base,
    _few_digits,
    _projections,
    _outputs_or_masks,
    _weights,
    _rows,
    orders.other_order,
    _of_learner(read_contacts),
    _generally,
    _of_learner(read_scores),
)
