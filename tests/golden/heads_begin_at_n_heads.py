# score: 0.6
# diagnosis: heads-begin-at-n-heads
# says: from column h · n_heads on
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    d_k = Q.shape[1]
    scores = Q @ K.T / np.sqrt(d_k)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return weights @ V


def multi_head_attention(Q, K, V, n_heads):
    d_model = Q.shape[1]
    d_k = d_model // n_heads
    results = []
    for h in range(n_heads):
        a = h * n_heads
        b = a + d_k
        q = Q[:, a:b]
        k = K[:, a:b]
        v = V[:, a:b]
        results.append(self_attention(q, k, v))
    return np.concatenate(results, axis=1)
