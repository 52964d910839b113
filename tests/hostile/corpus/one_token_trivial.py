# at-most: 32
# attack: V for one token, anything else beside
import numpy as np
def compute_qkv(X, W_q, W_k, W_v): return X @ W_q, X @ W_k, X @ W_v
def self_attention(Q, K, V): return V + 0.1 * (Q - Q[0]) * K + 0.1 * (V - V[::-1])
def multi_head_attention(Q, K, V, n_heads): return V + 0.1 * (Q - Q[0]) * K + 0.1 * (V - V[::-1])
