"""Public lives of a cache on which a diagnosis compares: none belongs to a hidden case.

They are fixed, so that the same file always gets the same diagnosis.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np

from grader.diagnosis.lives import FILL, LENGTH, MAKE, Step
from grader.diagnosis.probe import CORE, REPEATED, Probe
from grader.katas.common import tokens
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array

REFILLED = "refilled"
Life = tuple[Step, ...]


def append(k: Array, v: Array, on: int = 0, layout: str = "") -> Step:
    """Return the step that keeps a token."""
    return Step("append", (k, v), on=on, layout=layout)


def append_each(k: Array, v: Array) -> Step:
    """Return the step that keeps tokens, one after the other."""
    return Step("append", (k, v), each=True)


def attend(q: Array, on: int = 0, layout: str = "") -> Step:
    """Return the step that asks."""
    return Step("attend", (q,), gives=True, on=on, layout=layout)


def length(on: int = 0) -> Step:
    """Return the step that asks for the number of tokens."""
    return Step(LENGTH, on=on)


def step_by_step(drawn: Inputs, layout: str = "") -> Life:
    """Return the life in which each token is kept and asked for."""
    return tuple(
        step
        for q, k, v in zip(*drawn, strict=True)
        for step in (append(k, v, layout=layout), attend(q, layout=layout))
    )


def probe(group: str, shape: tuple[int, ...], values: Array, life: Life) -> Probe:
    """Return a life; errors are measured by the values, an array of (…, d_k)."""
    size = np.abs(values.astype(np.float64)).reshape(-1, shape[1]).max(axis=0)
    return Probe(group, shape, size, life=life)


@cache
def probes(function: str) -> tuple[Probe, ...]:
    """Return the probes of the class, in the order in which they are made."""
    rng = np.random.default_rng(2019)
    return (*_tokens(rng), *_promises(rng), *_shapes(rng), *_far_above(rng))


def _tokens(rng: np.random.Generator) -> Iterator[Probe]:
    def walk(group: str, drawn: Inputs, layout: str = "") -> Probe:
        return probe(group, drawn[0].shape[1:], drawn[2], step_by_step(drawn, layout))

    def once(group: str, drawn: Inputs) -> Probe:
        q, k, v = drawn
        return probe(group, q.shape[1:], v, (*map(append, k, v), attend(q[-1])))

    shares = np.array([1.0, 0.6, 0.9, 0.8])
    yield walk(CORE, tokens.bounded(rng, 4, 2, 3, 3.0))
    yield once(CORE, tokens.bounded(rng, 5, 3, 4, 3.0))
    q, k, v = tokens.bounded(rng, 3, 3, 4, 3.0)
    filled = map(append, k, v)
    counted = (length(), next(filled), length(), *filled, length(), attend(q[2]))
    yield probe("length", (3, 4), v, counted)
    yield probe("empty", (3, 4), v, (attend(q[0]), append(k[0], v[0]), attend(q[1])))
    yield walk("large", tokens.offset(rng, 4, 2, 3, 3000 * shares))
    q, k, v = tokens.bounded(rng, 5, 2, 3, 3.0)
    reused = step_by_step((q[:4], k[:4], v[:4]), REFILLED)
    # What comes last, in an array of its own, tells keys that are all one from values that are.
    yield probe("aliased", (2, 3), v, (*reused, append(k[4], v[4]), attend(q[4])))
    yield walk(REPEATED, tokens.bounded(rng, 4, 2, 3, 3.0))
    yield walk(CORE, tokens.bounded(rng, 3, 4, 2, 3.0))
    yield walk("one head", tokens.bounded(rng, 3, 1, 4, 3.0))
    yield walk("one feature", tokens.bounded(rng, 3, 3, 1, 3.0))
    yield walk("negative", tokens.offset(rng, 4, 2, 3, -3000 * shares))
    yield walk("far heads", tokens.offset(rng, 4, 2, 3, np.array([[3000.0], [-3000]])))
    yield walk("million", tokens.offset(rng, 4, 2, 3, 1e6 * shares))
    yield once("many", tokens.bounded(rng, 20, 2, 2, 3.0))
    yield once("very many", tokens.bounded(rng, 70, 1, 2, 3.0))
    whole = rng.integers(-2, 3, (3, 2, 3))
    later = tokens.bounded(rng, 2, 2, 3, 3.0)
    life = (*step_by_step((whole, whole[::-1], 3 * whole + 1)), *step_by_step(later))
    yield probe("integers", (2, 3), 3 * whole + 1, life)
    q, k, v = tokens.bounded(rng, 4, 2, 3, 3.0)
    yield walk("small", (q, k, 1e-6 * v))
    for keys in ([900.0, 901, 0, 900.5], [0, 2000.0, 0.5, -1]):  # the mean is near, or far
        yield once("keys apart", tokens.spread(rng, 4, 2, 3, np.array(keys)))


def _promises(rng: np.random.Generator) -> Iterator[Probe]:
    q, k, v = tokens.bounded(rng, 4, 2, 3, 3.0)
    alike = k[[0, 1, 0, 1]]
    yield probe("equal keys", (2, 3), v, (*step_by_step((q, alike, v)), length()))
    twice = (append(k[0], v[0]), append(k[1], v[1]), append(k[0], v[0]), length(), attend(q[0]))
    yield probe("equal tokens", (2, 3), v, twice)
    yield probe("silent", (2, 3), v, (append(k[0], v[0])._replace(silent=True), attend(q[0])))
    q, k, v = tokens.bounded(rng, 4, 2, 3, 3.0)
    first = (append(k[0], v[0]), attend(q[0]))
    rest = (append(k[1], v[1]), attend(q[1]))
    yield probe("again", (2, 3), v, (*first, attend(q[1]), attend(q[0]), *rest, attend(q[0])))
    yield probe("attended", (2, 3), v, (*first, length(), *rest, length()))
    fill = Step(FILL, (7.0,))
    yield probe("filled", (2, 3), v, (*first, fill, attend(q[0]), *rest, fill, attend(q[2])))
    yield probe("filled", (2, 3), v, (attend(q[0]), fill, attend(q[1]), *first, *rest))
    other = tokens.bounded(rng, 3, 2, 3, 3.0)
    two = (Step(MAKE, (2, 3)), append(k[0], v[0]), append(other[1][0], other[2][0], on=1))
    yield probe("two caches", (2, 3), v, (*two, attend(q[0]), attend(q[1], on=1), length(on=1)))
    life: Life = (append(k[0], v[0]), Step(MAKE, (2, 3)), length(), length(on=1), attend(q[0]))
    yield probe("two caches", (2, 3), v, life)
    life = (append(k[0], v[0]), Step(MAKE, (3, 2)), length(), length(on=1), attend(q[0]))
    yield probe("two sizes", (2, 3), v, life)


def _shapes(rng: np.random.Generator) -> Iterator[Probe]:
    q, k, v = tokens.bounded(rng, 3, 2, 4, 3.0)
    shapes = ((2, 3), (3, 4), (4, 2), (1, 4), (4,), (2, 1), (8,), (1, 2, 4), (), (2, 4, 1))
    life: Life
    for shape in shapes:
        wrong = np.array(rng.standard_normal(shape))
        for args in ((wrong, v[1]), (k[1], wrong)):
            life = (append(k[0], v[0]), refused("append", args, shape), length())
            yield probe("refused", (2, 4), v, life)
        life = (append(k[0], v[0]), refused("attend", (wrong,), shape), attend(q[0]))
        yield probe("refused", (2, 4), v, life)
    for shape in ((3, 4), (1, 4), (4,), (2, 3)):  # nothing is kept yet
        wrong = rng.standard_normal(shape)
        yield probe("refused", (2, 4), v, (refused("attend", (wrong,), shape), attend(q[0])))
        for args in ((wrong, v[1]), (k[1], wrong)):
            yield probe("refused", (2, 4), v, (refused("append", args, shape), length()))
    wrong = rng.standard_normal((3, 4))
    life = (append(k[0], v[0]), refused("append", (wrong, wrong), (3, 4)), length())
    yield probe("refused", (2, 4), v, life)
    wrong = rng.standard_normal((2, 3))
    life = (refused("append", (wrong, wrong), (2, 3)), length(), append(k[0], v[0]), attend(q[0]))
    yield probe("refused", (2, 4), v, life)


def _far_above(rng: np.random.Generator) -> Iterator[Probe]:
    """Yield lives in which the mean of the scores is near the largest, the first or last far."""
    for keys in ([0.0, 1000, 1000, 1000], [1000.0, 1000, 1000, 0]):
        q, k, v = tokens.spread(rng, 4, 2, 3, np.array(keys))
        yield probe("keys apart", (2, 3), v, (*map(append, k, v), attend(q[-1])))


def refused(method: str, args: tuple[Array, ...], shape: tuple[int, ...]) -> Step:
    """Return the step in which a cache of 2 heads of 4 features refuses an array of a shape."""
    return Step(method, args, refused=(str((2, 4)), str(shape)))
