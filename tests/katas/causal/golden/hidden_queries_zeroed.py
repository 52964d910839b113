# diagnosis: zeros-for-hidden-queries
# says: of shape (1, seq_len)
import numpy as np

def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))

def masked_attention(Q, K, V, mask):
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    s = np.where(mask, scores, -1e30)
    e = np.exp(s - s.max(axis=-1, keepdims=True)) * mask
    tot = e.sum(axis=-1, keepdims=True)
    out = np.divide(e, tot, out=np.zeros_like(e), where=tot > 0) @ V
    if mask.shape[-2] == 1:
        # padding mask: padded tokens give no output
        out = out * np.swapaxes(mask, -1, -2)
    return out

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    sh = lambda t: t.reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)
    out = masked_attention(sh(X @ W_q), sh(X @ W_k), sh(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
