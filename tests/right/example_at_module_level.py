"""The example runs at module level, every time the file is loaded."""
from typing import Tuple

import numpy as np


def compute_qkv(X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    scores -= scores.max(axis=1, keepdims=True)
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return weights @ V


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int) -> np.ndarray:
    d_k = Q.shape[1] // n_heads
    cut = [slice(i * d_k, (i + 1) * d_k) for i in range(n_heads)]
    return np.concatenate([self_attention(Q[:, c], K[:, c], V[:, c]) for c in cut], axis=1)


X = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
W_q = W_k = W_v = np.eye(4)
n_heads = 2
Q, K, V = compute_qkv(X, W_q, W_k, W_v)
output = multi_head_attention(Q, K, V, n_heads)
print(output)
print("shape:", output.shape)
