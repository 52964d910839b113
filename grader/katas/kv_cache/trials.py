"""Lives that differ in one way each, and what they can have in common."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from grader.diagnosis.lives import FILL, MAKE, Step
from grader.diagnosis.probe import CORE, Probe
from grader.diagnosis.where import Condition, Stage
from grader.katas.common import tokens
from grader.katas.common.inputs import Inputs

from .probes import Life, append, append_each, attend, length, probe, refused, step_by_step

_ROWS = {
    "large": 3000 * np.array([1.0, 0.6, 0.9, 0.8]),
    "negative": -3000 * np.array([1.0, 0.6, 0.9, 0.8]),
    "heads apart": np.array([[3000.0], [-3000]]),
}


_REFUSED = ("refused", "refused value", "refused length")
_LATER = 2  # tokens of fractions that come after those of integers


class CacheTrial(NamedTuple):
    """One life that differs from ordinary ones in what its name says.

    Attributes:
        size: (tokens, heads, d_k).
        kind: what is done beside keeping and asking.
        scores: ordinary, or one of those above.
        whole: whether the first tokens hold integers: all of them, or "q", or "k and v" alone.
        layout: how arrays lie in memory.
        number: which draw.
    """

    size: tuple[int, int, int]
    kind: str = ""
    scores: str = ""
    whole: str = ""
    layout: str = ""
    number: int = 0

    @property
    def tells_little(self) -> str:
        """What makes many a wrong class right here."""
        if self.size[0] == 1:
            return "with one token"
        return "where only the length is asked" if self.kind.endswith("length") else ""

    @property
    def particular(self) -> str:
        """What is particular about it, in words."""
        n, heads, d_k = self.size
        if self.scores or self.whole:
            return "large scores" if self.scores else "arrays of integers"
        if self.kind in _PARTICULAR or self.layout:
            return _PARTICULAR[self.kind or self.layout]
        lengths = ((heads, "one head"), (d_k, "one feature"), (n, "one token"))
        return next((name for length, name in lengths if length == 1), _many(n))

    @property
    def tokens(self) -> int:
        """How many tokens are kept at the end."""
        return self.size[0] + _LATER * (self.whole in ("all", "k and v"))

    def of_length(self, n: int) -> "CacheTrial":
        """Return the same with another number of tokens."""
        return self._replace(size=(n, *self.size[1:]))

    @property
    def is_asked_again(self) -> bool:
        """Whether attend is called more than once with something to look at."""
        once = ("once", "two", *_REFUSED, "length", "empty", "filled one")
        return self.kind not in once and self.size[0] > 1

    def probe(self, _: str) -> Probe:
        """Return the life, of random numbers, the same each time."""
        rng = np.random.default_rng([2021, *self.size, self.number])
        n, heads, d_k = self.size
        drawn = tokens.bounded(rng, n, heads, d_k, 3.0)
        if self.scores:
            drawn = tokens.offset(rng, n, heads, d_k, _ROWS[self.scores])
        if self.whole:
            whole = rng.integers(-2, 3, (n, heads, d_k))
            both = (whole, whole[::-1], 3 * whole + 1)
            if self.whole == "q":
                return probe(CORE, (heads, d_k), drawn[2], step_by_step((whole, *drawn[1:])))
            if self.whole == "k and v":
                both = (drawn[0], *both[1:])
            drawn = both
            later = tokens.bounded(rng, _LATER, heads, d_k, 3.0)
            life = (*step_by_step(drawn), *step_by_step(later))
            return probe(CORE, (heads, d_k), drawn[2], life)
        return probe(CORE, (heads, d_k), drawn[2], self._life(drawn))

    def _life(self, drawn: Inputs) -> Life:
        q, k, v = drawn
        filled: Life = tuple(map(append, k, v))
        if self.kind == "empty":
            return (attend(q[0]), *filled, attend(q[-1]))
        if self.kind == "length":
            return (length(), *filled, length())
        if self.kind == "asked":
            return (*filled[:-1], attend(q[0]), attend(q[1]), filled[-1], attend(q[0]))
        if self.kind == "filled one":
            return (filled[0], attend(q[0]), Step(FILL, (7.0,)), attend(q[0]))
        if self.kind == "filled":
            return (*filled[:-1], attend(q[0]), Step(FILL, (7.0,)), attend(q[0]))
        if self.kind == "two":
            heads, d_k = q.shape[1:]
            return (*filled, Step(MAKE, (heads, d_k)), append(k[0], v[0], on=1), attend(q[0]))
        if self.kind == "refused":
            return (*filled, refused("append", (k[0][:, :3], v[0]), (2, 3)), attend(q[0]))
        if self.kind == "refused value":
            return (filled[0], refused("append", (k[0], v[0][:1]), (1, 4)), attend(q[0]))
        if self.kind == "refused length":
            return (*filled, refused("append", (k[0], v[0][:1]), (1, 4)), length())
        if self.kind == "at once":
            return (append_each(k, v), attend(q[-1]))
        if self.kind == "once":
            return (*filled, attend(q[-1]))
        return step_by_step(drawn, self.layout)


_USUAL = CacheTrial((4, 2, 4))
_SIZES = (
    *((4, 1, 3), (3, 2, 1), (1, 2, 3), (1, 1, 1), (5, 3, 2), (3, 3, 3), (2, 4, 5), (6, 2, 2)),
    *((8, 5, 3), (12, 2, 3), (12, 1, 2)),
)


_LAYOUTS = ("fortran", "strided", "read-only", "refilled")
LENGTH_ASKED = "len"
_PARTICULAR = {
    "empty": "an empty cache",
    "length": LENGTH_ASKED,
    "asked": "a query after another one",
    "filled": "a result that its caller wrote to",
    "filled one": "a result that its caller wrote to",
    "two": "a cache beside another one",
    "refused": "arrays that do not fit",
    "refused value": "arrays that do not fit",
    "refused length": "arrays that do not fit",
    "fortran": "transposed arrays",
    "strided": "every second column of wider arrays",
    "read-only": "arrays that cannot be written to",
    "refilled": "arrays that the caller uses again",
}


def _many(n: int) -> str:
    return "many tokens" if n > _FEW else ""


_FEW = 6


@cache
def trials(_: str, stage: Stage) -> list[CacheTrial]:
    """Return trials of the class."""
    if stage == "long":
        few = [CacheTrial((n, 2, 3), "once") for n in (12, 17, 40, 70)]
        return [*few, *(CacheTrial((n, 1, 2), "at once") for n in (140, 270, 520, 1030))]
    if stage == "again":
        once = [CacheTrial(size, "once", number=1) for size in _SIZES[::2]]
        return [*once, *(CacheTrial(size, number=1) for size in _SIZES)]
    kinds = ("once", *_PARTICULAR)
    return [
        *(CacheTrial(size) for size in _SIZES),
        *(_USUAL._replace(kind=kind) for kind in kinds if kind not in _LAYOUTS),
        *(_USUAL._replace(layout=layout) for layout in _LAYOUTS),
        *(_USUAL._replace(scores=scores) for scores in _ROWS),
        *(_USUAL._replace(whole=name) for name in ("all", "q", "k and v")),
    ]


_CONDITIONS: tuple[tuple[str, Callable[[CacheTrial], bool]], ...] = (
    ("inputs-written-to", lambda t: t.layout == "read-only"),
    ("inputs-written-to", lambda t: t.layout == "read-only" or bool(t.whole)),
    ("arguments-shared", lambda t: t.layout == "refilled"),
    ("wrong-for-layouts", lambda t: t.layout in ("fortran", "strided")),
    ("wrong-for-transposed", lambda t: t.layout == "fortran"),
    ("wrong-for-every-second", lambda t: t.layout == "strided"),
    ("wrong-for-integer-queries", lambda t: t.whole in ("all", "q")),
    ("wrong-for-integers", lambda t: bool(t.whole)),
    ("wrong-for-integer-tokens", lambda t: t.whole in ("all", "k and v")),
    ("wrong-for-integers", lambda t: t.whole == "all"),
    ("wrong-for-an-empty-cache", lambda t: t.kind == "empty"),
    ("length-wrong-only", lambda t: t.kind in ("length", "refused length")),
    ("length-wrong-only", lambda t: t.kind == "length"),
    ("results-shared", lambda t: t.kind == "filled"),
    ("results-shared", lambda t: t.kind == "filled one"),
    ("results-shared", lambda t: t.kind.startswith("filled")),
    ("caches-share", lambda t: t.kind == "two"),
    ("refused-append-changes", lambda t: t.kind == "refused value"),
    ("refused-append-changes", lambda t: t.kind in ("refused value", "refused length")),
    ("refusals-wrong", lambda t: t.kind in _REFUSED),
    ("refusals-wrong", lambda t: t.kind == "refused"),
    ("refusals-wrong", lambda t: t.kind == "refused length"),
    ("wrong-for-large-scores", lambda t: bool(t.scores)),
    ("wrong-for-large-scores", lambda t: t.scores == "large"),
    ("wrong-for-large-scores", lambda t: t.scores == "negative"),
    ("wrong-for-large-scores", lambda t: t.scores in ("large", "heads apart")),
    ("wrong-for-heads-apart", lambda t: t.scores == "heads apart"),
    ("wrong-for-one-head", lambda t: t.size[1] == 1),
    ("wrong-for-one-feature", lambda t: t.size[2] == 1),
    ("wrong-for-one-token", lambda t: t.size[0] == 1),
    ("right-for-one-token", lambda t: t.size[0] > 1),
    ("right-for-one-head", lambda t: t.size[1] > 1),
    ("wrong-for-large-scores", lambda t: t.scores in ("negative", "heads apart")),
    ("asking-changes", lambda t: t.kind == "asked"),
    ("asking-changes", lambda t: t.is_asked_again),
    ("asking-changes", lambda t: t.is_asked_again and t.kind != "filled"),
)


_LENGTHS = (2, 3, 4, 5, 6, 8, 12, 17, 40, 70, 140, 270, 520)


def _longer_than(most: int, heads: int = 1) -> Callable[[CacheTrial], bool]:
    return lambda trial: trial.tokens > most and trial.size[1] >= heads


def _tokens_of_several_heads(trial: CacheTrial) -> int:
    return trial.tokens if trial.size[1] > 1 else 0


def _by_length(name: str, heads: int, size: Callable[[CacheTrial], int]) -> Iterator[Condition]:
    for most in _LENGTHS:
        yield Condition(name, _longer_than(most, heads), size, CacheTrial.of_length)


CONDITIONS = (
    *(Condition(name, holds) for name, holds in _CONDITIONS),
    *_by_length("wrong-for-many-tokens", 1, lambda trial: trial.tokens),
    *_by_length("wrong-for-many-tokens-of-heads", 2, _tokens_of_several_heads),
)
