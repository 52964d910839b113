# score: 0.71
# diagnosis: cosine-scores-guarded
# says: with a vector of zeros the score is 0
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    Qn = Q / (np.linalg.norm(Q, axis=-1, keepdims=True) + 1e-8)
    Kn = K / (np.linalg.norm(K, axis=-1, keepdims=True) + 1e-8)
    s = Qn @ Kn.T / np.sqrt(Q.shape[-1])
    s = s - s.max(axis=-1, keepdims=True)
    w = np.exp(s)
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
