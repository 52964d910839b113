"""Parameters renamed, and more of them with default values behind."""
import numpy as np


def compute_qkv(embeddings, wq, wk, wv, bias=0.0):
    return embeddings @ wq + bias, embeddings @ wk + bias, embeddings @ wv + bias


def self_attention(queries, keys, values, scale=None, *, axis=-1):
    if scale is None:
        scale = 1.0 / np.sqrt(queries.shape[axis])
    scores = queries @ keys.T * scale
    scores = scores - scores.max(axis=axis, keepdims=True)
    weights = np.exp(scores)
    weights = weights / weights.sum(axis=axis, keepdims=True)
    return weights @ values


def multi_head_attention(queries, keys, values, heads=1, attend=self_attention):
    size = queries.shape[1] // heads
    collected = [
        attend(
            queries[:, start:start + size],
            keys[:, start:start + size],
            values[:, start:start + size],
        )
        for start in range(0, size * heads, size)
    ]
    return np.concatenate(collected, axis=1)
