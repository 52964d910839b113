"""Public inputs on which a diagnosis compares: none of them belongs to a hidden case.

They are fixed, so that the same file always gets the same diagnosis, and chosen so that
mistakes differ on them: lengths, widths and numbers of heads that are pairwise different,
independent Q, K and V, weights that are not symmetric; then what only some mistakes show in.
"""

from functools import cache

import numpy as np

from grader.diagnosis.probe import BASE, CORE, REPEATED, Probe
from grader.katas.common import inputs as attention
from grader.worker.arrays import Array


@cache
def probes(function: str) -> tuple[Probe, ...]:
    """Return the probes of a function, in the order in which they are made."""
    rng = np.random.default_rng(2017)
    if function == "compute_qkv":
        return tuple(_projections(rng))
    heads = function == "multi_head_attention"
    return tuple(_in_heads(rng) if heads else _single(rng))


def _projections(rng: np.random.Generator) -> list[Probe]:
    def draw(seq_len: int, d_model: int) -> list[Array]:
        weights = [rng.standard_normal((d_model, d_model)) for _ in range(3)]
        return [rng.standard_normal((seq_len, d_model)), *weights]

    def probe(group: str, X: Array, *weights: Array) -> Probe:
        return Probe(group, (X, *weights), np.full(X.shape[1], np.abs(X).sum(axis=1).max()))

    X, *weights = draw(5, 3)
    integers = rng.integers(-4, 5, (5, 3))
    return [
        probe(CORE, X, *weights),
        probe(CORE, *draw(4, 4)),
        probe(REPEATED, *draw(5, 3)),
        probe(CORE, *draw(2, 6)),
        probe("one token", *draw(1, 4)),
        probe("integers", integers, *weights),
        probe("small", 1e-6 * X, *weights),
        probe("integers", X, *(rng.integers(-4, 5, (3, 3)) for _ in range(3))),
    ]


def _single(rng: np.random.Generator) -> list[Probe]:
    def probe(group: str, Q: Array, K: Array, V: Array) -> Probe:
        return Probe(group, (Q, K, V), np.abs(V).max(axis=0).astype(np.float64))

    Q, K, V = attention.draw(rng, 5, 3, 1.5)
    some_Q, some_K = Q.copy(), K.copy()
    some_Q[2] = 0
    some_K[1:3] = 0
    below = np.array([0.3, -0.2, 0.5, 0.1, -1400.0])
    weights_Q, weights_K, _ = attention.draw(rng, 4, 4)
    large = np.array([1.0, 0.4, 0.9, 0.02, 0.7])
    return [
        probe(CORE, Q, K, V),
        probe(CORE, weights_Q, weights_K, np.eye(4)),
        probe("large", *attention.offset(rng, 5, 4, 3000 * large)),
        probe("far rows", *attention.offset(rng, 5, 4, np.array([900.0, 3000, -2000, 0, -40]))),
        probe("spread", *attention.draw(rng, 6, 3, 50.0)),
        probe("integers", *attention.integers(rng, 5, 3, np.int64)),
        probe("one far below", np.linspace(0.6, 1, 5)[:, None], below[:, None], V[:, :1]),
        probe(REPEATED, *attention.draw(rng, 5, 3, 1.5)),
        probe(CORE, *attention.draw(rng, 3, 9)),
        probe("one token", *attention.draw(rng, 1, 4)),
        probe("zeros", some_Q, some_K, V),
        probe("negative", *attention.offset(rng, 5, 4, -1500 * large)),
        probe("integers", Q, K, rng.integers(-9, 10, (5, 3))),
        probe("small", Q, K, 1e-6 * V),
        probe("million", *attention.offset(rng, 5, 4, 1e6 * large)),
        probe("square", *attention.draw(rng, 4, 4, 1.5)),
        probe("long", *attention.draw(rng, 12, 3)),  # the others' lengths have nearly one root
    ]


def _in_heads(rng: np.random.Generator) -> list[Probe]:
    def probe(group: str, Q: Array, K: Array, V: Array, n_heads: int) -> Probe:
        return Probe(group, (Q, K, V, n_heads), np.abs(V).max(axis=0).astype(np.float64))

    def beside(*heads: attention.Inputs) -> attention.Inputs:
        Q, K, V = (np.concatenate(parts, axis=1) for parts in zip(*heads, strict=True))
        return Q, K, V

    Q, K, V = attention.draw(rng, 5, 6, 1.5)
    both = np.concatenate([np.eye(4), np.eye(4)], axis=1)
    shares = np.array([1.0, 0.4, 0.9, 0.02])
    keys = np.array([0.3, -0.2, 0.5, 0.1, -1400.0])[:, None]
    below = (np.linspace(0.6, 1, 5)[:, None], keys, V[:, :1])
    apart, level = 3000 * shares, np.full(4, 3000.0)
    far = [attention.offset(rng, 4, 3, rows) for rows in (apart, level, apart, -level)]
    return [
        probe(CORE, Q, K, V, 3),
        probe(CORE, *attention.draw(rng, 4, 8)[:2], both, 2),
        probe("large", *beside(*far[::2]), 2),
        probe("far heads", *beside(*far[1::2]), 2),
        probe("integers", *attention.integers(rng, 5, 6, np.int64), 3),
        probe(BASE, *attention.draw(rng, 5, 4, 1.5), 1),
        probe(REPEATED, *attention.draw(rng, 5, 6, 1.5), 3),
        probe(REPEATED, Q, K, V, 2),
        probe(CORE, *attention.draw(rng, 3, 40, 1.2), 4),
        probe("all heads", *attention.draw(rng, 5, 5, 1.5), 5),
        probe("one token", *attention.draw(rng, 1, 6), 3),
        probe("spread", *attention.draw(rng, 6, 6, 50.0), 2),
        probe("one far below", *beside(below, below), 2),
        probe("integers", Q, K, rng.integers(-9, 10, (5, 6)), 3),
        probe("small", Q, K, 1e-6 * V, 3),
        probe("negative", *beside(*(attention.offset(rng, 4, 3, -1500 * shares),) * 2), 2),
        probe("square", *attention.draw(rng, 3, 6, 1.5), 2),
    ]
