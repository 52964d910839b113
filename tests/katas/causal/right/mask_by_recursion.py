import numpy as np

def causal_mask(seq_len):
    if seq_len == 1:
        return np.array([[True]])
    m = np.ones((seq_len, seq_len), dtype=bool)
    m[:-1, :-1] = causal_mask(seq_len - 1)
    m[:-1, -1] = False
    return m

def _attend(q, k, v, m):
    if q.ndim > 2:
        return np.stack([_attend(*parts) for parts in zip(q, k, v, m)])
    s = q @ k.T / np.sqrt(q.shape[1])
    rows = []
    for si, mi in zip(s, m):
        if mi.any():
            e = np.exp(si[mi] - si[mi].max())
            rows.append(e @ v[mi] / e.sum())
        else:
            rows.append(np.zeros(v.shape[1]))
    return np.array(rows)

def masked_attention(Q, K, V, mask):
    n = Q.shape[2]
    return _attend(Q.astype(float), K.astype(float), V.astype(float), np.broadcast_to(mask, Q.shape[:2] + (n, n)))

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.ones((X.shape[1],) * 2, dtype=bool)
    sp = lambda t: np.stack(np.split(t, n_heads, axis=-1), axis=1)
    A = masked_attention(sp(X @ W_q), sp(X @ W_k), sp(X @ W_v), mask)
    return np.concatenate([A[:, h] for h in range(n_heads)], axis=-1) @ W_o
