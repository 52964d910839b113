"""What can be read off the answers of a cache: which tokens they are made of, and which query."""

from collections.abc import Sequence

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, close
from grader.diagnosis.study import Study
from grader.katas.common import shifts, tokens
from grader.worker.arrays import Array

from .asking import answers, drawn_tokens, lived
from .probes import Life, append, append_each, attend

_TRIES = 2
_LONGEST = 600  # tokens of which it is asked which ones show in the output
_KINDS = {
    "nothing": "None",
    "list": "a list",
    "tuple": "a tuple",
    "booleans": "an array of booleans",
    "dtype": "an array that does not hold real numbers",
    "object": "something that is no array",
}


def answer_kept(study: Study) -> list[Reading] | None:
    """Find out whether a second query gets the answer of the first."""
    for at in range(_TRIES):
        q, k, v = drawn_tokens(at)
        size, filled = q.shape[1:], tuple(map(append, k, v))
        both = answers(study, size, [(*filled, attend(q[0]), attend(q[1]))])
        alone = answers(study, size, [(*filled, attend(q[1]))])
        if both is None or alone is None:
            return None
        if not close(alone[0][0], tokens.attended(q[1], k, v)) or not close(*both[0]):
            return None
    return [("answer-kept", {})]


def empty_answer(study: Study) -> list[Reading] | None:
    """Say what an empty cache gives, if that is not zeros, where tokens are answered rightly."""
    if not study.core.is_right:
        return None
    seen = lived(study, (2, 4), [(attend(np.ones((2, 4))),)])
    if seen is None or seen[0].kind == "raised":
        return None
    kind, values = seen[0].kind, seen[0].values
    if values is None:
        return [("empty-answer-wrong", {"what": _KINDS.get(kind, _KINDS["object"]), "next": _LINE})]
    if values.shape != (2, 4):
        what = f"an array of shape {values.shape}"
        return [("empty-answer-wrong", {"what": what, "next": _SHAPE})]
    if not values.any():
        return None
    what = "nan" if np.isnan(values).all() else "numbers that are not 0"
    return [("empty-answer-wrong", {"what": what, "next": _LINE})]


_LINE = "Which line of attend runs while nothing is kept, and what does it return?"
_SHAPE = (
    "Print the shape of what attend returns in such a cache, before and after the first append. "
    "Which line makes the first of them, and from which sizes?"
)


def zeros_attended(study: Study) -> list[Reading] | None:
    """Find out whether places with zeros take part beside the tokens that are kept."""
    q, k, v = drawn_tokens(0)
    size, two = q.shape[1:], tuple(map(append, k[:2], np.ones_like(v[:2])))
    got = answers(study, size, [(*two, attend(np.zeros(size))), (*two, attend(q[0]))])
    if got is None or got[0].min() <= 0 or np.ptp(got[0]) > NEAR:
        return None
    places = round(2 / float(got[0].mean()))
    if places <= 2 or abs(2 / places - got[0].mean()) > NEAR:
        return None
    zeros = np.zeros((places - 2, *size))
    keys, values = np.concatenate([k[:2], zeros]), np.concatenate([np.ones_like(v[:2]), zeros])
    if not close(got[1][0], tokens.attended(q[0], keys, values)):
        return None
    return [("zeros-attended", {"places": str(places), "more": str(places - 2)})]


def somewhere(study: Study) -> list[Reading] | None:
    """Find out what lives have in common that go wrong, and which tokens are lost if many do."""
    found = study.where.read()
    for name, words in found:
        if name == "wrong-for-many-tokens":
            words["lost"] = _lost(study, int(words["least"]))
    return found or None


def _lost(study: Study, n: int) -> str:
    """Say which of so many tokens do not show in the output, if that is all that is wrong."""
    if n > _LONGEST:
        return ""
    life = (append_each(np.zeros((n, 1, n)), np.eye(n)[:, None]), attend(np.zeros((1, n))))
    got = answers(study, (1, n), [life])
    if got is None:
        return ""
    missing = np.flatnonzero(np.abs(got[0][0, 0]) < NEAR**2).tolist()
    said = next((words for holds, words in _LOST if _is(missing, n, holds)), "")
    return said and f" Of {n} tokens with equal scores {said}."


def _is(missing: list[int], n: int, places: slice) -> bool:
    return bool(missing) and missing == list(range(n))[places]


_LOST = (
    (slice(0, 1), "the first no longer shows in the output"),
    (slice(-1, None), "the newest does not show in the output"),
    (slice(0, -1), "only the newest shows in the output"),
)


def subtracted(study: Study) -> list[Reading] | None:
    """Find out what is subtracted from the scores, where ordinary ones are right."""
    if not study.core.is_right:
        return None
    _, _, v = drawn_tokens(0)
    lives = [_of_scores(row, v) for row in shifts.ROWS.values()]
    seen = lived(study, v.shape[1:], lives)
    if seen is None:
        return None

    by_name = dict(zip(shifts.ROWS, seen, strict=True))

    def ask(name: str) -> shifts.RowAnswer:
        values, row = by_name[name].values, shifts.ROWS[name]
        if values is None or values.shape != v.shape[1:]:
            return "wrong"
        if np.isnan(values).all() or not values.any():
            return "0" if not values.any() else "nan"
        weights = np.exp(np.array(row) - max(row))
        right = np.tensordot(weights / weights.sum(), v, axes=1)
        return "right" if close(values, right) else "wrong"

    return shifts.what_is_subtracted(ask)


def single_precision(study: Study) -> list[Reading] | None:
    """Find out whether scores get the same weight that single precision cannot tell apart."""
    if not study.core.is_right:
        return None
    v = np.eye(2)[:, None]
    scores = ((2.0**24 + 1, 2.0**24), (2.0**25, 2.0**25 - 2), (0.0, 0.0))
    seen = answers(study, (1, 2), [_of_scores(row, v) for row in scores])
    right = [tokens.attended(np.ones((1, 1)), np.array(row).reshape(2, 1, 1), v) for row in scores]
    if seen is None or not close(seen[1][0], right[1]):
        return None
    return [("single-precision", {})] if close(seen[0][0], seen[2][0]) else None


def _of_scores(row: Sequence[float], v: Array) -> Life:
    """Return the life in which the scores of each head are these."""
    heads, d_k = v.shape[1:]
    first = np.eye(1, d_k).repeat(heads, axis=0)  # the features beside the first are 0
    return (
        *(append(score * first, one) for score, one in zip(row, v, strict=True)),
        attend(np.sqrt(d_k) * first),
    )
