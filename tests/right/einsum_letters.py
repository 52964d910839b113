"""einsum with explicit letters, the heads as one more axis."""
from typing import Tuple

import numpy as np


def compute_qkv(X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    Q = np.einsum("sd,de->se", X, W_q)
    K = np.einsum("sd,de->se", X, W_k)
    V = np.einsum("sd,de->se", X, W_v)
    return Q, K, V


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    scores = np.einsum("qd,kd->qk", Q, K) / np.sqrt(Q.shape[1])
    scores = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = scores / np.einsum("qk->q", scores)[:, None]
    return np.einsum("qk,kd->qd", weights, V)


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int) -> np.ndarray:
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    q = Q.reshape(seq_len, n_heads, d_k)
    k = K.reshape(seq_len, n_heads, d_k)
    v = V.reshape(seq_len, n_heads, d_k)
    scores = np.einsum("qhd,khd->hqk", q, k) / np.sqrt(d_k)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = scores / scores.sum(axis=-1, keepdims=True)
    return np.einsum("hqk,khd->qhd", weights, v).reshape(seq_len, d_model)
