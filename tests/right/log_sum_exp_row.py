"""Weights as exp(score - logsumexp), the maximum taken out of the logarithm."""
import numpy as np


def logsumexp(a):
    m = a.max(axis=-1, keepdims=True)
    return m + np.log(np.sum(np.exp(a - m), axis=-1, keepdims=True))


def compute_qkv(X, W_q, W_k, W_v):
    return X.dot(W_q), X.dot(W_k), X.dot(W_v)


def self_attention(Q, K, V):
    # double precision first: float32 loses the logarithm next to large scores
    scores = np.asarray(Q, dtype=np.float64) @ np.asarray(K, dtype=np.float64).T
    scores = scores / np.sqrt(Q.shape[-1])
    log_weights = scores - logsumexp(scores)
    return np.exp(log_weights) @ V


def multi_head_attention(Q, K, V, n_heads):
    step = Q.shape[1] // n_heads
    blocks = [slice(i, i + step) for i in range(0, Q.shape[1], step)]
    return np.concatenate([self_attention(Q[:, b], K[:, b], V[:, b]) for b in blocks], axis=1)
