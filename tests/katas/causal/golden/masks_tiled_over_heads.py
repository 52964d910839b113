# diagnosis: wrong-for-masks-of-sequences-with-heads
# says: to be used in all of
import numpy as np


def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def fold_mask(mask, batch, heads, n):
    while mask.ndim < 4:
        mask = mask[None]
    mask = np.broadcast_to(mask, mask.shape[:2] + (n, n))
    if mask.shape[1] == 1:
        flat = mask[:, 0]
        return np.tile(flat, (batch * heads // flat.shape[0], 1, 1))
    return np.broadcast_to(mask, (batch, heads, n, n)).reshape(batch * heads, n, n)


def masked_attention(Q, K, V, mask):
    batch, heads, n, d_k = Q.shape
    q = Q.reshape(batch * heads, n, d_k)
    k = K.reshape(batch * heads, n, d_k)
    v = V.reshape(batch * heads, n, d_k)
    m = fold_mask(mask, batch, heads, n)
    s = np.where(m, q @ k.transpose(0, 2, 1) / np.sqrt(d_k), -np.inf)
    top = s.max(-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    e = np.exp(s - top)
    z = e.sum(-1, keepdims=True)
    out = (e / np.where(z == 0, 1, z)) @ v
    return out.reshape(batch, heads, n, d_k)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    Q, K, V = ((X @ W).reshape(batch, seq_len, n_heads, -1).transpose(0, 2, 1, 3) for W in (W_q, W_k, W_v))
    out = masked_attention(Q, K, V, mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
