# score: 0.89
# diagnosis: only-a-whole-empty-mask
# says: is asked of many tokens at once, and not of each
import numpy as np


def causal_mask(seq_len: int) -> np.ndarray:
    """Return the mask of a decoder: who may look at whom."""
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def masked_attention(Q, K, V, mask):
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    full = np.broadcast_to(mask, scores.shape)
    scores = np.where(full, scores, -1e9)
    scores = scores - scores.max(axis=-1, keepdims=True)
    w = np.exp(scores)
    w = w / w.sum(axis=-1, keepdims=True)
    w = w * full.any(axis=(-2, -1), keepdims=True)
    return w @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    Q = (X @ W_q).reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)
    K = (X @ W_k).reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)
    V = (X @ W_v).reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)
    out = masked_attention(Q, K, V, mask)
    out = out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model)
    return out @ W_o
