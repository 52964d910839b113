# score: 0.2
# diagnosis: always-nan
# says: Each row of the output holds nan or inf
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    return np.nan * V


def multi_head_attention(Q, K, V, n_heads):
    heads = zip(*(np.split(array, n_heads, axis=-1) for array in (Q, K, V)))
    return np.concatenate([self_attention(*head) for head in heads], axis=-1)
