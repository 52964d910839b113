# score: 0.67
# diagnosis: heads-not-split-nor-their-masks
# says: of a mask with a part for each head the first part is used
import numpy as np


def causal_mask(seq_len):
    pos = np.arange(seq_len)
    return pos[:, None] >= pos[None, :]


def masked_attention(Q, K, V, mask):
    d_k = Q.shape[-1]
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(d_k)
    scores = np.where(mask, scores, -np.inf)
    m = scores.max(axis=-1, keepdims=True)
    m = np.where(np.isfinite(m), m, 0)
    e = np.exp(scores - m)
    s = e.sum(axis=-1, keepdims=True)
    s = np.where(s == 0, 1, s)
    return (e / s) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.ones((X.shape[1], X.shape[1]), dtype=bool)
    Q = (X @ W_q)[:, None]
    K = (X @ W_k)[:, None]
    V = (X @ W_v)[:, None]
    out = masked_attention(Q, K, V, mask)[:, 0]
    return out @ W_o
