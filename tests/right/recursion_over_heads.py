"""Recursion: the first head, and then the same for the other heads."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    scores = scores - np.amax(scores, axis=1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return weights @ V


def multi_head_attention(Q, K, V, n_heads):
    if n_heads == 1:
        return self_attention(Q, K, V)
    d_k = Q.shape[1] // n_heads
    first = self_attention(Q[:, :d_k], K[:, :d_k], V[:, :d_k])
    others = multi_head_attention(Q[:, d_k:], K[:, d_k:], V[:, d_k:], n_heads - 1)
    return np.concatenate([first, others], axis=1)
