"""einsum throughout; hidden scores are a large negative number and are zeroed afterwards."""

import numpy as np


def causal_mask(seq_len):
    positions = np.arange(seq_len)
    return positions[None, :] <= positions[:, None]


def masked_attention(Q, K, V, mask):
    S = np.einsum("bhid,bhjd->bhij", Q, K) / Q.shape[-1] ** 0.5
    S = np.where(mask, S, -1e30)
    W = np.exp(S - S.max(-1, keepdims=True)) * mask
    total = W.sum(-1, keepdims=True)
    return np.einsum("bhij,bhjd->bhid", W / np.where(total > 0, total, 1.0), V)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    b, n, d = X.shape
    mask = np.True_ if mask is None else mask
    Q, K, V = (
        np.einsum("bnd,dhk->bhnk", X, W.reshape(d, n_heads, d // n_heads)) for W in (W_q, W_k, W_v)
    )
    heads = masked_attention(Q, K, V, mask)
    return np.einsum("bhnk,hkd->bnd", heads, W_o.reshape(n_heads, d // n_heads, d))
