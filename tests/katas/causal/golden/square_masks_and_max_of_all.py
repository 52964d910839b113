# score: 0.63
# diagnosis: ordinary-right
# says: large scores behind the mask; masks of shape (1, seq_len)
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    seq_len, d_k = Q.shape[-2:]
    if mask.shape != (seq_len, seq_len):
        raise ValueError("the mask is not square")
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(d_k)
    weights = mask * np.exp(scores - scores.max(axis=-1, keepdims=True))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total == 0, 1, total) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.ones(2 * X.shape[1:2], dtype=bool)
    size = (*X.shape[:2], n_heads, -1)
    Q, K, V = ((X @ W).reshape(size).swapaxes(1, 2) for W in (W_q, W_k, W_v))
    return masked_attention(Q, K, V, mask).swapaxes(1, 2).reshape(X.shape) @ W_o
