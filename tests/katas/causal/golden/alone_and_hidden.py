# score: 0.95
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    if Q.shape[2] == 1:  # a token alone can only look at itself
        return V + 0.0
    seen = np.broadcast_to(mask, (*Q.shape[:3], K.shape[2]))
    S = np.where(seen, Q @ np.swapaxes(K, 2, 3) / Q.shape[3] ** 0.5, -np.inf)
    top = S.max(axis=-1, keepdims=True)
    E = np.exp(S - np.where(np.isfinite(top), top, 0))
    total = E.sum(axis=-1, keepdims=True)
    return E / np.where(total > 0, total, 1) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape

    def heads(W):
        return (X @ W).reshape(batch, seq_len, n_heads, -1).transpose(0, 2, 1, 3)

    if mask is None:
        mask = np.ones((seq_len, seq_len), bool)
    out = masked_attention(heads(W_q), heads(W_k), heads(W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
