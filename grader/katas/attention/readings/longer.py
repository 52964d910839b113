"""What goes wrong only for more tokens than a few, and not for all inputs even then."""

from collections.abc import Iterable

import numpy as np

from grader.diagnosis.experiment import Reading, Subject, close
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from .attend import attend_each, attend_rightly, draw
from .errors import heads_of

_TOKENS = range(1, 13)
_DRAWS = 6
_WIDE, _WIDER = 2.0, 6.0  # spread of queries and keys, so that one key outweighs others
_OFF = 0.01  # how far from 1 a sum is told
_FEWEST = 2  # tokens up to which all is right, where it is said


def read_longer(learner: Subject) -> list[Reading]:
    """Return up to how many tokens all is right, if for more tokens some of it is not."""
    few = range(1, _FEWEST + 1)
    if not all(close(*both) for both in _answers(learner, few, _WIDE)):
        return []
    wrong: dict[int, list[bool]] = {}
    sums: dict[int, list[Array]] = {}
    for out, right in _answers(learner, _TOKENS, _WIDE):
        if out is None or not np.isfinite(out).all():
            return []
        wrong.setdefault(len(out), []).append(not close(out, right))
        if wrong[len(out)][-1]:
            rows = out.reshape(len(out), heads_of(learner), -1).sum(axis=-1).ravel()
            sums.setdefault(len(out), []).append(rows)
    least = next((tokens for tokens in _TOKENS if any(wrong[tokens])), 0)
    more = [wrong[tokens] for tokens in _TOKENS if tokens >= least]
    if not least or not all(map(any, more)) or all(map(all, more)):
        return []
    if not all(close(*both) for both in _answers(learner, range(1, least), _WIDER)):
        return []  # it is how far apart the scores lie
    farthest = max(np.concatenate(sums[least]).tolist(), key=lambda total: abs(total - 1))
    is_off = abs(farthest - 1) > _OFF
    seen = f" Seen through V = identity, a row of the weights adds up to {farthest:.3g}, not to 1."
    words = {"most": str(least - 1), "least": str(least), "seen": seen if is_off else ""}
    return [("wrong-for-some-long", words)]


def _answers(
    learner: Subject, lengths: Iterable[int], spread: float
) -> list[tuple[Array | None, Array | None]]:
    """Return what comes back of inputs of these lengths, and what should."""
    heads = heads_of(learner)
    tried = [_drawn(n, tokens, heads, spread) for tokens in lengths for n in range(_DRAWS)]
    outs = attend_each(learner, [(inputs, heads) for inputs in tried])
    right = attend_rightly(learner.kata)(heads)
    return [(out, right(*inputs)) for inputs, out in zip(tried, outs, strict=True)]


def _drawn(number: int, tokens: int, heads: int, spread: float) -> Inputs:
    """Return inputs whose values are an identity in each head, so that weights come out."""
    width = max(_TOKENS)
    Q, K, _ = draw(100 * tokens + number, tokens, heads * width, spread / width**0.25)
    return Q, K, np.tile(np.eye(tokens, width), heads)
