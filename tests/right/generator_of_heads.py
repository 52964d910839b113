"""Generators: one yields the blocks, another yields the finished heads."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    def projections():
        yield X @ W_q
        yield X @ W_k
        yield X @ W_v

    return tuple(projections())


def softmax_rows(scores):
    for row in scores:
        row = np.exp(row - row.max())
        yield row / row.sum()


def self_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[-1])
    return np.vstack([w @ V for w in softmax_rows(scores)])


def blocks(matrix, n_heads):
    d_k = matrix.shape[1] // n_heads
    for first in range(0, matrix.shape[1], d_k):
        yield matrix[:, first:first + d_k]


def multi_head_attention(Q, K, V, n_heads):
    def heads():
        for q, k, v in zip(blocks(Q, n_heads), blocks(K, n_heads), blocks(V, n_heads)):
            yield self_attention(q, k, v)

    return np.concatenate(list(heads()), axis=1)
