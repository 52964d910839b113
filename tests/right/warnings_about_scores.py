"""warnings.warn for large scores; the answer does not depend on it."""
import warnings

import numpy as np


class LargeScores(UserWarning):
    pass


def compute_qkv(X, W_q, W_k, W_v):
    if np.issubdtype(X.dtype, np.integer):
        warnings.warn("X holds integers, they become floats")
    X = X.astype(np.float64)
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    if scores.max() > 100:
        warnings.warn(f"scores up to {scores.max():.0f}", LargeScores, stacklevel=2)
    e = np.exp(scores - np.max(scores, axis=-1)[:, None])
    return (e / np.sum(e, axis=-1)[:, None]) @ V


def multi_head_attention(Q, K, V, n_heads):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LargeScores)
        d_k = Q.shape[1] // n_heads
        result = np.zeros(Q.shape, dtype=np.float64)
        for h in range(n_heads):
            own = slice(h * d_k, (h + 1) * d_k)
            result[:, own] = self_attention(Q[:, own], K[:, own], V[:, own])
    return result
