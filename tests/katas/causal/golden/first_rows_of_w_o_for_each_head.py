# diagnosis: right-for-one-head
import numpy as np


def causal_mask(seq_len):
    place = np.arange(seq_len)
    return place[:, None] >= place


def masked_attention(Q, K, V, mask):
    scores = np.where(mask, Q @ np.swapaxes(K, 2, 3) / Q.shape[3] ** 0.5, -np.inf)
    top = scores.max(axis=3, keepdims=True)
    parts = np.exp(scores - np.where(np.isinf(top), 0, top))
    total = parts.sum(axis=3, keepdims=True)
    return parts / np.where(total > 0, total, 1) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    width = d_model // n_heads
    if mask is None:
        mask = np.ones((1, 1), dtype=bool)
    parts = [(X @ W).reshape(batch, seq_len, n_heads, width) for W in (W_q, W_k, W_v)]
    heads = masked_attention(*(part.swapaxes(1, 2) for part in parts), mask)
    return sum(heads[:, head] @ W_o[:width] for head in range(n_heads))
