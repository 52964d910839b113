"""What queries and keys are compared by, where it is no dot product."""

from collections.abc import Callable, Sequence

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, Subject, close
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .attend import Glance, are_weights, attend_each, look_at_weights, ordinary
from .scales import centered

_NEAR_EACH_OTHER = 0.3  # by what queries and keys are multiplied for such scores
_SMALL = " Where the scores of a row lie near each other, they are right."


def read_scores(learner: Subject) -> list[Reading]:
    """Return what the weights are a function of, if each query shares out the whole weight.

    A matrix that Q is multiplied by, and the inverse of its transpose for K, leave every dot
    product as it is, and change lengths and distances.
    """
    looks = look_at_weights(learner)
    if not are_weights(learner, looks):
        return []
    if any(np.abs(look.seen.sum(axis=-1) - 1).max() > NEAR for look in looks):
        return []
    kept = [
        close(*attend_each(learner, [(inputs, heads), (_sheared(inputs, heads), heads)]))
        for inputs, heads in ordinary(learner)
    ]
    if any(kept) and not all(kept):
        return []  # in some shapes only
    if all(kept):
        near = look_at_weights(learner, _NEAR_EACH_OTHER)
        right = bool(near) and all(close(look.seen, look.right) for look in near)
        return [("weights-not-exponential", {"small": _SMALL if right else ""})]
    return _kinds(looks) or [("scores-not-dot-products", {})]


def _sheared(inputs: Inputs, heads: int) -> Inputs:
    Q, K, V = inputs
    width = Q.shape[1] // heads
    shear = np.eye(width) + 0.3 * np.random.default_rng(1765).standard_normal((width, width))
    whole = np.kron(np.eye(heads), shear)
    return Q @ whole, K @ np.linalg.inv(whole).T, V


def _kinds(looks: Sequence[Glance]) -> list[Reading]:
    """Say what the scores are, if the softmax of a multiple of something else is what came."""
    if any((look.seen <= 0).any() for look in looks):
        return []
    for what, scores in _KINDS.items():
        for look in looks:
            seen, other = (centered(table) for table in (np.log(look.seen), scores(look.Q, look.K)))
            slope = (seen * other).sum() / (other * other).sum()
            if slope <= 0 or np.abs(seen - slope * other).max() > 1e-5:
                break
        else:
            return [("scores-of-another-kind", {"what": what})]
    return []


def _difference(Q: Array, K: Array) -> Array:
    difference: Array = Q[:, :, None] - K[:, None]
    return difference


def _unit(rows: Array) -> Array:
    unit: Array = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return unit


def _less_mean(rows: Array) -> Array:
    less: Array = rows - rows.mean(axis=-1, keepdims=True)
    return less


def _products(Q: Array, K: Array) -> Array:
    products: Array = Q @ K.transpose(0, 2, 1)
    return products


_KINDS: dict[str, Callable[[Array, Array], Array]] = {
    "minus the squared distances": lambda Q, K: -(_difference(Q, K) ** 2).sum(axis=-1),
    "minus the distances": lambda Q, K: -np.linalg.norm(_difference(Q, K), axis=-1),
    "minus the sums of absolute differences": lambda Q, K: -np.abs(_difference(Q, K)).sum(axis=-1),
    "the distances": lambda Q, K: np.linalg.norm(_difference(Q, K), axis=-1),
    "the squared distances": lambda Q, K: (_difference(Q, K) ** 2).sum(axis=-1),
    "the cosines": lambda Q, K: _products(_unit(Q), _unit(K)),
    "the dot products with keys brought to length 1": lambda Q, K: _products(Q, _unit(K)),
    "the dot products with queries brought to length 1": lambda Q, K: _products(_unit(Q), K),
    "the dot products with normalized keys": lambda Q, K: _products(Q, _unit(_less_mean(K))),
    "the dot products with normalized queries": lambda Q, K: _products(_unit(_less_mean(Q)), K),
    "the products of the sums": lambda Q, K: _products(
        Q.sum(axis=-1, keepdims=True), K.sum(axis=-1, keepdims=True)
    ),
    "the correlations": lambda Q, K: _products(_unit(_less_mean(Q)), _unit(_less_mean(K))),
}
"""What queries and keys may be compared by; up to a factor and up to what a row has in common."""
