# score: 0.88
# diagnosis: wrong-for-large-scores
# says: Large scores are not handled
import numpy as np

def causal_mask(seq_len):
    future = np.triu(np.ones((seq_len, seq_len), dtype=bool), k=1)
    return ~future


def masked_attention(Q, K, V, mask):
    s = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(Q.shape[-1])
    s = np.clip(s, -50, 50)   # avoid overflow in exp
    w = np.exp(s) * mask
    z = w.sum(axis=-1, keepdims=True)
    return (w / np.where(z == 0, 1, z)) @ V

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads

    def split(a):
        return a.reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)

    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
