"""swapaxes back and forth, one head at a time between."""
from typing import Tuple

import numpy as np


def compute_qkv(X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    return tuple(np.matmul(X, W) for W in (W_q, W_k, W_v))


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    """softmax(QK^T / sqrt(d_k)) V, the division last."""
    logits = np.matmul(Q, np.swapaxes(K, -1, -2)) / np.sqrt(K.shape[-1])
    logits = logits - np.max(logits, -1, keepdims=True)
    top = np.matmul(np.exp(logits), V)
    bottom = np.sum(np.exp(logits), -1, keepdims=True)
    return top / bottom


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int) -> np.ndarray:
    shape = (Q.shape[0], n_heads, Q.shape[1] // n_heads)
    q, k, v = (np.swapaxes(np.reshape(M, shape), 0, 1) for M in (Q, K, V))
    out = np.array([self_attention(q[i], k[i], v[i]) for i in range(n_heads)])
    return np.swapaxes(out, 0, 1).reshape(Q.shape)
