# diagnosis: ordinary-right
# says: masks of shape (heads, seq_len, seq_len)
import numpy as np

def masked_attention(Q, K, V, mask):
    B, H, S, D = Q.shape
    out = np.zeros((B, H, S, D))
    for b in range(B):
        for h in range(H):
            s = Q[b, h] @ K[b, h].T / np.sqrt(D)
            m = mask[b] if mask.ndim > 2 else mask
            s = np.where(m, s, -np.inf)
            t = s.max(-1, keepdims=True)
            t[t == -np.inf] = 0
            e = np.exp(s - t)
            z = e.sum(-1, keepdims=True)
            z[z == 0] = 1
            out[b, h] = (e / z) @ V[b, h]
    return out

def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    B, S, D = X.shape
    d_k = D // n_heads
    split = lambda A: A.reshape(B, S, n_heads, d_k).transpose(0, 2, 1, 3)
    if mask is None:
        mask = np.ones((S, S), dtype=bool)
    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(B, S, D) @ W_o
