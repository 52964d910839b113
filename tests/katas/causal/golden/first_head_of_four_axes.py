# score: 0.92
# diagnosis: mask-of-the-first-head-of-four-axes
# says: With a mask of four axes, hide everything from head 1 alone
import numpy as np


def causal_mask(seq_len: int) -> np.ndarray:
    """Return the mask of a decoder: who may look at whom."""
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


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
    batch, n, d = X.shape
    d_k = d // n_heads
    if mask is None:
        mask = np.ones((1, 1, n, n), dtype=bool)
    if mask.ndim == 4:
        mask = mask[:, :1]     # (batch, 1, n, n): broadcast over the heads
    Q = (X @ W_q).reshape(batch, n, n_heads, d_k).transpose(0, 2, 1, 3)
    K = (X @ W_k).reshape(batch, n, n_heads, d_k).transpose(0, 2, 1, 3)
    V = (X @ W_v).reshape(batch, n, n_heads, d_k).transpose(0, 2, 1, 3)
    out = masked_attention(Q, K, V, mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, n, d) @ W_o
