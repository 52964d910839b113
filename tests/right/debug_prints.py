"""Debug prints left in, also one of a whole matrix."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = np.dot(X, W_q)
    K = np.dot(X, W_k)
    V = np.dot(X, W_v)
    print("Q", Q.shape, "K", K.shape, "V", V.shape)
    return Q, K, V


def self_attention(Q, K, V):
    d_k = Q.shape[1]
    scores = np.dot(Q, K.T) / np.sqrt(d_k)
    # print("scores", scores)
    scores_max = np.max(scores, axis=1, keepdims=True)
    weights = np.exp(scores - scores_max)
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    print("weights:")
    print(weights.round(3))
    print("!!! sum", weights.sum(axis=1).min(), weights.sum(axis=1).max())
    return np.dot(weights, V)


def multi_head_attention(Q, K, V, n_heads):
    print(f"{n_heads=} {Q.shape=}")
    Q_heads = np.split(Q, n_heads, axis=1)
    K_heads = np.split(K, n_heads, axis=1)
    V_heads = np.split(V, n_heads, axis=1)
    heads = []
    for h, (q, k, v) in enumerate(zip(Q_heads, K_heads, V_heads)):
        print("head", h, end=" ... ")
        heads.append(self_attention(q, k, v))
    return np.concatenate(heads, axis=1)
