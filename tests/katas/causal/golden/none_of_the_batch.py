# diagnosis: wrong-without-a-mask-for-several
# says: right-aligned, the shape of
import numpy as np


def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def masked_attention(Q, K, V, mask):
    scores = np.einsum("bhid,bhjd->bhij", Q, K) / np.sqrt(Q.shape[-1])
    scores = np.where(mask, scores, -np.inf)
    best = scores.max(axis=-1, keepdims=True)
    best = np.where(np.isfinite(best), best, 0.0)
    weights = np.exp(scores - best)
    total = weights.sum(axis=-1, keepdims=True)
    weights = weights / np.where(total == 0, 1.0, total)
    return np.einsum("bhij,bhjd->bhid", weights, V)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads
    if mask is None:
        mask = np.ones((batch, seq_len, seq_len), dtype=bool)

    def split(t):
        return t.reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)

    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
