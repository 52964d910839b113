"""What is said of a wrong function when no known mistake explains it: what was seen, no more.

A symptom tells apart where the function is right and where it is wrong, by calling it on
sizes, layouts and dtypes of which each differs in one way, and in fresh workers.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np

from grader.cases import attention
from grader.misconceptions import functions_with
from grader.observation import (
    TOLERANCE,
    Observation,
    observe_function,
    observe_submission,
    same,
)
from grader.probes import CORE, Probe
from grader.report import Diagnosis
from grader.submission import Submission
from grader.worker.arrays import Array

_FRESH = 3  # wrong answers that are asked for again in a fresh worker
_LEAST_FACTOR = 1e-3
_FEW_DIGITS = 2e-3  # greatest error, as a share of the largest value, of a rounded answer


@cache
def texts() -> dict[str, dict[str, str]]:
    """Return title, explanation and next step of each symptom, by identifier."""
    text = resources.files("grader").joinpath("symptoms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def symptoms(
    submission: Submission, function: str, made: Sequence[Probe], seen: list[Observation]
) -> list[Diagnosis]:
    """Return what can be said of a function that no known mistake explains; one thing or none.

    Args:
        submission: the learner's functions; fresh workers are used.
        function: the wrong one.
        made: the probes.
        seen: what it did with them.
    """
    right = observe_function(functions_with()[function], function, made)
    found = (
        form(function, seen)
        or _memory(submission, function, made, seen, right)
        or _one_shape(function, seen, right)
        or _factor(submission, function, made[1], seen[1])
        or _few_digits(function, made, seen, right)
        or _where(submission, function)
    )
    return [] if found is None else [found]


def _symptom(name: str, function: str, **values: object) -> Diagnosis:
    text = {key: value.format(**values) for key, value in texts()[name].items()}
    return Diagnosis(id=name, function=function, certainty="exact", **text)


def form(function: str, seen: list[Observation]) -> Diagnosis | None:
    """Say what comes back if it is always the wrong sort of thing, nothing for instance."""
    kinds = {each.kind for each in seen if each.kind != "raised"}
    if function == "compute_qkv" and kinds <= {"array", "tuple", "list of arrays"}:
        some = any(each.values is not None for each in seen)
        return None if some else _symptom("not-three-arrays", function)
    name = _FORMS.get(kinds.pop()) if len(kinds) == 1 else None
    return _symptom(name, function) if name else None


def _one_shape(
    function: str, seen: list[Observation], right: list[Observation]
) -> Diagnosis | None:
    """Find out whether an array of one shape comes back whatever the inputs are."""
    shapes = {None if each.values is None else each.values.shape for each in seen}
    wanted = {None if each.values is None else each.values.shape for each in right}
    if len(shapes) == 1 < len(wanted) and None not in shapes:
        return _symptom("one-shape-always", function)
    return None


_FORMS = {
    "nothing": "nothing-returned",
    "dtype": "no-real-numbers",
    "list": "list-returned",
    "list of arrays": "list-returned",
}


def _factor(
    submission: Submission, function: str, probe: Probe, seen: Observation
) -> Diagnosis | None:
    """Find out whether all scores are off by one factor, whichever it is, on two inputs."""
    if function == "compute_qkv":
        return None
    count = 2 if function == "multi_head_attention" else 1
    Q, K, _ = attention.draw(np.random.default_rng(1706), 3, 3 * count)
    V = np.tile(np.eye(3), count)
    again = Probe(CORE, (Q, K, V, *probe.args[3:]), np.ones(3 * count))
    factor = _factor_of(probe, seen, count)
    if factor is None or abs(factor) < _LEAST_FACTOR or abs(factor - 1) < TOLERANCE:
        return None
    answers = observe_submission(submission, function, [again])
    if not answers or _factor_of(again, answers[0], count) is None:
        return None
    return _symptom("scores-off-by-a-factor", function, factor=f"{factor:.4g}")


def _factor_of(probe: Probe, seen: Observation, count: int) -> float | None:
    """Return by what all scores of a probe with V = identity are too large.

    The output is the matrix of weights, whose logarithms are the scores up to a number for
    each row. One factor between the learner's and the right ones, exact to rounding, leaves
    no other explanation.
    """
    Q, K, V = (np.asarray(arg) for arg in probe.args[:3])
    weights = seen.values
    if weights is None or weights.shape != V.shape or not (weights > 0).all():
        return None
    heads = zip(np.split(Q, count, axis=1), np.split(K, count, axis=1), strict=True)
    ours = np.concatenate([query @ key.T / np.sqrt(query.shape[1]) for query, key in heads])
    theirs = np.log(np.concatenate(np.split(weights, count, axis=1)))
    ours, theirs = (table - table.mean(axis=1, keepdims=True) for table in (ours, theirs))
    factor = float((ours * theirs).sum() / (ours * ours).sum())
    return factor if np.abs(theirs - factor * ours).max() < TOLERANCE else None


def _few_digits(
    function: str, made: Sequence[Probe], seen: list[Observation], right: list[Observation]
) -> Diagnosis | None:
    """Find out whether every ordinary answer is right, but only to a few digits."""
    errors = []
    for probe, answer, wanted in zip(made, seen, right, strict=True):
        if probe.group != CORE:
            continue
        if answer.values is None or wanted.values is None:
            return None
        if answer.values.shape != wanted.values.shape:
            return None
        errors.append(answer.values - wanted.values)
        ratios = answer.values / wanted.values
        if np.ptp(ratios, axis=1).max() < TOLERANCE:
            return None  # each row is off by a factor: that is no rounding
    worst = max(float(np.abs(error).max()) for error in errors)
    if not 2 * TOLERANCE < worst < _FEW_DIGITS:
        return None
    return _symptom("few-digits", function, digits=int(-np.log10(worst)))


def _memory(
    submission: Submission,
    function: str,
    made: Sequence[Probe],
    seen: list[Observation],
    right: list[Observation],
) -> Diagnosis | None:
    """Find out whether what is wrong after other calls is right in a fresh process."""
    wrong = [i for i, both in enumerate(zip(seen, right, strict=True)) if not same(*both)]
    for index in wrong[-_FRESH:]:
        alone = observe_submission(submission, function, [made[index]])
        if not alone or not same(alone[0], right[index]):
            return None
    return _symptom("calls-remembered", function) if wrong else None


@dataclass(frozen=True)
class Trial:
    """One call that differs from ordinary ones in what its name says."""

    seq_len: int
    d_model: int
    n_heads: int = 1
    layout: str = "plain"
    whole: bool = False

    @property
    def d_k(self) -> int:
        """Features of a head."""
        return self.d_model // self.n_heads

    def probe(self, function: str) -> Probe:
        """Return the call, of random numbers, the same each time."""
        rng = np.random.default_rng([1706, self.seq_len, self.d_model, self.n_heads])
        tokens, width = self.seq_len, self.d_model
        shapes = [(tokens, width)] * 3
        if function == "compute_qkv":
            shapes = [(tokens, width), *[(width, width)] * 3]
        arrays: list[Array] = [rng.standard_normal(shape) for shape in shapes]
        if self.whole:
            arrays = [np.ceil(2 * array).astype(np.int64) for array in arrays]
        size = np.maximum(1.0, np.abs(arrays[-1]).max(axis=0))
        heads = [self.n_heads] if function == "multi_head_attention" else []
        return Probe(CORE, (*arrays, *heads), size, self.layout)


_SIZES = (
    *((1, 4), (1, 1), (2, 2), (3, 3), (4, 4), (2, 5), (5, 2), (4, 1), (6, 3), (7, 4), (3, 6)),
    *((8, 5), (18, 4), (17, 3), (40, 3)),
)
_SIZES_OF_HEADS = (
    *(
        (1, 1, 1),
        (1, 4, 2),
        (1, 3, 3),
        (1, 4, 1),
        (2, 4, 2),
        (4, 4, 1),
        (4, 4, 2),
        (4, 4, 4),
        (7, 3, 1),
    ),
    *((7, 3, 3), (5, 6, 2), (5, 6, 3), (6, 6, 2), (3, 8, 4), (2, 10, 5), (3, 9, 3), (12, 3, 1)),
    *((18, 8, 2), (17, 6, 3), (40, 4, 2)),
)


def _trials(function: str) -> list[Trial]:
    heads = function == "multi_head_attention"
    sizes = [Trial(*size) for size in (_SIZES_OF_HEADS if heads else _SIZES)]
    usual = Trial(5, 6, 2) if heads else Trial(6, 3)
    layouts = [replace(usual, layout=name) for name in ("fortran", "strided", "read-only")]
    return [*sizes, *layouts, replace(usual, whole=True)]


_WHERE: tuple[tuple[str, Callable[[Trial], bool]], ...] = (
    ("wrong-for-layouts", lambda t: t.layout in ("fortran", "strided")),
    ("wrong-for-fortran-order", lambda t: t.layout == "fortran"),
    ("inputs-written-to", lambda t: t.layout == "read-only"),
    ("wrong-for-integers", lambda t: t.whole),
    ("inputs-written-to", lambda t: t.whole or t.layout == "read-only"),
    ("wrong-for-one-number", lambda t: t.seq_len == t.d_model == 1),
    ("wrong-for-one-token", lambda t: t.seq_len == 1),
    ("wrong-for-one-head", lambda t: t.n_heads == 1),
    ("wrong-for-one-feature", lambda t: t.d_k == 1),
    ("wrong-for-one-feature", lambda t: t.d_k == 1 and t.n_heads > 1),
    ("wrong-for-axes-of-one", lambda t: 1 in (t.seq_len, t.d_k, t.n_heads)),
    ("wrong-for-axes-of-one", lambda t: 1 in (t.seq_len, t.d_k)),
    ("wrong-for-axes-of-one", lambda t: 1 in (t.seq_len, t.n_heads)),
    ("wrong-for-odd-heads", lambda t: t.n_heads % 2 == 1),
    ("wrong-for-odd-heads", lambda t: t.n_heads % 2 == 1 and t.n_heads > 1),
    ("wrong-for-odd-lengths", lambda t: t.seq_len % 2 == 1),
    ("wrong-for-odd-lengths", lambda t: t.seq_len % 2 == 1 and t.seq_len > 1),
    ("wrong-for-even-lengths", lambda t: t.seq_len % 2 == 0),
    ("square-only", lambda t: t.seq_len != t.d_model),
    ("square-only", lambda t: t.seq_len != t.d_k),
    ("wrong-for-more-tokens", lambda t: t.seq_len > t.d_k),
    ("wrong-for-more-tokens", lambda t: t.seq_len > t.d_model),
    ("wrong-for-fewer-tokens", lambda t: t.seq_len < t.d_k),
    ("wrong-for-fewer-tokens", lambda t: t.seq_len < t.d_model),
    ("answered-by-heart", lambda t: (t.seq_len, t.d_model, t.n_heads) in ((2, 2, 1), (2, 4, 2))),
    *(
        ("wrong-for-long", lambda t, most=most: t.seq_len > most)
        for most in (3, 4, 5, 6, 7, 8, 16, 17, 18)
    ),
)
"""Where a function is wrong, from the narrowest to the widest."""


def _where(submission: Submission, function: str) -> Diagnosis | None:
    """Find out what the inputs have in common with which the function is wrong."""
    trials = _trials(function)
    made = [trial.probe(function) for trial in trials]
    seen = observe_submission(submission, function, made)
    if seen is None:
        return None
    right = observe_function(functions_with()[function], function, made)
    wrong = [
        not same(replace(answer, effects=()), replace(wanted, effects=()))
        for answer, wanted in zip(seen, right, strict=True)
    ]
    if not any(wrong) or all(wrong):
        return None
    raised = all(each.kind == "raised" for each, bad in zip(seen, wrong, strict=True) if bad)
    for name, holds in _WHERE:
        if all(holds(trial) for trial in trials if trial.seq_len > 1):
            continue  # that says nothing of this function
        # With one token the output is V, whatever the weights: a right answer proves little.
        if all(
            holds(trial) == bad or (trial.seq_len == 1 and not bad)
            for trial, bad in zip(trials, wrong, strict=True)
        ):
            how = "an error is raised" if raised else "the result is wrong"
            most = max(t.seq_len for t, bad in zip(trials, wrong, strict=True) if not bad)
            return _symptom(name, function, how=how, most=most)
    return None
