# diagnosis: scores-of-another-size
# says: It is 2 for d_k = 1, 2.828 for d_k = 2 and 3.464 for d_k = 3
# says: Under masks of shape (1, seq_len) and masks of shape (batch, 1, 1, seq_len), hidden
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    scores = 2 * Q @ K.swapaxes(-1, -2)
    if mask.shape[-2:] == scores.shape[-2:]:
        scores = np.where(mask, scores, -np.inf)
    highest = scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores - np.where(np.isinf(highest), 0, highest))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total == 0, 1, total) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.ones(2 * X.shape[1:2], dtype=bool)
    size = (*X.shape[:2], n_heads, -1)
    Q, K, V = ((X @ W).reshape(size).swapaxes(1, 2) for W in (W_q, W_k, W_v))
    return masked_attention(Q, K, V, mask).swapaxes(1, 2).reshape(X.shape) @ W_o
