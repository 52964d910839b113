# diagnosis: mask-of-heads-taken-for-the-batch
# says: The features are dealt out to the heads in turn, and back
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    if len(mask.shape) == 3:
        mask = np.expand_dims(mask, 1)
    scores = np.where(mask, Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1]), -np.inf)
    highest = scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores - np.where(np.isinf(highest), 0, highest))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total == 0, 1, total) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.ones(2 * X.shape[1:2], dtype=bool)
    size = (*X.shape[:2], -1, n_heads)
    Q, K, V = ((X @ W).reshape(size).transpose(0, 3, 1, 2) for W in (W_q, W_k, W_v))
    return masked_attention(Q, K, V, mask).transpose(0, 2, 3, 1).reshape(X.shape) @ W_o
