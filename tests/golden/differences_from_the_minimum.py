# score: 0.38
# diagnosis: distances-from-minimum
# diagnosis: heads-averaged
# says: next to nothing is left
import numpy as np

def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V

def self_attention(Q, K, V):
    s = Q @ K.T / np.sqrt(Q.shape[1])
    s = s - s.min(axis=1, keepdims=True) + 1e-9
    share = s / s.sum(axis=1, keepdims=True)
    return share @ V

def multi_head_attention(Q, K, V, n_heads):
    parts = zip(np.hsplit(Q, n_heads), np.hsplit(K, n_heads), np.hsplit(V, n_heads))
    outs = np.stack([self_attention(q, k, v) for q, k, v in parts])
    return np.tile(outs.mean(axis=0), (1, n_heads))
