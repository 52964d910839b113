# score: 0.91
# diagnosis: values-changed
# says: The output is written into V
from typing import Tuple

import numpy as np


def compute_qkv(
    X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray
) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Project the tokens to queries, keys and values."""
    Q = np.matmul(X, W_q)
    K = np.matmul(X, W_k)
    V = np.matmul(X, W_v)
    return (Q, K, V)


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    seq_len, d_k = Q.shape
    scores = np.matmul(Q, K.T) / np.sqrt(d_k)
    row_max = scores.max(axis=1, keepdims=True)
    exps = np.exp(scores - row_max)
    attn = exps / exps.sum(axis=1, keepdims=True)
    V[...] = np.matmul(attn, V)  # no second buffer
    return V


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int) -> np.ndarray:
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    out = np.zeros((seq_len, d_model))
    for i in range(n_heads):
        sl = slice(i * d_k, (i + 1) * d_k)
        out[:, sl] = self_attention(Q[:, sl], K[:, sl], V[:, sl])
    return out
