"""What a function did with the probes: of a learner's, from the jail; of a wrong solution, here."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from grader.diagnosis.lives import Here, Note, live
from grader.diagnosis.probe import Probe
from grader.errors import GraderFault
from grader.kata import Function
from grader.learner.answer import Answer
from grader.learner.endings import CaseEnded, Raised
from grader.learner.submission import Submission
from grader.report.seen import Seen
from grader.worker import arrays
from grader.worker.arrays import Array, differs

_MOST = 100_000  # elements that are compared, hundreds of times those of a right answer
TOLERANCE = 1e-6
"""How near two values must be to count as the same, as a share of the column's largest value."""


class Observation(NamedTuple):
    """What came of one call.

    Attributes:
        kind: "array", "booleans", "raised", or the sort of thing that was returned instead.
        values: the answer, divided by the probe's size; rows that hold nan or inf are all nan.
        effects: which inputs changed, and whether an earlier answer was overwritten.
        seen: of an exception that a learner's function raised, its facts; a claim.
        notes: of a life, what beside arrays was looked at, as facts; `kind` has them in words.
    """

    kind: str
    values: Array | None
    effects: tuple[str, ...]
    seen: Seen | None = None
    notes: tuple[Note, ...] = ()

    @property
    def form(self) -> tuple[str, tuple[int, ...] | None, tuple[str, ...]]:
        """All but the values: the kind of thing, its shape, its effects."""
        return self.kind, None if self.values is None else self.values.shape, self.effects


def same(first: Observation, second: Observation) -> bool:
    """Say whether two observations cannot be told apart."""
    if (first.kind, first.effects) != (second.kind, second.effects):
        return False
    if first.values is None or second.values is None:
        return first.values is second.values
    if first.values.shape != second.values.shape:
        return False
    scale = TOLERANCE * np.fmax(1.0, np.abs(second.values))
    with np.errstate(invalid="ignore"):
        near = np.abs(first.values - second.values) <= scale
    return bool((near | (np.isnan(first.values) & np.isnan(second.values))).all())


def observe_submission(
    submission: Submission,
    function: Function,
    probes: Sequence[Probe],
    *,
    afresh: bool = True,
) -> list[Observation] | None:
    """Make the probes, in a fresh worker; None if the function does not live through them.

    Args:
        submission: the learner's functions.
        function: which of them.
        probes: what to call it with.
        afresh: whether what was called before must not matter.
    """
    if afresh:
        submission.workers.renew()
    if function.is_class:
        solution = getattr(submission.kata.solution, function.name)
        try:
            return [_observe_life(submission, solution, function, each) for each in probes]
        except CaseEnded:
            return None
    observations = []
    try:
        calls = [(probe.args, probe.layout) for probe in probes]
        answers = submission.ask_each(function.name, calls)
        for probe, answer in zip(probes, answers, strict=True):
            if isinstance(answer, Raised):
                observations.append(Observation("raised", None, (), answer.seen))
            else:
                observations.append(_observe_answer(answer, function, probe))
    except CaseEnded:
        return None
    return observations


def observe_function(
    code: Callable[..., Any], function: Function, probes: Sequence[Probe]
) -> list[Observation]:
    """Make the probes with a function of ours, which may be wrong but is not hostile."""
    return list(observe_each(code, function, probes))


def observe_each(
    code: Callable[..., Any], function: Function, probes: Sequence[Probe]
) -> Iterator[Observation]:
    """Make the probes one after the other, each when it is asked for."""
    if function.is_class:
        yield from _observe_lives(code, function, probes)
        return
    held: list[tuple[Array, bytes]] = []
    for probe in probes:
        args = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in probe.args]
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                value = code(*args)
        except GraderFault:
            raise
        except Exception:
            yield Observation("raised", None, ())
            continue
        effects = [
            parameter
            for parameter, now, then in zip(function.parameters, args, probe.args, strict=False)
            if isinstance(now, np.ndarray) and isinstance(then, np.ndarray) and differs(now, then)
        ]
        if any(array.tobytes() != data for array, data in held):
            effects.append("overwritten")
        members = value if isinstance(value, tuple | list) else [value]
        held = [(item, item.tobytes()) for item in members if isinstance(item, np.ndarray)]
        yield _observe_value(value, function, probe, tuple(effects))


def _observe_lives(
    code: Callable[..., Any], function: Function, probes: Sequence[Probe]
) -> Iterator[Observation]:
    """Go through lives of objects of a class of ours, which may be wrong but is not hostile."""
    module = ModuleType("mistaken")
    setattr(module, function.name, code)
    for probe in probes:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield _observe_life(Here(module), code, function, probe)


def _observe_life(
    target: Submission, owner: Callable[..., Any], function: Function, probe: Probe
) -> Observation:
    """Go through one life; the arrays that came back are looked at as one."""
    lived = live(target, owner, function.name, probe.args, probe.life)
    if not lived.kind.startswith("array") or not lived.arrays:
        return Observation(lived.kind, None, lived.effects, lived.seen, lived.notes)
    widths = {array.shape[1:] for array in lived.arrays}
    whole = len(widths) == 1 and all(array.ndim for array in lived.arrays)
    flat = [array if whole else array.reshape(-1) for array in lived.arrays]
    values = _normalise(np.concatenate(flat), probe.size)
    return Observation(lived.kind, values, lived.effects, notes=lived.notes)


def _observe_answer(answer: Answer, function: Function, probe: Probe) -> Observation:
    effects = (*answer.changed, *(["overwritten"] if answer.overwritten else []))
    try:
        if function.returns:
            kind = "array" if answer.is_tuple else "list"
            return _observe_members(function, answer.arrays(function.returns), kind, probe, effects)
        values = _normalise(answer.array(booleans=True), probe.size)
        return Observation(answer.kind, values, effects)
    except (CaseEnded, ValueError):
        return Observation(answer.kind, None, effects)


def _observe_value(
    value: Any, function: Function, probe: Probe, effects: tuple[str, ...]
) -> Observation:
    if function.returns:
        if isinstance(value, tuple | list) and all(type(item) is np.ndarray for item in value):
            kind = "array" if isinstance(value, tuple) else "list"
            try:
                return _observe_members(function, value, kind, probe, effects)
            except ValueError:
                return Observation(kind, None, effects)
    elif type(value) is np.ndarray and value.dtype.char in arrays.DTYPES:
        return Observation(_kind(value), _normalise(value, probe.size), effects)
    return Observation(_kind(value), None, effects)


def _observe_members(
    function: Function, members: Sequence[Array], kind: str, probe: Probe, effects: tuple[str, ...]
) -> Observation:
    """Observe the arrays of a tuple as one, in which they lie side by side."""
    values = np.concatenate(members, axis=-1)
    size = np.tile(probe.size, len(function.returns))
    return Observation(kind, _normalise(values, size), effects)


def _kind(value: Any) -> str:
    """Return what `Answer.kind` says of the same value."""
    if value is None:
        return "nothing"
    if isinstance(value, np.ndarray):
        if type(value) is not np.ndarray:
            return "subclass"
        if value.dtype.char not in arrays.DTYPES:
            return "dtype"
        return "booleans" if value.dtype == np.bool_ else "array"
    if isinstance(value, tuple):
        return "tuple"
    if isinstance(value, list):
        full = value and all(type(item) is np.ndarray for item in value)
        return "list of arrays" if full else "list"
    return "object"


def _normalise(values: Array, size: Array) -> Array:
    if values.size > _MOST:
        return np.broadcast_to(np.float64(np.nan), values.shape)  # its shape says all
    values = values.astype(np.float64)
    if _has_columns(values, size):
        values = values / np.where(size > 0, size, 1.0)
    bad = ~np.isfinite(values)
    if not bad.any():
        return values
    if values.ndim == max(2, size.ndim):
        bad = np.broadcast_to(bad.any(axis=-1, keepdims=True), values.shape)
    return np.where(bad, np.nan, values)


def enlarged(values: Array, size: Array) -> Array:
    """Return the values of an observation as they came back."""
    return values * size if _has_columns(values, size) else values


def _has_columns(values: Array, size: Array) -> bool:
    return values.ndim == max(2, size.ndim) and values.shape[-1] == size.shape[-1]
