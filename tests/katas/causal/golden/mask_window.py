# score: 0.95
# diagnosis: wrong-mask
# says: Some entries of the causal mask are wrong
import numpy as np

WINDOW = 4

def causal_mask(seq_len):
    i, j = np.indices((seq_len, seq_len))
    return (j <= i) & (i - j < WINDOW)

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
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads

    def split(a):
        return a.reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)

    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
