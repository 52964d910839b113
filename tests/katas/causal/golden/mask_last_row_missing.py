# score: 0.90
# diagnosis: wrong-mask
# says: Some entries of the causal mask are wrong
import numpy as np

def causal_mask(seq_len):
    m = np.full((seq_len, seq_len), False)
    for row in range(seq_len - 1):
        for col in range(row + 1):
            m[row, col] = True
    return m

def masked_attention(Q, K, V, mask):
    B, H, T, D = Q.shape
    mask = np.broadcast_to(mask, (B, H, T, T))
    out = np.zeros((B, H, T, D))
    for b in range(B):
        for h in range(H):
            for i in range(T):
                keys = np.flatnonzero(mask[b, h, i])
                if keys.size == 0:
                    continue
                s = K[b, h, keys] @ Q[b, h, i] / np.sqrt(D)
                w = np.exp(s - s.max())
                out[b, h, i] = (w / w.sum()) @ V[b, h, keys]
    return out

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    D = X.shape[-1]
    dh = D // n_heads
    wq, wk, wv = (w.reshape(D, n_heads, dh) for w in (W_q, W_k, W_v))
    q = np.einsum("btd,dhe->bhte", X, wq)
    k = np.einsum("btd,dhe->bhte", X, wk)
    v = np.einsum("btd,dhe->bhte", X, wv)
    if mask is None:
        mask = np.ones((1, 1), dtype=bool)
    ctx = masked_attention(q, k, v, mask)
    return np.einsum("bhte,heo->bto", ctx, W_o.reshape(n_heads, dh, D))
