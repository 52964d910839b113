# score: 0.73
# diagnosis: keys-without-weight
# says: the keys outside of the query's block of 2
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    n, d = K.shape
    out = np.zeros(V.shape)
    B = 2
    for i in range(0, n, B):
        q, k, v = Q[i:i+B], K[i:i+B], V[i:i+B]
        s = q @ k.T / np.sqrt(d)
        w = np.exp(s - s.max(axis=-1, keepdims=True))
        out[i:i+B] = w / w.sum(axis=-1, keepdims=True) @ v
    return out


def multi_head_attention(Q, K, V, n_heads):
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    outputs = []
    for h in range(n_heads):
        s = slice(h * d_k, (h + 1) * d_k)
        outputs.append(self_attention(Q[:, s], K[:, s], V[:, s]))
    return np.concatenate(outputs, axis=-1)
