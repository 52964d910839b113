"""What can be read off wrong projections: which of Q, K and V, where, and what moves them."""

from collections.abc import Sequence

import numpy as np

from grader.diagnosis.experiment import Reading, Subject, close
from grader.worker.arrays import Array

from .formulas import Drawn, another_array
from .places import carried, few_decimals, flags, in_words, left_empty, listed, where

_SIZES = ((5, 4), (3, 6), (4, 4))
_RESULTS = ("Q", "K", "V")


def read_projections(learner: Subject) -> list[Reading]:
    """Return what can be said of wrong projections."""
    drawn = []
    for number, (seq_len, d_model) in enumerate(_SIZES):
        rng = np.random.default_rng([1763, number])
        X = rng.standard_normal((seq_len, d_model))
        drawn.append((X, [rng.standard_normal((d_model, d_model)) for _ in _RESULTS]))
    learner.ask_each([(X, *weights) for X, weights in drawn])  # in one piece; it keeps the answers
    trials = []
    for X, weights in drawn:
        seen = _project(learner, X, weights)
        if seen is None or not all(np.isfinite(each).all() for each in seen):
            return []
        trials.append(Drawn(X, weights, seen, [X @ W for W in weights]))
    right = [all(close(t.seen[i], t.right[i]) for t in trials) for i in range(3)]
    if all(right):
        return []
    wrong = [i for i in range(3) if not right[i]]
    names = listed([_RESULTS[i] for i in wrong])
    for read in (
        _zeros,
        _decimals,
        _one_row,
        _unused_weights,
        _diagonal_only,
        _carried,
        _features,
        _places,
        _factor,
        _columns,
        _tokens_added,
        _constant,
        _small_to_zero,
        _tokens,
        _order,
        _another_array,
        _curved,
    ):
        found = read(learner, trials, wrong)
        if found is not None:
            return [(found[0], {"names": names, **found[1]})]
    return []


def _project(learner: Subject, X: Array, weights: Sequence[Array]) -> list[Array] | None:
    out = learner(X, *weights)
    if out is None or out.shape != (len(X), 3 * X.shape[1]):
        return None
    return np.split(out, 3, axis=1)


def _zeros(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether nothing but zeros comes back."""
    zero = all(not trial.seen[i].any() for trial in trials for i in wrong)
    return ("projections-of-zeros", {}) if zero else None


def _one_row(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether all tokens have one row."""
    for trial in trials:
        rows = [(trial.seen[i], np.broadcast_to(trial.seen[i][:1], trial.X.shape)) for i in wrong]
        if not all(close(*each) for each in rows):
            return None
    return "projections-alike", {}


def _decimals(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether no number has more than a few digits behind the point."""
    return few_decimals(trial.seen[i] for trial in trials for i in wrong)


def _unused_weights(
    learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]
) -> Reading | None:
    """Find out whether a weight matrix changes nothing."""
    unused = []
    for place in range(3):
        changed = []
        for trial in trials:
            weights = list(trial.weights)
            weights[place] = 2 * weights[place] + 1
            seen = _project(learner, trial.X, weights)
            if seen is None:
                return None
            changed.append(any(not close(*two) for two in zip(seen, trial.seen, strict=True)))
        if not any(changed):
            unused.append(("W_q", "W_k", "W_v")[place])
    return ("weights-without-influence", {"which": listed(unused)}) if unused else None


def _diagonal_only(
    learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]
) -> Reading | None:
    """Find out whether only the diagonals of the weights count."""
    for trial in trials:
        diagonals = [np.diag(np.diag(W)) for W in trial.weights]
        seen = _project(learner, trial.X, diagonals)
        if seen is None or not all(close(seen[i], trial.seen[i]) for i in wrong):
            return None
    return "diagonals-only", {"which": listed([("W_q", "W_k", "W_v")[i] for i in wrong])}


def _carried(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether a sum of products goes on with the numbers before it."""
    where = carried([(trial.seen[i], trial.right[i]) for trial in trials for i in wrong])
    return ("sums-carried", {"where": where}) if where else None


def _features(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether the first or the last feature of X is all that counts, or does not."""
    for name, end, part in (
        ("one-feature-counts", "first", slice(1, None)),
        ("one-feature-counts", "last", slice(None, -1)),
        ("feature-not-projected", "first", slice(0, 1)),
        ("feature-not-projected", "last", slice(-1, None)),
    ):
        counts = []
        for trial in trials:
            X = trial.X.copy()
            X[:, part] = 0.5 - 2 * X[:, part]
            seen = _project(learner, X, trial.weights)
            counts += [seen is None or not close(seen[i], trial.seen[i]) for i in wrong]
        if not any(counts):
            return name, {"end": end}
    return None


def _places(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether only some tokens or some features are right."""
    for axis, kind in ((0, "token"), (1, "feature")):
        found = {where([flags(t.seen[i], t.right[i], axis) for t in trials]) for i in wrong}
        name = found.pop()
        if not found and name is not None:
            line, pairs = (
                ("row", "column")[axis],
                [(t.seen[i], t.right[i]) for t in trials for i in wrong],
            )
            if axis == 0 and name in ("only-first", "only-last") and not left_empty(pairs):
                return None  # what changes the others, or that it is their place, says more
            return "projected-in-part", in_words(name, kind, line, pairs)
    return None


def _factor(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether the results are too large or too small by a factor."""
    factors = []
    for trial in trials:
        seen, right = (
            np.concatenate([some[i] for i in wrong], axis=1) for some in (trial.seen, trial.right)
        )
        factor = float((seen * right).sum() / (right * right).sum())
        if not close(seen, factor * right):
            return None
        factors.append(factor)
    if max(factors) - min(factors) < 1e-6:
        return "projections-off-by-a-factor", {"factor": f"{factors[0]:.4g}"}
    for power, text in (
        (0.5, "√d_model"),
        (1.0, "d_model"),
        (-0.5, "1/√d_model"),
        (-1.0, "1/d_model"),
    ):
        if all(
            abs(f - trial.X.shape[1] ** power) < 1e-6
            for f, trial in zip(factors, trials, strict=True)
        ):
            return "projections-off-by-a-factor", {"factor": text}
    return None


def _columns(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether each column is the right one times a number of its own."""
    for trial in trials:
        for i in wrong:
            seen, right = trial.seen[i], trial.right[i]
            factors = (seen * right).sum(axis=0) / (right * right).sum(axis=0)
            if not close(seen, factors * right) or np.abs(factors).min() < 1e-3:
                return None
    return "columns-rescaled", {}


def _tokens_added(
    learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]
) -> Reading | None:
    """Find out whether X, or a multiple of it, is added to the product."""
    times = []
    for trial in trials:
        for i in wrong:
            added = trial.seen[i] - trial.right[i]
            times.append(float((added * trial.X).sum() / (trial.X * trial.X).sum()))
            if not close(added, times[-1] * trial.X):
                return None
    if max(times) - min(times) > 1e-6:
        return None
    return "tokens-added", {"what": "X" if abs(times[0] - 1) < 1e-6 else f"{times[0]:.4g} · X"}


def _constant(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether something is added that does not hang on X, or on nothing at all."""
    fixed = True
    for trial in trials:
        other = _project(learner, trial.X[::-1] * 0.7 + 0.1, trial.weights)
        if other is None:
            return None
        for i in wrong:
            added = trial.seen[i] - trial.right[i]
            if not close(other[i] - (trial.X[::-1] * 0.7 + 0.1) @ trial.weights[i], added):
                return None
            fixed &= bool(np.ptp(added) < 1e-6)
    return "projections-shifted", {"what": "the same number" if fixed else "something"}


def _small_to_zero(
    learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]
) -> Reading | None:
    """Find out whether numbers below some size come back as zero, and all others as they are."""
    zeroed, kept = [], []
    for trial in trials:
        for i in wrong:
            gone = trial.seen[i] == 0
            if not close(np.where(gone, trial.right[i], trial.seen[i]), trial.right[i]):
                return None
            zeroed += np.abs(trial.right[i][gone]).tolist()
            kept += np.abs(trial.right[i][~gone]).tolist()
    if not zeroed or not kept or max(zeroed) > min(kept):
        return None
    return "small-to-zero", {}


def _tokens(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether one token changes the projections of another."""
    for trial in trials:
        X = trial.X.copy()
        X[0] = 0.5 - 2 * X[0]
        seen = _project(learner, X, trial.weights)
        if seen is None or all(close(seen[i][1:], trial.seen[i][1:]) for i in wrong):
            return None
    return "tokens-touch", {}


def _order(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether rows change when their tokens stand elsewhere."""
    for trial in trials:
        seen = _project(learner, trial.X[::-1], trial.weights)
        if seen is None or all(close(seen[i][::-1], trial.seen[i]) for i in wrong):
            return None
    return "places-projected", {}


def _another_array(
    learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]
) -> Reading | None:
    """Find out whether it is another array than X that the right weights are multiplied with."""
    what = another_array(trials, wrong)
    return None if what is None else ("another-array-projected", {"what": what})


def _curved(learner: Subject, trials: Sequence[Drawn], wrong: Sequence[int]) -> Reading | None:
    """Find out whether other multiples of X give other multiples of the result."""
    twice = False
    for trial in trials:
        none, double, minus = (
            _project(learner, f * trial.X, trial.weights) for f in (0.0, 2.0, -1.0)
        )
        if none is None or double is None or minus is None:
            return None
        for i in wrong:
            slope = trial.seen[i] - none[i]
            is_twice = close(double[i] - none[i], 2 * slope)
            if is_twice and close(minus[i] - none[i], -slope):
                return None
            twice |= is_twice
    return "projections-not-linear", {"times": "-1" if twice else "2"}
