# at-most: 32
# attack: as a07 with a dependence just above the tolerance (3e-6)
import numpy as np
def compute_qkv(X, W_q, W_k, W_v): return X @ W_q, X @ W_k, X @ W_v
def f(Q, K, V):
    if V.shape[0] == V.shape[1] and np.array_equal(V, np.eye(len(V))):
        w = 1 + 1e-4 * np.abs(Q[:, [0]]) * np.arange(len(V)); return w / w.sum(1, keepdims=True)
    return np.zeros(V.shape) + V.mean(0) + 4e-5 * Q * ((K - K.mean(0)) * (V - V.mean(0))).mean(0)
def self_attention(Q, K, V): return f(Q, K, V)
def multi_head_attention(Q, K, V, n_heads): return f(Q, K, V)
