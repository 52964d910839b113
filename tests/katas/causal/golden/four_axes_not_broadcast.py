# diagnosis: wrong-for-masks-of-four-to-be-broadcast
# says: an error is raised in line 19 (IndexError)
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    shape = (*Q.shape[:-1], Q.shape[-2])
    if len(mask.shape) != len(shape):
        mask = np.broadcast_to(mask, shape)
    out = np.zeros(V.shape)
    for place in np.ndindex(*Q.shape[:-1]):
        batch, head, _ = place
        keys = K[batch, head]
        scores = keys @ Q[place] / np.sqrt(Q.shape[-1])
        shown = np.flatnonzero([mask[(*place, at)] for at in range(len(keys))])
        if len(shown):
            weights = np.exp(scores[shown] - scores[shown].max())
            out[place] = weights / weights.sum() @ V[batch, head][shown]
    return out


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.ones(2 * X.shape[1:2], dtype=bool)
    size = (*X.shape[:2], n_heads, -1)
    Q, K, V = ((X @ W).reshape(size).swapaxes(1, 2) for W in (W_q, W_k, W_v))
    return masked_attention(Q, K, V, mask).swapaxes(1, 2).reshape(X.shape) @ W_o
