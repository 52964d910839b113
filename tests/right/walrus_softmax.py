"""Walrus operators wherever a name can be given on the way."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return (X @ W_q), (X @ W_k), (X @ W_v)


def self_attention(Q, K, V):
    e = np.exp((s := Q @ K.T / np.sqrt(Q.shape[1])) - s.max(axis=1, keepdims=True))
    return e @ V / e.sum(axis=1, keepdims=True)


def multi_head_attention(Q, K, V, n_heads):
    out = np.empty(Q.shape, dtype=float)
    width, left = Q.shape[1] // n_heads, 0
    while (right := left + width) <= Q.shape[1]:
        q, k, v = Q[:, (block := slice(left, right))], K[:, block], V[:, block]
        out[:, block] = self_attention(q, k, v)
        left = right
    return out
