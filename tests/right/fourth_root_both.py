"""Queries and keys are each divided by the fourth root of d_k."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    projections = []
    for weight in (W_q, W_k, W_v):
        projections.append(np.inner(X, weight.T))
    return tuple(projections)


def self_attention(Q, K, V):
    root = float(Q.shape[1]) ** 0.25
    S = np.inner(np.divide(Q, root, dtype=np.float64), np.divide(K, root, dtype=np.float64))
    S = np.subtract(S, np.max(S, axis=1, keepdims=True))
    W = np.exp(S)
    W = np.divide(W, np.sum(W, axis=1, keepdims=True))
    return np.inner(W, V.T)


def multi_head_attention(Q, K, V, n_heads):
    owner = np.repeat(np.arange(n_heads), Q.shape[1] // n_heads)
    result = np.empty(Q.shape, dtype=np.float64)
    for head in range(n_heads):
        mine = owner == head  # boolean mask over the features
        result[:, mine] = self_attention(Q[:, mine], K[:, mine], V[:, mine])
    return result
