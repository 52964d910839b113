"""What goes wrong only for more tokens than a few, and not for all inputs even then."""

import numpy as np

from grader.diagnosis.experiment import Reading, Subject, close
from grader.katas.common.inputs import Inputs

from .attend import attend_each, attend_rightly, draw
from .errors import heads_of

_TOKENS = range(1, 13)
_DRAWS = 6
_WIDE = 2.0  # spread of queries and keys, so that one key outweighs others
_OFF = 0.01  # how far from 1 a sum is told
_FEWEST = 2  # tokens up to which all is right, where it is said


def read_longer(learner: Subject) -> list[Reading]:
    """Return up to how many tokens all is right, if for more tokens some of it is not."""
    heads = heads_of(learner)
    tried = [_drawn(number, tokens, heads) for tokens in _TOKENS for number in range(_DRAWS)]
    outs = attend_each(learner, [(inputs, heads) for inputs in tried])
    right = attend_rightly(learner.kata)(heads)
    wrong, sums = [], []
    for inputs, out in zip(tried, outs, strict=True):
        if out is None or not np.isfinite(out).all():
            return []
        if not close(out, right(*inputs)):
            wrong.append(len(out))
            sums.append(out.reshape(len(out), heads, -1).sum(axis=-1).ravel())
    if not wrong or min(wrong) <= _FEWEST or set(wrong) != {n for n in _TOKENS if n >= min(wrong)}:
        return []
    farthest = max(np.concatenate(sums).tolist(), key=lambda total: abs(total - 1))
    is_off = abs(farthest - 1) > _OFF
    seen = f" Seen through V = identity, a row of the weights adds up to {farthest:.3g}, not to 1."
    words = {"most": str(min(wrong) - 1), "least": str(min(wrong)), "seen": seen if is_off else ""}
    return [("wrong-for-some-long", words)]


def _drawn(number: int, tokens: int, heads: int) -> Inputs:
    """Return inputs whose values are an identity in each head, so that weights come out."""
    width = max(_TOKENS)
    Q, K, _ = draw(100 * tokens + number, tokens, heads * width, _WIDE / width**0.25)
    return Q, K, np.tile(np.eye(tokens, width), heads)
