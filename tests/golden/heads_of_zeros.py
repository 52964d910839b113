# score: 0.6
# diagnosis: always-zero
# says: Nothing but zeros came back
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True) @ V


def multi_head_attention(Q, K, V, n_heads):
    return np.zeros_like(Q)
