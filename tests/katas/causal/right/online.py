"""One key after the other, with a running maximum and a running sum."""

import numpy as np


def causal_mask(seq_len):
    mask = np.zeros((seq_len, seq_len), bool)
    mask[np.tril_indices(seq_len)] = True
    return mask


def masked_attention(Q, K, V, mask):
    shape = (*Q.shape[:3], Q.shape[2])
    mask = np.broadcast_to(mask, shape)
    top = np.full((*Q.shape[:3], 1), -np.inf)
    total = np.zeros_like(top)
    out = np.zeros(V.shape, dtype=float)
    for j in range(Q.shape[2]):
        score = (Q * K[:, :, j : j + 1]).sum(-1, keepdims=True) / np.sqrt(Q.shape[-1])
        seen = mask[..., j : j + 1]
        new = np.where(seen, np.maximum(top, score), top)
        safe = np.where(np.isinf(new), 0, new)
        shrink = np.where(np.isinf(top), 0, np.exp(np.where(np.isinf(top), 0, top) - safe))
        weight = np.where(seen, np.exp(np.where(seen, score, safe) - safe), 0)
        total = total * shrink + weight
        out = out * shrink + weight * V[:, :, j : j + 1]
        top = new
    return np.divide(out, total, out=np.zeros_like(out), where=total > 0)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, n, d_model = X.shape
    if mask is None:
        mask = causal_mask(n) | True
    Q, K, V = (
        np.transpose((X @ W).reshape(batch, n, n_heads, -1), (0, 2, 1, 3)) for W in (W_q, W_k, W_v)
    )
    out = masked_attention(Q, K, V, mask)
    return np.transpose(out, (0, 2, 1, 3)).reshape(batch, n, d_model) @ W_o
