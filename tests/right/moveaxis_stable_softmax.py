"""moveaxis for the heads and a stable_softmax helper with an axis argument."""
import numpy as np


def stable_softmax(scores, axis=-1):
    shifted = scores - np.expand_dims(np.max(scores, axis=axis), axis)
    exps = np.exp(shifted)
    return exps / np.expand_dims(np.sum(exps, axis=axis), axis)


def compute_qkv(X, W_q, W_k, W_v):
    Q = np.tensordot(X, W_q, axes=1)
    K = np.tensordot(X, W_k, axes=1)
    V = np.tensordot(X, W_v, axes=1)
    return Q, K, V


def self_attention(Q, K, V):
    scores = np.tensordot(Q, K, axes=([1], [1])) / np.sqrt(K.shape[1])
    return np.tensordot(stable_softmax(scores), V, axes=1)


def multi_head_attention(Q, K, V, n_heads):
    tokens, features = Q.shape
    per_head = [
        np.moveaxis(M.reshape(tokens, n_heads, features // n_heads), 1, 0) for M in (Q, K, V)
    ]
    outputs = np.stack([self_attention(q, k, v) for q, k, v in zip(*per_head)])
    return np.moveaxis(outputs, 0, 1).reshape(tokens, features)
