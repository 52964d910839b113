"""Slices into a preallocated result, row after row."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = np.zeros(X.shape)
    K = np.zeros(X.shape)
    V = np.zeros(X.shape)
    for token in range(X.shape[0]):
        Q[token] = X[token] @ W_q
        K[token] = X[token] @ W_k
        V[token] = X[token] @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    n, d_k = Q.shape
    output = np.zeros((n, d_k), dtype=float)
    for i in range(n):
        scores = K @ Q[i] / np.sqrt(d_k)
        scores -= np.max(scores)
        weights = np.exp(scores)
        weights /= np.sum(weights)
        output[i, :] = np.dot(weights, V)
    return output


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    output = np.empty(Q.shape)
    start = 0
    while start < Q.shape[1]:
        stop = start + d_k
        output[:, start:stop] = self_attention(Q[:, start:stop], K[:, start:stop], V[:, start:stop])
        start = stop
    return output
