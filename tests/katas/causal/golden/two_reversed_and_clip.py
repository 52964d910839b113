# score: 0.57
# diagnosis: wrong-for-large-scores
# diagnosis: heads-in-reverse
# says: Large scores are not handled
import numpy as np

def causal_mask(seq_len: int) -> np.ndarray:
    pos = np.arange(seq_len)
    return pos[:, None] >= pos[None, :]

def masked_attention(Q, K, V, mask):
    s = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(Q.shape[-1])
    e = np.exp(np.clip(s, -700, 700)) * mask
    z = e.sum(-1, keepdims=True)
    return np.divide(e, z, out=np.zeros_like(e), where=z > 0) @ V

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    b, n, d = X.shape
    if mask is None:
        mask = np.ones((n, n), dtype=bool)
    f = lambda W: (X @ W).reshape(b, n, n_heads, d // n_heads).transpose(0, 2, 1, 3)
    o = masked_attention(f(W_q), f(W_k), f(W_v), mask)
    o = o[:, ::-1].transpose(0, 2, 1, 3)
    return o.reshape(b, n, d) @ W_o
