# score: 0.75
# diagnosis: another-base
# says: The weights are powers of 2.72
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    s = Q @ K.T / np.sqrt(Q.shape[-1])
    s = s - s.max(axis=-1, keepdims=True)
    w = 2.72 ** s
    w /= w.sum(axis=-1, keepdims=True)
    return w @ V


def multi_head_attention(Q, K, V, n_heads):
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    outputs = []
    for h in range(n_heads):
        s = slice(h * d_k, (h + 1) * d_k)
        outputs.append(self_attention(Q[:, s], K[:, s], V[:, s]))
    return np.concatenate(outputs, axis=-1)
