# diagnosis: wrong-for-masks-that-differ-with-both
# says: where there is one sequence or one head
import numpy as np

def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))

def masked_attention(Q, K, V, mask):
    b, h, n, d = Q.shape
    Qf, Kf, Vf = (t.reshape(b * h, n, d) for t in (Q, K, V))
    m = np.asarray(mask)
    while m.ndim < 4:
        m = m[None]
    m = np.broadcast_to(m, m.shape[:2] + (n, n))
    m = np.broadcast_to(m, (b, h, n, n)).swapaxes(0, 1).reshape(-1, n, n)
    s = np.where(m, Qf @ Kf.swapaxes(-1, -2) / np.sqrt(d), -1e30)
    e = np.exp(s - s.max(axis=-1, keepdims=True)) * m
    tot = e.sum(axis=-1, keepdims=True)
    return (e / np.where(tot == 0, 1, tot) @ Vf).reshape(b, h, n, d)

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    split = lambda t: t.reshape(batch, seq_len, n_heads, d_model // n_heads).transpose(0, 2, 1, 3)
    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
