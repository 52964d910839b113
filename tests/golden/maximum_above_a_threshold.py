# score: 0.95
# diagnosis: maximum-not-below-zero
# says: Where a row's scores are all negative, its maximum is not subtracted
import numpy as np

def compute_qkv(X, W_q, W_k, W_v):
    # np.dot is what MATLAB calls plain *
    return np.dot(X, W_q), np.dot(X, W_k), np.dot(X, W_v)

def self_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    rows = []
    for s in scores:
        m = s.max()
        if m > 700:
            s = s - m
        e = np.exp(s)
        rows.append(e / e.sum())
    return np.vstack(rows) @ V

def multi_head_attention(Q, K, V, n_heads):
    parts = zip(np.hsplit(Q, n_heads), np.hsplit(K, n_heads), np.hsplit(V, n_heads))
    return np.concatenate([self_attention(*p) for p in parts], axis=-1)
