# diagnosis: scores-of-another-size
# says: and 1.118 for d_k = 5, and 1 for d_k = 1, 4 and 9.
import math
import numpy as np


def causal_mask(seq_len):
    rows, cols = np.indices((seq_len, seq_len))
    return cols <= rows


def masked_attention(Q, K, V, mask):
    root = math.isqrt(Q.shape[3])
    scores = np.einsum("bhqd,bhkd->bhqk", Q, K) / root
    visible = np.broadcast_to(mask, scores.shape)
    scores = np.where(visible, scores, -np.inf)
    peak = np.max(scores, axis=3, keepdims=True)
    peak = np.where(visible.any(axis=3, keepdims=True), peak, 0.0)
    w = np.exp(scores - peak)
    tot = w.sum(axis=3, keepdims=True)
    w = np.divide(w, tot, out=np.zeros_like(w), where=tot != 0)
    return np.einsum("bhqk,bhkd->bhqd", w, V)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq, dim = X.shape
    size = dim // n_heads
    if mask is None:
        mask = np.ones((seq, seq), dtype=bool)

    def project(W):
        y = np.empty((batch, n_heads, seq, size), dtype=np.result_type(X, W, float))
        for h in range(n_heads):
            y[:, h] = X @ W[:, h * size:(h + 1) * size]
        return y

    z = masked_attention(project(W_q), project(W_k), project(W_v), mask)
    out = 0
    for h in range(n_heads):
        out = out + z[:, h] @ W_o[h * size:(h + 1) * size]
    return out
