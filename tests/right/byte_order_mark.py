"""A UTF-8 byte-order mark in front, and no newline at the end."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    weights = {"Q": W_q, "K": W_k, "V": W_v}
    projected = {name: X @ W for name, W in weights.items()}
    return projected["Q"], projected["K"], projected["V"]


def self_attention(Q, K, V):
    z = Q @ K.T / np.sqrt(Q.shape[1])  # QKᵀ / √dₖ
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True) @ V


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    heads = {}
    for h in range(n_heads):
        at = slice(d_k * h, d_k * (h + 1))
        heads[h] = self_attention(Q[:, at], K[:, at], V[:, at])
    return np.concatenate(list(heads.values()), axis=1)