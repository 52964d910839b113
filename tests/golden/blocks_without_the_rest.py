# score: 0.2
# diagnosis: always-zero
# says: zeros came back for ordinary inputs
import numpy as np

def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v

def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)

def self_attention(Q, K, V):
    bs = 8
    n, d = Q.shape
    out = np.zeros(V.shape, dtype=float)
    for b in range(n // bs):
        rows = slice(b * bs, (b + 1) * bs)
        out[rows] = softmax(Q[rows] @ K.T / np.sqrt(d)) @ V
    return out

def multi_head_attention(Q, K, V, n_heads):
    heads = zip(*(np.split(M, n_heads, axis=1) for M in (Q, K, V)))
    return np.hstack([self_attention(q, k, v) for q, k, v in heads])
