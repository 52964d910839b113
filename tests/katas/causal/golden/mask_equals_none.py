# score: 0.61
# diagnosis: truth-of-an-array
# says: A whole array is asked whether it is true
import numpy as np

def causal_mask(seq_len):
    mask = np.zeros((seq_len, seq_len), dtype=bool)
    for i in range(seq_len):
        mask[i, : i + 1] = True
    return mask

def masked_attention(Q, K, V, mask):
    logits = np.einsum("bhqd,bhkd->bhqk", Q, K) / np.sqrt(Q.shape[-1])
    allowed = np.broadcast_to(mask, logits.shape)
    logits = np.where(allowed, logits, -1e30)
    logits = logits - logits.max(axis=-1, keepdims=True)
    probs = np.exp(logits) * allowed
    denom = probs.sum(axis=-1, keepdims=True)
    denom[denom == 0] = 1
    return np.einsum("bhqk,bhkd->bhqd", probs / denom, V)

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    b, n, d = X.shape
    if mask == None:
        mask = np.ones((n, n), dtype=bool)
    sp = lambda t: t.reshape(b, n, n_heads, d // n_heads).swapaxes(1, 2)
    o = masked_attention(sp(X @ W_q), sp(X @ W_k), sp(X @ W_v), mask)
    return o.swapaxes(1, 2).reshape(b, n, d) @ W_o
