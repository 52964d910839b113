# score: 0.29
# diagnosis: keys-reshaped
# says: K is reshaped, not transposed
import numpy as np

def causal_mask(seq_len):
    mask = np.zeros((seq_len, seq_len), dtype=bool)
    for i in range(seq_len):
        mask[i, : i + 1] = True
    return mask


def masked_attention(Q, K, V, mask):
    b, h, n, d = K.shape
    Kt = K.reshape(b, h, d, n)
    scores = (Q @ Kt) * d ** -0.5
    scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    e = np.exp(scores - top)
    t = e.sum(axis=-1, keepdims=True)
    return (e / np.where(t == 0, 1, t)) @ V

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
