"""An input that comes back as it is for some sizes, as from a line that catches an error."""

from collections.abc import Callable

from grader.diagnosis.experiment import Reading, Subject, close

from .attend import Attend, attend_each, draw
from .errors import heads_of

_SIZES = ((5, 3), (3, 5), (4, 4), (6, 6), (2, 7), (7, 2), (6, 3), (4, 2), (2, 4))
"""Tokens, and features of a head."""
_WHERE: tuple[tuple[str, Callable[[int, int], bool]], ...] = (
    ("there are not as many tokens as {features}", lambda tokens, features: tokens != features),
    ("there are as many tokens as {features}", lambda tokens, features: tokens == features),
    ("there are more tokens than {features}", lambda tokens, features: tokens > features),
    ("there are fewer tokens than {features}", lambda tokens, features: tokens < features),
)
_RIGHT = "Elsewhere what was tried is right."
_WRONG = "Elsewhere not all that was tried is right."


def read_returned(learner: Subject, right: Callable[[int], Attend]) -> list[Reading]:
    """Return for which sizes one of the inputs comes back, and what is so elsewhere.

    Args:
        learner: the function.
        right: given the number of heads, the attention that it is held against.
    """
    heads = heads_of(learner)
    tried = [draw(50 + n, tokens, heads * d_k) for n, (tokens, d_k) in enumerate(_SIZES)]
    outs = attend_each(learner, [(inputs, heads) for inputs in tried])
    for place, name in enumerate("QKV"):
        back = [close(out, inputs[place]) for out, inputs in zip(outs, tried, strict=True)]
        if not any(back) or all(back):
            continue
        for features, times in (("features", heads), ("features of a head", 1)):
            for where, holds in _WHERE:
                if [holds(tokens, times * d_k) for tokens, d_k in _SIZES] != back:
                    continue
                is_right = all(
                    close(out, right(heads)(*inputs))
                    for out, inputs, is_back in zip(outs, tried, back, strict=True)
                    if not is_back
                )
                words = {"name": name, "where": where.format(features=features)}
                return [
                    ("input-returned-for-some", {**words, "rest": _RIGHT if is_right else _WRONG})
                ]
    return []
