# score: 0.75
# diagnosis: wrong-for-long
# says: From 9 tokens on
from typing import Tuple

import numpy as np


def compute_qkv(
    X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray
) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Project the tokens to queries, keys and values."""
    queries = np.matmul(X, W_q)
    keys = np.matmul(X, W_k)
    values = np.matmul(X, W_v)
    return (queries, keys, values)


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Scaled dot-product attention for one head."""
    _, d_k = Q.shape
    scores = np.matmul(Q, np.transpose(K)) / np.sqrt(d_k)
    shifted = scores - np.amax(scores, axis=-1, keepdims=True)
    exp_scores = np.exp(shifted)
    attn = exp_scores / np.sum(exp_scores, axis=-1, keepdims=True)
    return np.matmul(attn, V)


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int, chunk: int = 8) -> np.ndarray:
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    out = np.zeros((seq_len, d_model))
    for h in range(n_heads):
        c = slice(h * d_k, (h + 1) * d_k)
        for t in range(0, seq_len, chunk):
            r = slice(t, t + chunk)      # small pieces: the score matrix fits in the cache
            out[r, c] = self_attention(Q[r, c], K[r, c], V[r, c])
    return out
