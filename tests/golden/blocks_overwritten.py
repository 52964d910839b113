# score: 0.88
# diagnosis: wrong-for-wide
# says: With 4 features it is right; with 5
import numpy as np


def compute_qkv(X, W_q, W_k, W_v, block=4):
    n, d = X.shape
    results = []
    for W in [W_q, W_k, W_v]:
        acc = np.zeros((n, d))
        for start in range(0, d, block):
            stop = min(start + block, d)
            acc[:, :] = X[:, start:stop] @ W[start:stop, :]
        results.append(acc)
    return tuple(results)


def self_attention(Q, K, V):
    s = np.dot(Q, K.T) / np.sqrt(Q.shape[1])
    m = s.max(axis=1, keepdims=True)
    s = s - m
    log_w = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return np.exp(log_w) @ V


def multi_head_attention(Q, K, V, n_heads):
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    out = np.zeros((seq_len, d_model))
    for h in range(n_heads):
        cols = slice(h * d_k, (h + 1) * d_k)
        out[:, cols] = self_attention(Q[:, cols], K[:, cols], V[:, cols])
    return out
