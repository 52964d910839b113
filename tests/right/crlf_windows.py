"""Windows line ends, CRLF, throughout."""
import numpy as np

NOTE = """written in
Notepad"""


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    scores = Q @ K.T \
        / np.sqrt(Q.shape[1])
    scores = scores - np.max(scores, axis=1, keepdims=True)
    weights = np.exp(scores)
    return weights @ V / np.sum(weights, axis=1, keepdims=True)


def multi_head_attention(Q, K, V, n_heads):
    result = []
    for q, k, v in zip(
        np.split(Q, n_heads, 1), np.split(K, n_heads, 1), np.split(V, n_heads, 1)
    ):
        result.append(self_attention(q, k, v))
    return np.concatenate(result, 1)
