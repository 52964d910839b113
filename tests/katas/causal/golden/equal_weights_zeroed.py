# diagnosis: equal-scores-wrong
# diagnosis: heads-of-n-heads-features
# says: the output is 0
import numpy as np


def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def masked_attention(Q, K, V, mask):
    n = Q.shape[2]
    scores = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(Q.shape[3])
    scores = np.where(mask, scores, -1e9)
    scores = scores - scores.max(axis=-1, keepdims=True)
    w = np.exp(scores)
    w = w / w.sum(axis=-1, keepdims=True)
    flat = np.all(w == 1 / n, axis=-1, keepdims=True)
    w = np.where(flat, 0.0, w)
    return w @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)

    def split(t):
        return t.reshape(batch, seq_len, d_k, n_heads).transpose(0, 2, 1, 3)

    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
