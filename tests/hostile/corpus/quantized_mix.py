# at-most: 29
# attack: features meet through one bit that is nearly always the same: sign of a sum with a large offset
import numpy as np
def compute_qkv(X, W_q, W_k, W_v): return X @ W_q, X @ W_k, X @ W_v
def f(Q, K, V, d): 
    return V + 0.1 * Q * K + 0.1 * V[::-1] + 0.01 * d
def self_attention(Q, K, V): return f(Q, K, V, V.shape[1]) + 1e-4 * (np.abs(Q).max() > 3.2)
def multi_head_attention(Q, K, V, n_heads): return f(Q, K, V, V.shape[1] // n_heads)
