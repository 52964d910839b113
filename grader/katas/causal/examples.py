"""Inputs small enough to follow by hand, on which `kata explain` and `--hint` show a mistake."""

from collections.abc import Iterator

import numpy as np

from grader.katas.common import batches
from grader.learner.requests import Argument
from grader.worker.arrays import Array

Calls = list[list[Argument]]


def small_inputs(function: str) -> Iterator[tuple[str, Calls]]:
    """Yield inputs small enough to follow by hand: what is particular, and the calls."""
    if function == "causal_mask":
        yield "three tokens", [[3]]
        return
    A = np.array([[1.0, 0.0], [0.5, 2.0], [-1.0, 1.0]])
    B = np.array([[0.5, 1.0], [1.0, -1.0], [2.0, 0.0]])
    C = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 0.0]])
    mask, hidden = batches.causal(3), np.array([[False, True, True]])
    if function == "masked_attention":
        yield from _masked(A, B, C, mask, hidden)
    else:
        yield from _layers(A, mask, hidden)


def _masked(
    A: Array, B: Array, C: Array, mask: Array, hidden: Array
) -> Iterator[tuple[str, Calls]]:
    Q, K, V = (array[None, None] for array in (A, B, C))
    yield "three tokens under a causal mask", [[Q, K, V, mask]]
    yield "nothing is hidden", [[Q, K, V, mask | True]]
    yield "the first token is hidden", [[Q, K, V, hidden]]
    yield "a token that may look nowhere", [[Q, K, V, mask & hidden]]
    yield "large scores", [[1000 * Q, K, V, mask]]
    far = np.array([[2000.0], [-2000.0], [1.0]])
    yield "rows far apart", [[far * np.abs(Q), np.abs(K) + 1, V, mask]]
    yield "scores far below zero", [[-40_000 * np.abs(Q) - 30_000, np.abs(K) + 1, V, mask]]
    loud = np.array([[3000.0, 0.0], [1.0, -1.0], [2.0, 0.0]])[None, None]
    yield "a large score behind the mask", [[np.abs(Q) + 1, loud, V, hidden]]
    near = np.array([[1000.0, 0], [1000.0005, 0], [999.9995, 0]])[None, None]
    yield "scores of a million", [[0 * Q + np.array([1000.0, 0]), near, V, mask]]
    whole = [np.array(array * 2, dtype=int) for array in (Q, K, V)]
    yield "whole numbers", [[*whole, mask]]
    two = [np.concatenate([Y, Y[..., ::-1, :] * 0.5]) for Y in (Q, K, V)]
    yield "two sequences", [[*two, mask]]
    padding = np.stack([hidden, hidden[:, ::-1]])[:, None]
    yield "two sequences, each with padding of its own", [[*two, padding]]
    heads = [Y.swapaxes(0, 1) for Y in two]
    yield "two heads", [[*heads, mask]]
    yield "two heads, each with a mask of its own", [[*heads, padding[:, 0]]]
    yield "two heads under a mask of four axes", [[*heads, padding[None, :, 0]]]
    yield "two heads far apart", [[heads[0] * far[:2, :, None], heads[1], heads[2], mask]]
    both = [np.concatenate([Y, Y[:, ::-1]]) for Y in heads]
    yield "two sequences of two heads", [[*both, padding]]
    yield "a second call", [[Q, K, V, mask], [K, Q, V, mask | True]]


def _layers(A: Array, mask: Array, hidden: Array) -> Iterator[tuple[str, Calls]]:
    X = np.concatenate([A, A[::-1] * 0.5], axis=1)[None]
    eye = np.eye(4)
    W = [eye + 0.5 * np.eye(4, k=1), eye - 0.25 * np.eye(4, k=2), 2 * eye, eye[[1, 0, 3, 2]]]
    W[2] = W[2] + np.eye(4, k=-1)
    W[3] = W[3] + np.eye(4, k=3)
    for n_heads in (2, 1, 4):
        count = f"three tokens of four features, {n_heads} heads"
        yield f"{count}, a causal mask", [[X, *W, n_heads, mask]]
        yield f"{count}, no mask", [[X, *W, n_heads]]
    two = np.concatenate([X, X[:, ::-1] + 1])
    yield "two sequences", [[two, *W, 2, mask]]
    yield "the first token is hidden", [[X, *W, 2, hidden]]
    wide = np.concatenate([X, X * 0.5 + 1], axis=2)
    weights = [np.kron(np.eye(2), Y) + 0.1 for Y in W]
    yield "two heads of four features", [[wide, *weights, 2, mask]]
    yield "a second call", [[X, *W, 2, mask], [X + 1, *W, 2, mask]]
    yield "a second call, another number of heads", [[X, *W, 2, mask], [X, *W, 4, mask]]
