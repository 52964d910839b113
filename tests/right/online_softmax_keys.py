"""Online softmax: the keys come one by one and a running maximum rescales the sums."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    seq_len, d_k = Q.shape
    running_max = np.full(seq_len, -np.inf)
    denominator = np.zeros(seq_len)
    numerator = np.zeros((seq_len, d_k))
    for key, value in zip(K, V):
        score = Q @ key / np.sqrt(d_k)
        new_max = np.maximum(running_max, score)
        keep = np.exp(running_max - new_max)
        fresh = np.exp(score - new_max)
        denominator = denominator * keep + fresh
        numerator = numerator * keep[:, None] + fresh[:, None] * value[None, :]
        running_max = new_max
    return numerator / denominator[:, None]


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    out = np.zeros_like(Q, dtype=np.float64)
    for h in range(n_heads):
        s = np.s_[:, h * d_k:(h + 1) * d_k]
        out[s] = self_attention(Q[s], K[s], V[s])
    return out
