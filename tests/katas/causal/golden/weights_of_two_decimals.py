# score: 0.30
# diagnosis: weights-rounded
# says: each is a multiple of 0.01
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    scores = np.where(mask, scores, -np.inf)
    m = scores.max(axis=-1, keepdims=True)
    m = np.where(np.isfinite(m), m, 0)
    e = np.exp(scores - m)
    s = e.sum(axis=-1, keepdims=True)
    weights = np.round(e / np.where(s == 0, 1, s), 2)
    return weights @ V


def split_heads(A, n_heads):
    b, n, d = A.shape
    return A.reshape(b, n, n_heads, d // n_heads).swapaxes(1, 2)


def join_heads(A):
    b, h, n, d = A.shape
    return A.swapaxes(1, 2).reshape(b, n, h * d)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    Q, K, V = (split_heads(X @ W, n_heads) for W in (W_q, W_k, W_v))
    if mask is None:
        mask = np.array([[True]])
    return join_heads(masked_attention(Q, K, V, mask)) @ W_o
