"""What more can be seen where it is known which inputs go wrong, and which numbers of tokens do."""

import itertools

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, close
from grader.diagnosis.observation import observe_submission
from grader.diagnosis.probe import CORE
from grader.diagnosis.study import Reader, Study
from grader.katas.common import batches
from grader.worker.arrays import Array

from .probes import layer

_TRIES = 3
_LENGTHS = (*range(1, 13), 16)
_MOST_NAMED = 5  # numbers of tokens


def somewhere(study: Study) -> list[Reading] | None:
    """Find out what the inputs have in common with which it is wrong, and what comes of them."""
    found = study.where.read()
    if not found:
        return None
    for name, words in found:
        if name == "wrong-without-a-mask-for-several":
            words["next"] = _MADE if "raised" in _kinds_without_a_mask(study) else _CHANGED
    looks = _LOOKS.get(study.function.name, {})
    look = next((look for name, look in looks.items() if found[0][0].startswith(name)), None)
    return (look and look(study)) or found


def _kinds_without_a_mask(study: Study) -> set[str]:
    """Return what kinds of things come back for several sequences without a mask."""
    made = [layer(CORE, first) for first, _ in _layers()]
    seen = observe_submission(study.submission, study.function, made, afresh=False) or []
    return {each.kind for each in seen}


_MADE = (
    "What does your code do where mask is None? If it makes a mask: write (batch, heads, seq_len, "
    "seq_len) and below it, right-aligned, the shape of that mask. Which axis does each length "
    "meet?"
)
_CHANGED = (
    "Take two sequences and no mask, change the second one, and print what belongs to the first "
    "after every line. In which line does it change first?"
)


def _zeros_for_hidden_queries(study: Study) -> list[Reading] | None:
    """Find out whether the tokens that a mask of one row hides get zeros, and no others do."""
    for shape, words in _OF_ONE_ROW:
        looks = []
        for at in range(_TRIES):
            Q, K, V = batches.bounded(np.random.default_rng([2028, at]), (2, 3, 5, 4), 2.0)
            shown = np.arange(5) != at
            mask = np.broadcast_to(shown, shape).copy()
            right = study.kata.solution.masked_attention(Q, K, V, mask)
            zeros = np.where(shown[:, None], right, 0.0)
            looks.append(close(study.learner(Q, K, V, mask), zeros))
        if all(looks):
            return [("zeros-for-hidden-queries", {"shape": words})]
    return None


_OF_ONE_ROW = (((1, 5), "(1, seq_len)"), ((2, 1, 1, 5), "(batch, 1, 1, seq_len)"))


def _own_features_alone(study: Study) -> list[Reading] | None:
    """Find out whether a head is made of the features of X at its own place, and of no others."""
    for (first, other), head in itertools.product(_layers(), set(_HEADS)):
        own = head == _HEADS
        first = first._replace(W_o=np.eye(6))
        new = first._replace(X=np.where(own, other.X, first.X))
        before, after = study.learner.ask_each([[*first], [*new]])
        if before is None or after is None:
            return None
        if not before.shape == after.shape == first.X.shape:
            return None
        if not close(before[..., ~own], after[..., ~own]) or close(
            before[..., own], after[..., own]
        ):
            return None
    return [("own-features-alone", {})]


def _blocks_alone(study: Study) -> list[Reading] | None:
    """Find out whether a head is made by some of the rows of its columns of the weights alone."""
    blocks = _HEADS[:, None] == _HEADS
    names = []
    for name in ("W_q", "W_k", "W_v"):
        same = []
        for first, other in _layers():
            changed = np.where(blocks, getattr(first, name), getattr(other, name))
            pair = study.learner.ask_each([[*first], [*first._replace(**{name: changed})]])
            same.append(close(*pair))
        if all(same):
            names.append(name)
    if not names:
        return _own_features_alone(study)
    *some, last = names
    words = f"{', '.join(some)} and {last}" if some else last
    return [("blocks-of-weights-alone", {"names": words})]


_HEADS = np.arange(6) // 2
"""To which of three heads each of six features belongs."""


def _layers() -> list[tuple[batches.Layer, batches.Layer]]:
    """Return pairs of layers of six features in three heads."""
    drawn = [batches.layer(np.random.default_rng(n), 2, 4, 6, 3) for n in range(2 * _TRIES)]
    return list(zip(drawn[::2], drawn[1::2], strict=True))


_LOOKS: dict[str, dict[str, Reader]] = {
    "masked_attention": {"wrong-for-masks": _zeros_for_hidden_queries},
    "multi_head_attention": {"right-for-one-head": _blocks_alone},
}
"""What is looked at more closely, by function and by what a symptom begins with."""


def lengths(study: Study) -> list[Reading] | None:
    """Say with how many tokens it is right and with how many wrong, and which of them are wrong."""
    if study.function.name != "masked_attention":
        return None
    right, wrong, rows = [], [], []
    for n in _LENGTHS:
        Q, K, V = batches.bounded(np.random.default_rng([2029, n]), (2, 3, n, 4), 2.0)
        mask = np.ones((n, n), bool)
        got, want = (
            study.learner(Q, K, V, mask),
            study.kata.solution.masked_attention(Q, K, V, mask),
        )
        if got is None or got.shape != want.shape:
            return None
        if close(got, want):
            right.append(n)
        else:
            wrong.append(n)
            rows.append(np.abs(np.nan_to_num(got - want, nan=np.inf)).max(axis=(0, 1, 3)) > NEAR)
    if len(right) < 2 or not wrong or right == [1, 2]:
        return None
    words = {"right": _some(right), "wrong": _some(wrong), "least": str(wrong[0])}
    return [("wrong-for-some-lengths", {**words, "where": _where(rows)})]


def _where(rows: list[Array]) -> str:
    """Say which tokens are wrong, if a few at the end are: of the smallest number that is wrong."""
    first = rows[0]
    places = np.flatnonzero(first)
    if len(places) == len(first) or places[-1] != len(first) - 1 or np.ptp(places) >= len(places):
        return ""
    few = f"token {places[0]} alone is" if len(places) == 1 else f"the last {len(places)} alone are"
    return f" Of {len(first)} tokens {few} wrong."


def _some(numbers: list[int]) -> str:
    others = ["others"] * (len(numbers) > _MOST_NAMED)
    *some, last = [*map(str, numbers[:_MOST_NAMED]), *others]
    return f"{', '.join(some)} and {last}" if some else last
