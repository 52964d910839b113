# diagnosis: wrong-for-long
# says: With 32 tokens it is right; with 33
import numpy as np

def masked_attention(Q, K, V, mask):
    B, H, S, D = Q.shape
    scores = np.full((B, H, 32, 32), -np.inf)
    scores[:, :, :S, :S] = np.where(mask, np.einsum("bhqd,bhkd->bhqk", Q, K) / np.sqrt(D), -np.inf)
    m = scores.max(-1, keepdims=True)
    m[np.isneginf(m)] = 0
    e = np.exp(scores - m)
    t = e.sum(-1, keepdims=True)
    t[t == 0] = 1
    return (e / t)[:, :, :S, :S] @ V

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
