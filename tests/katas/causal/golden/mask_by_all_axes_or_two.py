# diagnosis: wrong-for-masks-to-be-broadcast
# says: (IndexError or ValueError)
import numpy as np

def masked_attention(Q, K, V, mask):
    B, H, S, D = Q.shape
    out = np.zeros((B, H, S, D))
    for b in range(B):
        for h in range(H):
            for i in range(S):
                s = Q[b, h, i] @ K[b, h].T / np.sqrt(D)
                keep = mask[b, h, i] if mask.ndim == 4 else mask[i]
                if not keep.any():
                    continue
                s = np.where(keep, s, -np.inf)
                e = np.exp(s - s.max())
                out[b, h, i] = (e / e.sum()) @ V[b, h]
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
