"""Assertions about every shape and about the weights."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    assert X.ndim == 2, "X must be (seq_len, d_model)"
    d_model = X.shape[1]
    for W in (W_q, W_k, W_v):
        assert W.shape == (d_model, d_model)
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    assert Q.shape == K.shape == V.shape == X.shape
    return Q, K, V


def self_attention(Q, K, V):
    assert Q.shape == K.shape == V.shape
    seq_len, d_k = Q.shape
    scores = Q @ K.T / np.sqrt(d_k)
    assert scores.shape == (seq_len, seq_len)
    shifted = scores - scores.max(axis=1, keepdims=True)
    assert (shifted <= 0).all()
    weights = np.exp(shifted)
    weights = weights / weights.sum(axis=1, keepdims=True)
    assert np.allclose(weights.sum(axis=1), 1.0)
    return weights @ V


def multi_head_attention(Q, K, V, n_heads):
    d_model = Q.shape[1]
    assert n_heads > 0 and d_model % n_heads == 0, "n_heads must divide d_model"
    heads = zip(*[np.split(M, n_heads, axis=1) for M in (Q, K, V)])
    out = np.concatenate([self_attention(q, k, v) for q, k, v in heads], axis=1)
    assert out.shape == Q.shape
    return out
