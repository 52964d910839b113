# diagnosis: own-features-alone
import numpy as np

def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))

def masked_attention(Q, K, V, mask):
    s = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    s = np.where(mask, s, -1e30)
    e = np.exp(s - s.max(axis=-1, keepdims=True)) * mask
    tot = e.sum(axis=-1, keepdims=True)
    w = e / np.where(tot == 0, 1, tot)
    
    return w @ V

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, n, d = X.shape
    k = d // n_heads
    if mask is None:
        mask = np.ones((n, n), dtype=bool)
    split = lambda t: t.reshape(batch, n, n_heads, k).transpose(0, 2, 1, 3)
    Xh = split(X)
    bl = lambda W: np.stack([W[:k, i*k:(i+1)*k] for i in range(n_heads)])
    out = masked_attention(Xh @ bl(W_q), Xh @ bl(W_k), Xh @ bl(W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, n, d) @ W_o
