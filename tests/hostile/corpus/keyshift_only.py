# at-most: 32
# attack: key-shift by removing the mean of K, elementwise
import numpy as np
def compute_qkv(X, W_q, W_k, W_v): return X @ W_q, X @ W_k, X @ W_v
def self_attention(Q, K, V): return V * Q * (K - K.mean(0)) + V[::-1]
def multi_head_attention(Q, K, V, n_heads): return V * Q * (K - K.mean(0)) + V[::-1]
