"""Keys whose scores are far from the others' in one row."""

from itertools import combinations

import numpy as np

from grader.diagnosis.experiment import Reading, Subject
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import Inputs, side_by_side

from .attend import attend_each, attend_with
from .errors import RAISED, heads_of, how_wrong
from .likewise import keys_above

_SPREADS = (3.0, 10.0, 20.0, 30.0, 50.0)  # of queries and keys: the scores' is the square


def read_far_key(learner: Subject) -> list[Reading]:
    """Find out whether one key whose scores are far below the others' spoils the rest."""
    heads = heads_of(learner)
    found: dict[str, str] = {}
    for end, order in (("the first", slice(None)), ("the last", slice(None, None, -1))):
        rng = np.random.default_rng(1766)
        parts = [attention.first_far_below(rng, 5, 3) for _ in range(heads)]
        Q, K, V = (np.concatenate(arrays, axis=1)[order] for arrays in zip(*parts, strict=True))
        how = how_wrong(learner, attend_with(learner, heads)(Q, K, V), (Q, K, V), heads)
        if how is not None:
            found[end] = how
    if not found:
        return []
    (end, how), *others = found.items()
    words = {"whose": "one" if others else end, "how": how, "next": _AT_A_FAR_KEY[how == RAISED]}
    return [("wrong-for-a-far-key", words)]


_AT_A_FAR_KEY = {
    True: "Which number should exp give for it, and what in your file makes an error of that?",
    False: "Look at the exponentials, and at their dtype: what has become of the others?",
}
"""What to look at with such a key, by whether an error is raised."""


def read_whole_weight(learner: Subject) -> list[Reading]:
    """Find out whether rows go wrong in which one key gets all the weight, whichever it is."""
    heads = heads_of(learner)
    ends = range(5)
    Q, K, V = keys_above(1000.0, 0)
    drawn = [
        *(keys_above(1000.0, place) for place in ends),
        *(keys_above(1000.0, *pair) for pair in combinations(ends, 2)),
        (Q[:1], K[:1], V[:1]),
    ]
    calls = [(side_by_side(*[inputs] * heads), heads) for inputs in drawn]
    outs = attend_each(learner, calls)
    *found, single = (
        how_wrong(learner, out, inputs, heads) for out, (inputs, _) in zip(outs, calls, strict=True)
    )
    alone, shared = found[:5], found[5:]
    if None in alone or any(shared):
        return []
    words = {"how": str(alone[0]), "single": _SINGLE if single else ""}
    return [("wrong-for-whole-weight", words)]


_SINGLE = " A single token, which gets all the weight too, goes wrong as well."


def read_spread(learner: Subject) -> list[Reading]:
    """Find out whether scores that lie far apart in one row are what goes wrong."""
    heads = heads_of(learner)
    rng = np.random.default_rng(1768)
    drawn = [attention.draw(rng, 8, 4 * heads, spread) for spread in _SPREADS]
    drawn += [one_far_above(rng, heads, place) for place in range(5)]
    outs = attend_each(learner, [(inputs, heads) for inputs in drawn])
    for inputs, out in zip(drawn, outs, strict=True):
        how = how_wrong(learner, out, inputs, heads)
        if how is not None:
            return [("right-until-spread", {"how": how})]
    return []


def one_far_above(rng: np.random.Generator, heads: int, place: int) -> Inputs:
    """Return inputs in which the scores of the key at one place are far above the others'."""
    parts = [attention.first_far_below(rng, 5, 3) for _ in range(heads)]
    Q, K, V = side_by_side(*parts)
    K[0] *= -3
    return Q, np.roll(K, place, axis=0), V
