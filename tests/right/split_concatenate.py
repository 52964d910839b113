"""The textbook way: np.split, a loop, np.concatenate."""
from typing import Tuple

import numpy as np


def compute_qkv(X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    d_k = Q.shape[1]
    scores = Q @ K.T / np.sqrt(d_k)
    score_max = np.max(scores, axis=1, keepdims=True)
    attention_weights = np.exp(scores - score_max) / np.sum(np.exp(scores - score_max), axis=1, keepdims=True)
    attention_output = attention_weights @ V
    return attention_output


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int) -> np.ndarray:
    Q_heads = np.split(Q, n_heads, axis=1)
    K_heads = np.split(K, n_heads, axis=1)
    V_heads = np.split(V, n_heads, axis=1)

    attentions = []
    for i in range(n_heads):
        attentions.append(self_attention(Q_heads[i], K_heads[i], V_heads[i]))
    return np.concatenate(attentions, axis=-1)
