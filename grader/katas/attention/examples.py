"""Inputs small enough to follow by hand, on which `kata explain` and `--hint` show a mistake."""

from collections.abc import Iterator

import numpy as np

from grader.worker.arrays import Array


def small_inputs(function: str) -> Iterator[tuple[str, list[list[Array | int]]]]:
    """Yield inputs small enough to follow by hand: what is particular, and the calls."""
    A = np.array([[1.0, 0.0], [0.5, 2.0], [-1.0, 1.0]])
    B = np.array([[0.5, 1.0], [1.0, -1.0], [2.0, 0.0]])
    C = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 0.0]])
    if function == "compute_qkv":
        W = [np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.5, 0.0], [1.0, 1.0]])]
        W.append(np.array([[2.0, 1.0], [0.5, 0.25]]))
        tokens = np.array([[1, 2], [3, 4], [5, 6]])
        yield "three tokens of two features", [[A, *W]]
        yield "tokens of whole numbers", [[tokens, *W]]
        yield "weights of whole numbers", [[A, *(np.array(4 * w, dtype=int) for w in W)]]
        yield "weights with many digits", [[A, *(w / 7 for w in W)]]
        yield "a second call with other tokens", [[A, *W], [B, *W]]
        return
    heads: list[list[Array | int]] = [[]]
    if function == "multi_head_attention":
        A, B, C = (np.concatenate([Y, Y[::-1] * 0.5], axis=1) for Y in (A, B, C))
        heads = [[2], [1]]
    for n_heads in heads:
        count = f", {n_heads[0]} heads" if n_heads else ""
        yield f"three tokens{count}", [[A, B, C, *n_heads]]
        yield f"large scores{count}", [[1000 * A, B, C, *n_heads]]
        far = A * np.array([[2000.0], [-2000.0], [1.0]])
        yield f"rows far apart{count}", [[far, B, C, *n_heads]]
        lifted: list[Array] = [-3000 * np.abs(A) - 1000, np.abs(B) + 1, C]
        yield f"scores far below zero{count}", [[*lifted, *n_heads]]
        whole = [np.array(Y * 2, dtype=int) for Y in (A, B, C)]
        yield f"whole numbers{count}", [[*whole, *n_heads]]
        yield f"one token{count}", [[A[:1], B[:1], C[:1], *n_heads]]
        yield f"a query of zeros{count}", [[0 * A, B, C, *n_heads]]
        yield f"small values{count}", [[A, B, 1e-6 * C, *n_heads]]
        yield f"a second call{count}", [[A, B, C, *n_heads], [B, A, C, *n_heads]]
    if function == "multi_head_attention":
        yield "a second call, another number of heads", [[A, B, C, 2], [A, B, C, 4]]
        wide = [np.concatenate([Y, Y[::-1]], axis=1) for Y in (A, B, C)]
        yield "three tokens, 2 heads of 4 features", [[*wide, 2]]
        signed = [A * np.array([2000.0, 2000, -2000, -2000]), np.abs(B) + 1, C]
        yield "heads far apart", [[*signed, 2]]
    else:
        spread = [np.ones((2, 1)), np.array([[0.0], [-2000.0]]), np.array([[1.0], [2.0]])]
        yield "two scores far apart", [[*spread]]
        million = [1e6 * np.ones((2, 1)), np.array([[1.0], [1.000001]]), np.array([[1.0], [2.0]])]
        yield "scores around a million", [[*million]]
        yield "two tokens of two features", [[A[:2], B[:2], C[:2]]]
