# score: 0.94
# diagnosis: inputs-changed
# says: What it is given (W_q)
import numpy as np


def causal_mask(seq_len: int) -> np.ndarray:
    """Return the mask of a decoder: who may look at whom."""
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def _attend(Q, K, V, mask):
    scores = Q @ K.swapaxes(-1, -2)
    scores = np.where(mask, scores, -np.inf)
    m = scores.max(axis=-1, keepdims=True)
    m = np.where(np.isfinite(m), m, 0)
    e = np.exp(scores - m)
    s = e.sum(axis=-1, keepdims=True)
    return (e / np.where(s == 0, 1, s)) @ V


def masked_attention(Q, K, V, mask):
    return _attend(Q / np.sqrt(Q.shape[-1]), K, V, mask)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, n, d = X.shape
    d_k = d // n_heads
    if mask is None:
        mask = np.ones((n, n), dtype=bool)
    W_q /= np.sqrt(d_k)
    Q, K, V = [(X @ W).reshape(batch, n, n_heads, d_k).swapaxes(1, 2) for W in (W_q, W_k, W_v)]
    return _attend(Q, K, V, mask).swapaxes(1, 2).reshape(batch, n, d) @ W_o
