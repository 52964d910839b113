# diagnosis: wrong-for-some-lengths
# says: Of 5 tokens token
# says: 5, 6, 7, 9, 10 and others
import numpy as np

BLOCK = 4


def causal_mask(seq_len: int) -> np.ndarray:
    pos = np.arange(seq_len)
    return pos[:, None] >= pos


def masked_attention(Q, K, V, mask):
    """Works through the queries in blocks, so the scores never need much memory."""
    b, h, n, d = Q.shape
    mask = np.broadcast_to(mask, (b, h, n, n))
    block = min(BLOCK, n)
    out = np.zeros((b, h, n, d))
    for k in range(n // block):
        rows = slice(k * block, (k + 1) * block)
        s = np.where(mask[:, :, rows], Q[:, :, rows] @ K.swapaxes(2, 3) / np.sqrt(d), -np.inf)
        m = s.max(axis=-1, keepdims=True)
        m[np.isneginf(m)] = 0
        e = np.exp(s - m)
        z = e.sum(axis=-1, keepdims=True)
        z[z == 0] = 1
        out[:, :, rows] = (e / z) @ V
    return out


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    b, n, d = X.shape
    if mask is None:
        mask = np.ones((n, n), dtype=bool)
    heads = [(X @ W).reshape(b, n, n_heads, d // n_heads).swapaxes(1, 2) for W in (W_q, W_k, W_v)]
    return masked_attention(*heads, mask).swapaxes(1, 2).reshape(b, n, d) @ W_o
