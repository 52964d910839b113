"""Which product each of the projections is, if it is another than X times its weights."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from grader.diagnosis.experiment import Reading, Subject, close
from grader.worker.arrays import Array

from .places import listed

_SIZES = ((5, 4), (3, 6), (4, 4))
_RESULTS = ("Q", "K", "V")
_WEIGHTS = ("W_q", "W_k", "W_v")
_PRODUCTS: dict[str, Callable[[Array, Array], Array]] = {
    "X times {W}": lambda X, W: X @ W,
    "X times the transposed {W}": lambda X, W: X @ W.T,
    "{W} times X": lambda X, W: W @ X,
    "{W} times the transposed X": lambda X, W: W @ X.T,
    "X times {W}, transposed after that": lambda X, W: (X @ W).T,
    "the transposed {W} times X": lambda X, W: W.T @ X,
    "the transposed X times {W}": lambda X, W: X.T @ W,
    "X times {W}, element by element": lambda X, W: X * W,
    "X times the sums of the rows of {W}": lambda X, W: X * W.sum(axis=1),
    "X times the sums of the columns of {W}": lambda X, W: X * W.sum(axis=0),
    "the sums of the rows of X times {W}": lambda X, W: X.sum(axis=1, keepdims=True) @ W[:1],
    "the sums of the columns of X times {W}": lambda X, W: X.sum(axis=0)[:, None] * W,
    "X plus {W}": lambda X, W: X + W,
    "{W} itself": lambda X, W: W,
}
"""What X and weights may be put together to; in words, as a line of code would give it away."""


def read_formulas(learner: Subject) -> list[Reading]:
    """Return what each wrong projection is made of."""
    drawn = []
    for number, (seq_len, d_model) in enumerate(_SIZES):
        rng = np.random.default_rng([1767, number])
        X = rng.standard_normal((seq_len, d_model))
        drawn.append((X, [rng.standard_normal((d_model, d_model)) for _ in _RESULTS]))
    parts = learner.ask_parts([(X, *weights) for X, weights in drawn])
    told = [(X, weights, part) for (X, weights), part in zip(drawn, parts, strict=True) if part]
    if len(told) < 2:
        return []
    names = [_name(told, place) for place in range(3)]
    wrong = [place for place, name in enumerate(names) if name != _right(place)]
    if not wrong or any(not names[place] for place in wrong):
        return []
    results = listed([_RESULTS[place] for place in wrong])
    kinds = {names[place].replace(_WEIGHTS[place], "its weights") for place in wrong}
    if len(kinds) == 1 < len(wrong) and "its weights" in min(kinds):
        said = f"each of {results} is {kinds.pop()}"
    else:
        said = listed([f"{_RESULTS[place]} is {names[place]}" for place in wrong])
    return [("another-product", {"names": results, "what": said})]


def _right(place: int) -> str:
    return f"X times {_WEIGHTS[place]}"


def _name(told: Sequence[tuple[Array, list[Array], list[Array]]], place: int) -> str:
    """Say what one of the three is, in all that was tried; empty if nothing fits."""
    for at in (place, *(other for other in range(3) if other != place)):
        for name, product in _PRODUCTS.items():
            if all(_is(part[place], product, X, weights[at]) for X, weights, part in told):
                return name.format(W=_WEIGHTS[at])
    return ""


def _is(seen: Array, product: Callable[[Array, Array], Array], X: Array, W: Array) -> bool:
    try:
        return close(seen, product(X, W))
    except ValueError:  # the shapes do not fit
        return False


class Drawn(NamedTuple):
    """Ordinary inputs, what came back for Q, K and V, and what should have."""

    X: Array
    weights: list[Array]
    seen: list[Array]
    right: list[Array]


def another_array(trials: Sequence[Drawn], wrong: Sequence[int]) -> str | None:
    """Say what several results are the right weights times, if that is one array, and not X.

    Args:
        trials: what was tried.
        wrong: the places of the wrong results.

    Returns:
        What is known of the array, as a sentence goes on with it; None if there is none.
    """
    made = []
    for trial in trials:
        first, *others = (np.linalg.solve(trial.weights[i].T, trial.seen[i].T).T for i in wrong)
        if not others or not all(close(first, other) for other in others):
            return None
        made.append((trial.X, first))
    known = (name for name, of in _ARRAYS.items() if all(close(other, of(X)) for X, other in made))
    return next((f": {name}" for name in known), "")


def _centered(X: Array) -> Array:
    means: Array = X.mean(axis=1, keepdims=True)
    return X - means


_ARRAYS: dict[str, Callable[[Array], Array]] = {
    "each row has lost its mean": _centered,
    "each row has mean 0 and variance 1": lambda X: _centered(X) / X.std(axis=1, keepdims=True),
    "its negative numbers are 0": lambda X: np.maximum(X, 0),
}
"""What may be made of X before it is multiplied, in words."""
