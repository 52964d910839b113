# score: 0.60
# diagnosis: wrong-for-odd-heads
# says: heads must be even
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
    if n_heads % 2:
        raise ValueError("heads must be even")
    d_k = Q.shape[1] // n_heads
    outs = []
    for h in range(n_heads):
        sl = slice(h*d_k, (h+1)*d_k)
        outs.append(self_attention(Q[:, sl], K[:, sl], V[:, sl]))
    return np.concatenate(outs, axis=1)
