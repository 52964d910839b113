# score: 0.0
# diagnosis: input-not-projected
# says: returned the same numbers although Q and K had changed
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X, X, X


def self_attention(Q, K, V):
    return np.zeros_like(V)


def multi_head_attention(Q, K, V, n_heads):
    return np.zeros_like(Q)
