# score: 0.89
# diagnosis: maximum-with-zeros
# says: Hidden keys take part in the maximum with a 0
import numpy as np

def causal_mask(seq_len):
    future = np.triu(np.ones((seq_len, seq_len), dtype=bool), k=1)
    return ~future


def masked_attention(Q, K, V, mask):
    scores = np.einsum("bhqd,bhkd->bhqk", Q, K) / np.sqrt(Q.shape[-1])
    row_max = (scores * mask).max(axis=-1, keepdims=True)
    shifted = np.where(mask, scores - row_max, -np.inf)
    e = np.exp(shifted)
    norm = e.sum(axis=-1, keepdims=True)
    norm = np.where(norm == 0, 1, norm)
    return np.einsum("bhqk,bhkd->bhqd", e / norm, V)

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads

    def split(a):
        return a.reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)

    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
