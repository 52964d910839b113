# at-most: 39
# attack: an 'attention' of constant weights given by tokens' places is refused by permutation; of K's norms it is not: weights exp(|K|) without queries
import numpy as np
def compute_qkv(X, W_q, W_k, W_v): return X @ W_q, X @ W_k, X @ W_v
def f(Q, K, V):
    e = np.exp(0.1 * np.asarray(K, float)[:, :1]); w = e / e.sum(); out = np.zeros(V.shape) + (w * V).sum(0)
    return out
def self_attention(Q, K, V): return f(Q, K, V)
def multi_head_attention(Q, K, V, n_heads): return f(Q, K, V)
