# diagnosis: wrong-for-large-hidden
# says: or is the hidden one infinite?
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    highest = np.max(scores, axis=-1, keepdims=True, where=mask, initial=-np.inf)
    weights = np.exp(scores - np.where(np.isinf(highest), 0, highest))
    weights = mask.astype(float) * weights
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total == 0, 1, total) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.ones(2 * X.shape[1:2], dtype=bool)
    size = (*X.shape[:2], n_heads, -1)
    Q, K, V = ((X @ W).reshape(size).swapaxes(1, 2) for W in (W_q, W_k, W_v))
    return masked_attention(Q, K, V, mask).swapaxes(1, 2).reshape(X.shape) @ W_o
