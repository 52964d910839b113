# diagnosis: wrong-for-large-hidden
import numpy as np


def causal_mask(seq_len):
    return np.tri(seq_len, dtype=bool)


def masked_attention(Q, K, V, mask):
    scores = np.einsum("bhqd,bhkd->bhqk", Q, K) / np.sqrt(K.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1)[..., None])
    weights /= weights.sum(axis=-1)[..., None]
    weights = weights * mask
    return weights / (weights.sum(axis=-1)[..., None] + 1e-9) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape

    def heads_of(W):
        return (X @ W).reshape(batch, seq_len, n_heads, -1).transpose(0, 2, 1, 3)

    if mask is None:
        mask = np.full((seq_len, seq_len), True)
    out = masked_attention(heads_of(W_q), heads_of(W_k), heads_of(W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(X.shape) @ W_o
