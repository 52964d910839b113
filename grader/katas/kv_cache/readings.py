"""What can be read off a wrong cache that no known mistake explains, in which order."""

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, span
from grader.diagnosis.lives import MAKE, Step
from grader.diagnosis.observation import observe_function, observe_submission
from grader.diagnosis.probe import CORE, Probe
from grader.diagnosis.readings import READERS as READERS_OF_ANY
from grader.diagnosis.readings import wrong_in_particular, wrong_somewhere
from grader.diagnosis.study import Reader, Study
from grader.katas.common import scales, tokens
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

from . import lookups
from .asking import asked, drawn_tokens
from .particulars import in_particular
from .probes import append, attend, length, probe
from .refusals import refusals, refusals_beside

_TRIES = 3


def no_influence(study: Study) -> list[Reading] | None:
    """Find out whether q, k or v changes nothing."""
    pairs = [(drawn_tokens(at), drawn_tokens(at + 10)) for at in range(_TRIES)]
    for place, name in enumerate(("q", "k", "v")):
        changed = []
        for first, other in pairs:
            q, k, v = (new if at == place else old for at, (old, new) in _both(first, other))
            changed.append((q, k, v))
        got = asked(study, [*(first for first, _ in pairs), *changed])
        if got is None:
            return None
        if all(np.abs(got[at] - got[at + _TRIES]).max() < NEAR for at in range(_TRIES)):
            return [("argument-without-influence", {"name": name})]
    return None


def _both(first: Inputs, other: Inputs) -> list[tuple[int, tuple[Array, Array]]]:
    return list(enumerate(zip(first, other, strict=True)))


def shared(study: Study) -> list[Reading] | None:
    """Find out whether a new cache, made beside one that holds a token, is empty."""
    q, k, v = drawn_tokens(0)
    size, first = q.shape[1:], append(k[0], v[0])
    lives = ((first, Step(MAKE, size), length(on=1)), (Step(MAKE, size), first, length(on=1)))
    for life in lives:
        made = [probe(CORE, size, v, (*life, length()))]
        seen = observe_submission(study.submission, study.function, made)
        right = _said_by_ours(study, made)
        if seen is None or not seen[0].kind.startswith("array"):
            return None
        if seen[0].kind != right:
            alone = [probe(CORE, size, v, steps) for steps in ((length(),), (first, length()))]
            single = observe_submission(study.submission, study.function, alone)
            ours = [_said_by_ours(study, [one]) for one in alone]
            if single and [each.kind for each in single] == ours:
                return [("caches-share", {"how": "the tokens of one are found in the other"})]
    return None


def _said_by_ours(study: Study, made: list[Probe]) -> str:
    """Return what the solution gives in words."""
    return observe_function(study.kata.solution.KVCache, study.function, made)[0].kind


def heads_touch(study: Study) -> list[Reading] | None:
    """Find out whether other numbers in head 0 change what the others put out."""
    own = np.arange(3)[:, None] == 0
    pairs = []
    for at in range(_TRIES):
        first, other = drawn_tokens(at), drawn_tokens(at + 10)
        q, k, v = (np.where(own, new, old) for old, new in zip(first, other, strict=True))
        pairs += [first, (q, k, v)]
    got = asked(study, pairs)
    if got is None:
        return None
    touched = [np.abs(a[1:] - b[1:]).max() > NEAR for a, b in zip(got[::2], got[1::2], strict=True)]
    return [("heads-touch", {})] if all(touched) else None


def weights(study: Study) -> list[Reading] | None:
    """Find out whether the weights, seen with other values, sum to 1."""
    drawn = []
    for at in range(_TRIES):
        q, k, _ = drawn_tokens(at)
        drawn += [(q, k, np.ones_like(k)), (q, k, np.tile(np.eye(4)[:, None], (1, 3, 1)))]
    got = asked(study, drawn)
    if got is None:
        return None
    seen = got[1::2]  # of shape (heads, tokens): the weights themselves
    said = _unseen(study)
    if said is not None:
        return [said]
    if all(np.abs(each - 1).max() > NEAR for each in got[::2]):
        return [("weights-do-not-sum-to-one", {"range": span(np.stack(got[::2]))})]
    sums = all(np.abs(each.sum(axis=1) - 1).max() < NEAR for each in seen)
    wrong = any(
        np.abs(each - tokens.attended(q[-1], k, v)).max() > NEAR
        for each, (q, k, v) in zip(seen, drawn[1::2], strict=True)
    )
    return [("weights-wrong", {})] if sums and wrong else None


def size_of_scores(study: Study) -> list[Reading] | None:
    """Find out whether the weights are those of the scores times some number."""

    def ask(width: int) -> tuple[Array, Array] | None:
        rng = np.random.default_rng([2032, width])
        drawn = [tokens.bounded(rng, 2, 3, width, 2.0) for _ in range(_TRIES)]
        first = np.zeros((2, 3, width))
        first[0, :, 0] = 1.0
        got = asked(study, [(q, k, first) for q, k, _ in drawn])
        if got is None:
            return None
        scores = [(k * q[-1]).sum(axis=-1) / np.sqrt(width) for q, k, _ in drawn]
        return np.stack(got)[..., 0], np.stack([each[0] - each[1] for each in scores])

    found = scales.factors(ask)
    words = found and scales.told(found)
    return [("scores-of-another-size", words)] if words else None


def _unseen(study: Study) -> Reading | None:
    """Say which tokens never show in the output, or do not in some heads, if there are any."""
    shown = []
    for n, heads in _SIZES:
        q, k, _ = tokens.bounded(np.random.default_rng([2027, n]), n, heads, n, 2.0)
        one_each = np.tile(np.eye(n)[:, None], (1, heads, 1))  # so that the weights come back
        got = asked(study, [(q, k, one_each)])
        if got is None:
            return None
        shown.append(np.abs(got[0]) > NEAR**2)
    for name, which, places in _BLANK:
        if all(_is_blank(each, places) for each in shown):
            return name, {"which": which}
    heads_see = [[np.flatnonzero(row).tolist() for row in each] for each in shown]
    seen = heads_see[0]
    if all(map(len, seen)) and any(row != seen[0] for row in seen):
        said = ", ".join(f"head {head} {_places(row)}" for head, row in enumerate(seen))
        return "tokens-hidden-from-heads", {"which": said}
    return None


_SIZES = ((4, 3), (3, 3), (2, 2), (3, 2), (2, 4), (5, 1))
"""Numbers of tokens, and of heads, of the caches in which it is asked which tokens show."""


def _is_blank(shown: Array, places: slice) -> bool:
    blank = np.zeros(shown.shape[1], bool)
    blank[places] = True
    return bool((shown == ~blank).all())


def _places(row: list[int]) -> str:
    *some, last = map(str, row)
    return f"sees {' and '.join([', '.join(some)] * bool(some) + [last])}"


_BLANK = (
    ("token-without-weight", "newest", slice(-1, None)),
    ("token-without-weight", "first", slice(0, 1)),
    ("one-token-alone", "newest", slice(0, -1)),
    ("one-token-alone", "first", slice(1, None)),
)
"""What is said where these tokens never show in the output, however many there are."""


def unwritten(study: Study) -> list[Reading] | None:
    """Say which method gives nothing back, and whether the others do what they should."""
    if {each.kind for each in study.core.seen if each.kind != "raised"} != {"nothing"}:
        return None
    _, k, v = drawn_tokens(0)
    made = [probe(CORE, k.shape[1:], v, (length(), *map(append, k, v), length()))]
    seen = observe_submission(study.submission, study.function, made)
    if seen is None or seen[0].kind != _said_by_ours(study, made):
        return [("nothing-returned", {"rest": "", "next": _EACH})]
    rest = " append keeps something for each token, as len says: attend is left."
    return [("nothing-returned", {"rest": rest, "next": _ATTEND})]


_EACH = (
    "What does append keep, and in which attribute of self? What does len(cache) say after two "
    "tokens?"
)
_ATTEND = (
    "Compute the scores of one head in attend, for two tokens, and print them. Which line hands "
    "the result to the caller?"
)


def kept_by_asking(study: Study) -> list[Reading] | None:
    """Find out whether attend changes the number of tokens."""
    q, k, v = drawn_tokens(0)
    life = (append(k[0], v[0]), append(k[1], v[1]), attend(q[0]), attend(q[1]), length())
    made = [probe(CORE, q.shape[1:], v, each) for each in (life, (*life[:2], length()))]
    made[1] = made[1]._replace(life=(*made[1].life, attend(q[0])))
    seen = observe_submission(study.submission, study.function, made)
    if seen is None or not all(each.notes for each in seen):
        return None
    after, before = (each.notes[-1].value for each in seen)
    words = {"before": str(before), "after": str(after)}
    return [("asking-changes-len", words)] if before == 2 != after else None


_OWN: dict[Reader, Reader] = {
    wrong_somewhere: lookups.somewhere,
    wrong_in_particular: in_particular,
}
_COMMON = [_OWN.get(each, each) for each in READERS_OF_ANY]
_AT = _COMMON.index(lookups.somewhere)
_COMMON.insert(_AT + 1, refusals_beside)
READERS: tuple[Reader, ...] = (
    unwritten,
    shared,
    kept_by_asking,
    lookups.answer_kept,
    refusals,
    *_COMMON[:_AT],
    lookups.empty_answer,
    lookups.subtracted,
    lookups.single_precision,
    *_COMMON[_AT:],
    no_influence,
    heads_touch,
    lookups.zeros_attended,
    size_of_scores,
    weights,
)
