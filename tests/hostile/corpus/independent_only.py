# at-most: 26
# attack: elementwise heads: independent asks for no meeting of features
import numpy as np
def compute_qkv(X, W_q, W_k, W_v): return X @ W_q, X @ W_k, X @ W_v
def self_attention(Q, K, V): return None
def multi_head_attention(Q, K, V, n_heads): return V.mean(0) + 0.1 * (Q - Q.mean(0)) * K
