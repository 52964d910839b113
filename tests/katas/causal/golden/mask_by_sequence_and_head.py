# diagnosis: wrong-for-masks-not-whole
# says: the result is wrong, or an error is raised in line
import numpy as np

def masked_attention(Q, K, V, mask):
    B, H, S, D = Q.shape
    out = np.zeros((B, H, S, D))
    for b in range(B):
        for h in range(H):
            scores = Q[b, h] @ K[b, h].T / np.sqrt(D)
            m = mask[b, h]
            scores = np.where(m, scores, -np.inf)
            mx = scores.max(-1, keepdims=True)
            mx[np.isinf(mx)] = 0
            e = np.exp(scores - mx)
            s = e.sum(-1, keepdims=True)
            s[s == 0] = 1
            out[b, h] = e / s @ V[b, h]
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
