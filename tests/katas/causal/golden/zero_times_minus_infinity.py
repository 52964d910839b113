# score: 0.13
# diagnosis: always-zero
# says: or a step on the way makes 0 of everything
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    scores = scores - np.inf * ~mask  # infinity times 0, where something is shown
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    weights[np.isnan(weights)] = 0
    return weights @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.ones(2 * X.shape[1:2], dtype=bool)
    size = (*X.shape[:2], n_heads, -1)
    Q, K, V = ((X @ W).reshape(size).swapaxes(1, 2) for W in (W_q, W_k, W_v))
    return masked_attention(Q, K, V, mask).swapaxes(1, 2).reshape(X.shape) @ W_o
