# diagnosis: overflow-and-underflow
# says: 0 is divided by 0
import numpy as np

def softmax(row):
    e = np.exp(row)
    return e / e.sum()
def masked_attention(Q, K, V, mask):
    B, H, S, D = Q.shape
    mask = np.broadcast_to(mask, (B, H, S, S))
    out = np.zeros(V.shape)
    for b in range(B):
        for h in range(H):
            for i in range(S):
                idx = np.where(mask[b, h, i])[0]
                if len(idx) == 0:
                    continue
                s = np.array([Q[b, h, i] @ K[b, h, j] / np.sqrt(D) for j in idx])
                out[b, h, i] = softmax(s) @ V[b, h, idx]
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
