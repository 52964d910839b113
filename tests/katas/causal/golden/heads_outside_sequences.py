# diagnosis: mask-as-lists
# diagnosis: right-for-one-of-either
# says: Right for one sequence or one head, wrong for several of
import numpy as np


def causal_mask(seq_len):
    return [[j <= i for j in range(seq_len)] for i in range(seq_len)]


def one_head(q, k, v, m):
    s = np.where(m, q @ k.T / np.sqrt(q.shape[-1]), -1e30)
    e = np.exp(s - s.max(axis=1, keepdims=True)) * m
    z = e.sum(axis=1, keepdims=True)
    return e / np.where(z == 0, 1, z) @ v


def masked_attention(Q, K, V, mask):
    batch, heads, n, d = Q.shape
    mask = np.broadcast_to(np.array(mask), (batch, heads, n, n))
    outs = []
    for h in range(heads):
        for b in range(batch):
            outs.append(one_head(Q[b, h], K[b, h], V[b, h], mask[b, h]))
    return np.array(outs).reshape(batch, heads, n, d)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    split = lambda t: t.reshape(batch, seq_len, n_heads, d_model // n_heads).transpose(0, 2, 1, 3)
    out = masked_attention(split(X @ W_q), split(X @ W_k), split(X @ W_v), mask)
    return out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model) @ W_o
