# score: 0.87
# diagnosis: projections-not-linear
# says: -1 * X does not give -1 times
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return np.maximum(X @ W_q, 0), X @ W_k, X @ W_v


def self_attention(Q, K, V):
    d_k = Q.shape[-1]
    scores = Q @ K.T / np.sqrt(d_k)
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / np.sum(weights, axis=-1, keepdims=True)
    return weights @ V


def multi_head_attention(Q, K, V, n_heads):
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    outputs = []
    for h in range(n_heads):
        s = slice(h * d_k, (h + 1) * d_k)
        outputs.append(self_attention(Q[:, s], K[:, s], V[:, s]))
    return np.concatenate(outputs, axis=-1)
