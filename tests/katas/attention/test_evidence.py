"""What shows on the inputs that nobody has seen is shown by right heads as well."""

import numpy as np

from grader.katas.attention.cases.evidence import Evidence
from grader.worker.arrays import Array


def seldom(Q: Array, K: Array, V: Array) -> Array:
    """Answer by feature alone, but for inputs in which one number is large."""
    output: Array = V + 0.1 * Q * K + (np.abs(Q).max() > 3.2)
    return output


def by_head(Q: Array, K: Array, V: Array, n_heads: int) -> Array:
    """Make heads rightly."""
    parts = (np.split(array, n_heads, axis=1) for array in (Q, K, V))
    return np.concatenate([seldom(*head) for head in zip(*parts, strict=True)], axis=1)


def never(Q: Array, K: Array, V: Array, n_heads: int) -> Array:
    """Make no heads: right wherever no number is large."""
    del n_heads
    return V + 0.1 * Q * K


def test_a_sight_is_asked_of_the_heads() -> None:
    """Where features meet on the changed inputs alone, heads that show nothing there are wrong."""
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(200):
        evidence = Evidence.draw(rng, 6, 4, 2, "float64")
        seen = [seldom(*asked) for asked in evidence.asked]
        assert evidence.is_right([by_head(*call) for call in evidence.calls], seen)
        if any((np.abs(Q).max() > 3.2) for Q, _, _ in evidence.asked[2:]):
            right = evidence.is_right([never(*call) for call in evidence.calls], seen)
            looked_at = [evidence.asked[0], evidence.asked[1], *evidence.asked[3:]]
            assert right == (not any(np.abs(Q).max() > 3.2 for Q, _, _ in looked_at))
            found += not right
    assert found > 3
