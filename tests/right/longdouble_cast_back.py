"""np.longdouble inside, cast back to float64 at the end."""
from typing import Tuple

import numpy as np


def compute_qkv(X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    X = X.astype(np.longdouble)
    Q, K, V = ((X @ W.astype(np.longdouble)).astype(np.float64) for W in (W_q, W_k, W_v))
    return Q, K, V


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    q, k, v = (M.astype(np.longdouble) for M in (Q, K, V))
    scores = q @ k.T / np.sqrt(np.longdouble(q.shape[1]))
    scores -= scores.max(axis=1, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(axis=1, keepdims=True)
    return (weights @ v).astype(np.float64)


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int) -> np.ndarray:
    d_k = Q.shape[1] // n_heads
    out = np.zeros(Q.shape)
    for h in range(n_heads):
        lo, hi = h * d_k, (h + 1) * d_k
        out[:, lo:hi] = self_attention(Q[:, lo:hi], K[:, lo:hi], V[:, lo:hi])
    return out
