# score: 0.72
# diagnosis: always-divided-by-two
# says: divided by 2 whatever d_k is
import numpy as np

d_k = 4


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    s = Q @ K.T / np.sqrt(d_k)
    s = s - s.max(axis=-1, keepdims=True)
    w = np.exp(s)
    w /= w.sum(axis=-1, keepdims=True)
    return w @ V


def multi_head_attention(Q, K, V, n_heads):
    d_head = Q.shape[1] // n_heads
    outputs = []
    for h in range(n_heads):
        s = slice(h * d_head, (h + 1) * d_head)
        outputs.append(self_attention(Q[:, s], K[:, s], V[:, s]))
    return np.concatenate(outputs, axis=-1)
