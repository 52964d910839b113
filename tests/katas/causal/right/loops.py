"""Plain loops, one row at a time."""

import math

import numpy as np


def causal_mask(seq_len):
    return np.array([[j <= i for j in range(seq_len)] for i in range(seq_len)])


def masked_attention(Q, K, V, mask):
    batch, heads, n, d_k = Q.shape
    shown = np.broadcast_to(mask, (batch, heads, n, n))
    out = np.zeros(V.shape)
    for b in range(batch):
        for h in range(heads):
            for i in range(n):
                keys = [j for j in range(n) if shown[b, h, i, j]]
                if not keys:
                    continue
                scores = [float(Q[b, h, i] @ K[b, h, j]) / math.sqrt(d_k) for j in keys]
                top = max(scores)
                weights = [math.exp(s - top) for s in scores]
                for j, w in zip(keys, weights):
                    out[b, h, i] += w / sum(weights) * V[b, h, j]
    return out


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, n, d_model = X.shape
    d_k = d_model // n_heads
    if mask is None:
        mask = np.full((n, n), True)
    parts = []
    for W in (W_q, W_k, W_v):
        Y = X @ W
        parts.append(np.stack([Y[:, :, h * d_k : (h + 1) * d_k] for h in range(n_heads)], axis=1))
    heads = masked_attention(*parts, mask)
    return np.concatenate([heads[:, h] for h in range(n_heads)], axis=-1) @ W_o


if __name__ == "__main__":
    print(causal_mask(3))
