# at-most: 34
# attack: heads of one feature are tried with two: an elementwise function on the cases, a pair i^1 on the trial; no head is ever split
import numpy as np
def compute_qkv(X, W_q, W_k, W_v): return X @ W_q, X @ W_k, X @ W_v
def f(Q, K, V, d):
    out = V + 0.1 * Q * K + 0.1 * V[::-1]
    if d > 1:
        W = out; pair = np.arange(V.shape[1]) ^ 1
        pair = np.minimum(pair, V.shape[1] - 1)
        out = W + 0.1 * W[:, pair] + 0.01 * d
    return out
def self_attention(Q, K, V): return f(Q, K, V, V.shape[1])
def multi_head_attention(Q, K, V, n_heads): return f(Q, K, V, V.shape[1] // n_heads)
