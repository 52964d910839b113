# score: 0.2
# diagnosis: square-only
# says: when tokens and features differ in number
# says: but not with one token
import numpy as np

def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v

def self_attention(Q, K, V):
    n = Q.shape[0]
    d_k = Q.shape[1]
    scores = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            for t in range(n):
                scores[i, j] += Q[i, t] * K[j, t]
    scores = scores / np.sqrt(d_k)
    scores = scores - scores.max(axis=1, keepdims=True)
    w = np.exp(scores)
    w = w / w.sum(axis=1, keepdims=True)
    return w @ V

def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    out = np.zeros(Q.shape)
    for h in range(n_heads):
        start = h * d_k
        end = (h + 1) * d_k - 1
        out[:, start:end] = self_attention(Q[:, start:end], K[:, start:end], V[:, start:end])
    return out
