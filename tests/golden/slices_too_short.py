# score: 0.64
# diagnosis: columns-of-heads-empty
# says: column of each head stays 0
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    d_k = Q.shape[-1]
    scores = Q @ K.T / np.sqrt(d_k)
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / np.sum(weights, axis=-1, keepdims=True)
    return weights @ V


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    out = np.zeros(Q.shape)
    for i in range(n_heads):
        a, b = i * d_k, i * d_k + d_k - 1
        out[:, a:b] = self_attention(Q[:, a:b], K[:, a:b], V[:, a:b])
    return out
