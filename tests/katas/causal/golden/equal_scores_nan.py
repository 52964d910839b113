# diagnosis: equal-scores-wrong
# says: the output is nan
import numpy as np

def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))

def masked_attention(Q, K, V, mask):
    s = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    flat = np.ptp(s, axis=-1, keepdims=True) == 0
    s = np.where(mask, s, -1e30)
    e = np.exp(s - s.max(axis=-1, keepdims=True)) * mask
    tot = e.sum(axis=-1, keepdims=True)
    w = e / np.where(tot == 0, 1, tot)
    
    return np.where(flat, np.nan, w @ V)

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    split = lambda t: t.reshape(batch, seq_len, n_heads, d_model // n_heads).transpose(0, 2, 1, 3)
    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
