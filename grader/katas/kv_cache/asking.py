"""What is asked of a cache to find out what is wrong with it."""

from collections.abc import Sequence

import numpy as np

from grader.diagnosis.observation import Observation, enlarged, observe_submission
from grader.diagnosis.probe import CORE
from grader.diagnosis.study import Study
from grader.katas.common import tokens
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .probes import Life, append, attend, probe


def lived(study: Study, size: tuple[int, int], lives: Sequence[Life]) -> list[Observation] | None:
    """Return what came of lives of caches of one size, each in a cache of its own."""
    made = [probe(CORE, size, np.ones((1, size[1])), life) for life in lives]
    return observe_submission(study.submission, study.function, made)


def answers(study: Study, size: tuple[int, int], lives: Sequence[Life]) -> list[Array] | None:
    """Return the answers of such lives, stacked for each; None if one gives no finite arrays."""
    seen = lived(study, size, lives)
    if seen is None:
        return None
    found = []
    for each, life in zip(seen, lives, strict=True):
        asked = sum(step.gives for step in life)
        if each.values is None or each.values.shape != (size[0] * asked, size[1]):
            return None
        if not np.isfinite(each.values).all():
            return None
        found.append(enlarged(each.values, np.ones(size[1])).reshape(asked, *size))
    return found


def asked(study: Study, drawn: list[Inputs]) -> list[Array] | None:
    """Return what each of these tokens gives to the last query; None if it is not all arrays."""
    made = []
    for q, k, v in drawn:
        life = (*map(append, k, v), attend(q[-1]))
        made.append(probe(CORE, q.shape[1:], np.ones((1, q.shape[2])), life))
    seen = observe_submission(study.submission, study.function, made)
    if seen is None:
        return None
    found = []
    for each, (q, _, _), one in zip(seen, drawn, made, strict=True):
        if each.values is None or each.values.shape != q.shape[1:]:
            return None
        if not np.isfinite(each.values).all():
            return None
        found.append(enlarged(each.values, one.size))
    return found


def drawn_tokens(number: int) -> Inputs:
    """Return the q, k, v of four tokens in three heads of four features."""
    return tokens.bounded(np.random.default_rng([2022, number]), 4, 3, 4, 2.0)
