"""Lives small enough to follow by hand, on which `kata explain` and `--hint` show a mistake."""

from collections.abc import Iterator

import numpy as np

from grader.diagnosis.lives import FILL, MAKE, Step
from grader.worker.arrays import Array

from .probes import REFILLED, Life, append, attend, length

Lives = list[tuple[tuple[int, int], Life]]


def small_inputs(_: str) -> Iterator[tuple[str, Lives]]:
    """Yield lives small enough to follow by hand: what is particular, and the lives."""
    q, k, v = np.array([[2.0, 0.0]]), np.array([[0.5, 1.0]]), np.array([[1.0, 2.0]])
    other, later, last = np.array([[1.0, 0.0]]), np.array([[3.0, 5.0]]), np.array([[4.0, 0.0]])
    first, then = append(k, v), append(other, later)

    def one(*steps: Step) -> Lives:
        return [((1, 2), steps)]

    yield "two tokens", one(first, then, attend(q))
    yield "one token", one(first, attend(q))
    yield "before anything was appended", one(attend(q))
    yield "how many tokens there are", one(length(), first, length())
    yield "how many tokens there are, in two heads", [((2, 2), (length(), _both(k, v), length()))]
    yield "the same question again", one(first, then, attend(q), attend(q), length())
    yield "two heads", [((2, 2), (_both(k, v), _both(other, later), attend(_pair(q, -q))))]
    apart = _pair(1000 * q, -1000 * q)
    yield "large scores", [((2, 2), (_both(k, v), _both(other, later), attend(apart)))]
    reused = [Step(one.method, one.args, layout=REFILLED) for one in (first, then)]
    yield "the caller uses its arrays again", one(*reused, append(k, last), attend(q))
    fill = Step(FILL, (7.0,))
    yield "the caller writes into what came back", one(first, attend(q), fill, attend(q))
    yield "a second result", one(first, attend(q), then, attend(q))
    make = Step(MAKE, (1, 2))
    yield "a second cache", one(first, make, append(other, later, on=1), attend(q), attend(q, on=1))
    yield "a second cache, just made", one(first, make, length(), length(on=1))
    for shape in ((1, 3), (2,), (2, 1), (1, 1), (2, 2)):
        wrong = np.ones(shape)
        named = (str((1, 2)), str(shape))
        for method, args in (("append", (wrong, v)), ("append", (k, wrong)), ("attend", (wrong,))):
            refused = Step(method, args, refused=named)
            yield f"an array of shape {shape}", one(first, refused, length())
    whole = append(np.array([[1, 0]]), np.array([[1, 2]]))
    yield "whole numbers first", one(whole, append(k, v / 4), attend(q))
    near = [append(np.array([[1000 + by, 0.0]]), v + by * 2000) for by in (0, 5e-4, -5e-4)]
    yield "scores of a million", one(*near, attend(500 * q))
    many = [append(k * at / 20, v + at) for at in range(70)]
    yield "seventy tokens", one(*many, length())
    yield "what append gives back", one(first._replace(silent=True))
    yield "an empty cache, written into", one(attend(q), fill, attend(q))
    yield "whole numbers asked", one(first, then, attend(np.array([[2, 0]])))
    for shape in ((2, 2), (1, 3)):
        asked = Step("attend", (np.ones(shape),), refused=(str((1, 2)), str(shape)))
        yield f"an array of shape {shape}, asked of an empty cache", one(asked, length())
    again = append(k, later)
    yield "the same key and value again", one(first, then, first, length(), attend(q))
    yield "the same key again", one(first, then, again, length(), attend(q))
    for high, low in ((2000, 0), (-1000, -1001)):
        far = [append(np.array([[score, 0.0]]), v + score) for score in (high, low)]
        yield f"scores of {high} and {low}", one(*far, attend(np.sqrt([[2.0, 0]])))


def _pair(first: Array, second: Array) -> Array:
    return np.concatenate([first, second])


def _both(k: Array, v: Array) -> Step:
    return append(_pair(k, k[:, ::-1]), _pair(v, 2 * v))
