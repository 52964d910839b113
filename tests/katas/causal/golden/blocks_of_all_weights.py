# diagnosis: blocks-of-weights-alone
# says: W_q, W_k and W_v
import numpy as np


def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def masked_attention(Q, K, V, mask):
    s = np.where(mask, Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1]), -np.inf)
    m = s.max(axis=-1, keepdims=True)
    e = np.exp(s - np.where(np.isinf(m), 0, m))
    z = e.sum(axis=-1, keepdims=True)
    return (e / np.where(z == 0, 1, z)) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    heads = []
    for h in range(n_heads):
        f = slice(h * d_k, (h + 1) * d_k)
        # the share of head h
        x = X[:, :, f]
        q = (x @ W_q[f, f])[:, None]
        k = (x @ W_k[f, f])[:, None]
        v = (x @ W_v[f, f])[:, None]
        heads.append(masked_attention(q, k, v, mask)[:, 0])
    return np.concatenate(heads, axis=-1) @ W_o
