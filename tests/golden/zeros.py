# score: 0.0
# diagnosis: input-not-projected
# says: returns the same numbers whatever you pass as Q and K
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X, X, X


def self_attention(Q, K, V):
    return np.zeros_like(V)


def multi_head_attention(Q, K, V, n_heads):
    return np.zeros_like(Q)
