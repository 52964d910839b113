"""Public inputs on which a diagnosis compares: none of them belongs to a hidden case.

They are fixed, so that the same file always gets the same diagnosis. Numbers of sequences, heads,
tokens and features are pairwise different, but for those that are there to be mistaken for each
other.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np

from grader.diagnosis.probe import BASE, CORE, REPEATED, Probe
from grader.katas.common import batches
from grader.katas.common.batches import Layer
from grader.katas.common.inputs import Inputs
from grader.worker.arrays import Array


@cache
def probes(function: str) -> tuple[Probe, ...]:
    """Return the probes of a function, in the order in which they are made."""
    rng = np.random.default_rng(2018)
    if function == "causal_mask":
        return tuple(_masks())
    return tuple(_layers(rng) if function == "multi_head_attention" else _masked(rng))


def _masks() -> Iterator[Probe]:
    groups = ((CORE, 5), (CORE, 3), ("one token", 1), (CORE, 8), ("two tokens", 2), (REPEATED, 5))
    for group, seq_len in groups:
        yield Probe(group, (seq_len,), np.ones(seq_len))


def masked(group: str, inputs: Inputs, mask: Array) -> Probe:
    """Return a call of masked_attention."""
    size = np.abs(inputs[2].astype(np.float64)).max(axis=(0, 1, 2), keepdims=True)
    return Probe(group, (*inputs, mask), size)


def _masked(rng: np.random.Generator) -> Iterator[Probe]:
    size, causal = (2, 3, 5, 4), batches.causal

    def draw(*size: int) -> Inputs:
        batch, heads, seq_len, d_k = size
        return batches.bounded(rng, (batch, heads, seq_len, d_k), 4.0)

    def far(rows: Array) -> Inputs:
        return batches.offset(rng, (2, 3, 4, 3), rows)

    shares = np.array([1.0, 0.6, 0.9, 0.8])
    empty = batches.mask(rng, 3, 2, 4, 4)
    empty[0, 1, 2] = empty[2, 0, 0] = False
    first = draw(*size)
    yield masked(CORE, first, causal(5))
    yield masked(CORE, draw(3, 2, 4, 6), batches.mask(rng, 3, 2, 4, 4))
    yield masked("empty rows", draw(3, 2, 4, 5), empty)
    yield masked("large", far(3000 * shares), causal(4))
    yield masked("masks of heads", draw(2, 4, 3, 5), batches.mask(rng, 4, 3, 3))
    yield masked(CORE, draw(2, 3, 4, 5), np.ones((4, 4), bool))
    yield masked(REPEATED, draw(*size), causal(5))
    yield masked(REPEATED, first, batches.mask(rng, 5, 5))
    yield masked(CORE, draw(2, 4, 3, 7), batches.mask(rng, 2, 1, 3, 3))
    yield masked("alike", draw(3, 3, 3, 3), batches.mask(rng, 3, 3, 3))
    yield masked("alike", draw(3, 3, 3, 3), batches.mask(rng, 3, 1, 3, 3))
    yield masked("padding", draw(2, 3, 5, 4), batches.mask(rng, 2, 1, 1, 5))
    yield masked("padding of heads", draw(2, 3, 5, 4), batches.mask(rng, 3, 1, 5))
    yield masked("one row", draw(2, 3, 5, 4), batches.mask(rng, 1, 5))
    yield masked("queries", draw(2, 3, 5, 4), (np.arange(5) != 2)[:, None])
    yield masked("negative", far(-3000 * shares), causal(4))
    yield masked("hundreds", far(400 * shares), causal(4))
    yield masked("far below", far(-60_000 * shares), causal(4))
    yield masked("far rows", far(np.array([900.0, 3000, -2000, 0])), causal(4))
    yield masked("far heads", far(np.array([[2000.0], [-2000], [0]])), causal(4))
    yield masked("far sequences", far(np.array([[[2000.0]], [[-2000]]])), causal(4))
    yield masked("million", far(1e6 * shares), batches.mask(rng, 4, 4))
    yield hidden(far(1.0 * shares), 3000.0)
    yield hidden(far(1.0 * shares), 3e5)
    yield masked("nothing", draw(2, 3, 4, 5), np.zeros((4, 4), bool))
    whole = [rng.integers(-2, 3, size) for _ in range(3)]
    yield masked("integers", (whole[0], whole[1], 3 * whole[2] + 1), causal(5))
    yield masked("one sequence", draw(1, 3, 4, 2), causal(4))
    yield masked("one head", draw(2, 1, 4, 3), causal(4))
    yield masked("one token", draw(2, 3, 1, 4), causal(1))
    yield masked("one feature", draw(2, 3, 4, 1), causal(4))
    Q, K, V = draw(*size)
    yield masked("small", (Q, K, 1e-6 * V), causal(5))
    for keys in ([900.0, 901, 0, 900.5], [0, 2000.0, 0.5, -1]):  # the mean is near, or far
        drawn = batches.spread(rng, (2, 3, 4, 3), np.array(keys))
        yield masked("keys apart", drawn, np.ones((4, 4), bool))


def hidden(inputs: Inputs, key: float) -> Probe:
    """Return a call in which the largest scores, of some thousands or more, are hidden."""
    Q, K, V = (array.copy() for array in inputs)
    Q[..., 0] = np.abs(Q[..., 0]) + 1
    K[:, :, 1, 0] = key
    return masked("hidden", (Q, K, V), np.arange(K.shape[2])[None, :] != 1)


def layer(group: str, given: Layer, *mask: Array | None) -> Probe:
    """Return a call of multi_head_attention, without a mask if there is none."""
    return Probe(group, (*given, *mask), given.errors.max(axis=(0, 1), keepdims=True))


def _layers(rng: np.random.Generator) -> Iterator[Probe]:
    def draw(*size: int) -> Layer:
        batch, seq_len, d_model, n_heads = size
        return batches.layer(rng, batch, seq_len, d_model, n_heads)

    causal, first = batches.causal, draw(2, 5, 6, 3)
    empty = batches.mask(rng, 2, 3, 4, 4)
    empty[0, 1, 2] = empty[1, 0, 0] = False
    eye = np.eye(4)
    plain = Layer(draw(2, 3, 4, 1).X, eye, eye.copy(), eye.copy(), eye.copy(), 1)
    yield layer(CORE, first, causal(5))
    yield layer(CORE, draw(3, 4, 8, 2))
    yield layer(CORE, draw(2, 3, 20, 4), batches.mask(rng, 2, 4, 3, 3))
    yield layer(BASE, plain, causal(3))
    yield layer("all heads", draw(2, 5, 4, 4), causal(5))
    yield layer(CORE, draw(2, 4, 15, 3), batches.mask(rng, 2, 1, 1, 4))
    yield layer(REPEATED, draw(2, 5, 6, 3), causal(5))
    yield layer(REPEATED, first._replace(n_heads=2), causal(5))
    yield layer("masks of heads", draw(2, 5, 6, 3), batches.mask(rng, 3, 5, 5))
    yield layer("None", draw(2, 5, 6, 3), None)
    yield layer("one head", draw(2, 5, 6, 1), causal(5))
    yield layer("empty rows", draw(2, 4, 6, 3), empty)
    large = draw(2, 4, 6, 3)
    yield layer("large", large._replace(W_q=3000 * large.W_q), causal(4))
    signs = np.repeat([3000.0, -3000.0, 3000.0], 2)
    apart = large._replace(X=np.abs(large.X) + 0.5, W_q=signs * np.eye(6), W_k=np.eye(6))
    yield layer("far heads", apart, causal(4))
    yield layer("far sequences", large._replace(X=np.array([[[100.0]], [[1.0]]]) * large.X))
    X, *weights = (rng.integers(-2, 3, shape) for shape in ((2, 4, 6), *[(6, 6)] * 4))
    W_q, W_k, W_v, W_o = weights
    yield layer("integers", Layer(X, W_q, W_k, W_v, W_o, 3), causal(4))
    yield layer("integers", draw(2, 4, 6, 3)._replace(X=X), causal(4))
    yield layer("one sequence", draw(1, 5, 6, 3), causal(5))
    yield layer("one token", draw(2, 1, 6, 3), causal(1))
    yield layer("one of each", draw(1, 1, 4, 2))
