# score: 0.81
# diagnosis: wrong-without-a-mask-for-several
# says: Without a mask it goes wrong for several sequences
import numpy as np

def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))

def masked_attention(Q, K, V, mask):
    d_k = Q.shape[-1]
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(d_k)
    scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    e = np.exp(scores - top)
    total = e.sum(axis=-1, keepdims=True)
    weights = e / np.where(total == 0, 1.0, total)
    return weights @ V

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    b, n, d = X.shape
    dk = d // n_heads
    if mask is None:
        # faster: one big sequence
        flat = X.reshape(1, b * n, d)
        mask = np.ones((b * n, b * n), dtype=bool)
    else:
        flat = X
    bb, nn, _ = flat.shape
    s = lambda W: (flat @ W).reshape(bb, nn, n_heads, dk).transpose(0, 2, 1, 3)
    out = masked_attention(s(W_q), s(W_k), s(W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(b, n, d) @ W_o
