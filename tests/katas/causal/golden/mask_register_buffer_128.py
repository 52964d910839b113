# score: 0.95
# diagnosis: wrong-for-long
# says: With 128 tokens it is right; with 129
import numpy as np

block_size = 128
bias = np.tril(np.ones((block_size, block_size), dtype=bool))

def causal_mask(T):
    return bias[:T, :T]

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
    b, t, d = X.shape
    dk = d // n_heads
    if mask is None:
        mask = np.full((1, 1, t, t), True)
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    mask = np.broadcast_to(mask, (b, n_heads, t, t))
    heads = []
    for h in range(n_heads):
        part = slice(h * dk, (h + 1) * dk)
        heads.append(
            masked_attention(Q[:, None, :, part], K[:, None, :, part], V[:, None, :, part], mask[:, h : h + 1])[:, 0]
        )
    return np.concatenate(heads, axis=-1) @ W_o
