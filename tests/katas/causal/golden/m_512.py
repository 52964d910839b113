# score: 0.95
# diagnosis: wrong-for-long
# says: With 512 tokens it is right; with 513
import numpy as np

def causal_mask(seq_len):
    return np.tril(np.ones((512, 512), dtype=bool))[:seq_len, :seq_len]

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
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads

    def split(a):
        return a.reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)

    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
