# score: 0.70
# diagnosis: softmax-in-blocks
# says: Each block of 4 keys has a softmax of its own
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    n, d = K.shape
    out = np.zeros_like(V, dtype=float)
    B = 4
    for start in range(0, n, B):
        k = K[start:start+B]
        v = V[start:start+B]
        s = Q @ k.T / np.sqrt(d)
        s = s - s.max(axis=-1, keepdims=True)
        w = np.exp(s)
        w /= w.sum(axis=-1, keepdims=True)
        out += w @ v
    return out


def multi_head_attention(Q, K, V, n_heads):
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    outputs = []
    for h in range(n_heads):
        s = slice(h * d_k, (h + 1) * d_k)
        outputs.append(self_attention(Q[:, s], K[:, s], V[:, s]))
    return np.concatenate(outputs, axis=-1)
