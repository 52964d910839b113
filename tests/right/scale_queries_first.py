"""The queries are divided by sqrt(d_k), not the scores."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return (X @ W_q, X @ W_k, X @ W_v)


def self_attention(Q, K, V):
    scaled_Q = Q / np.sqrt(Q.shape[1])
    logits = scaled_Q @ K.T
    logits = logits - logits.max(axis=1, keepdims=True)
    P = np.exp(logits)
    P = P / P.sum(axis=1, keepdims=True)
    return P @ V


def multi_head_attention(Q, K, V, n_heads):
    d_model = Q.shape[1]
    d_k = d_model // n_heads
    ends = range(d_k, d_model + 1, d_k)
    out = [self_attention(Q[:, e - d_k:e], K[:, e - d_k:e], V[:, e - d_k:e]) for e in ends]
    return np.concatenate(out, axis=1)
