"""The keys are scaled, and the weights are never normalised on their own."""
import math

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    W = np.concatenate([W_q, W_k, W_v], axis=1)
    QKV = X @ W
    d = X.shape[1]
    return QKV[:, :d], QKV[:, d:2 * d], QKV[:, 2 * d:]


def self_attention(Q, K, V):
    K = K.astype(np.float64) * (1 / math.sqrt(K.shape[1]))
    S = Q @ K.T
    E = np.exp(S - S.max(axis=1, keepdims=True))
    # append a column of ones: the last column of the product is then the sum of each row
    VE = np.concatenate([V, np.ones((V.shape[0], 1))], axis=1)
    product = E @ VE
    return product[:, :-1] / product[:, -1:]


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    output = np.zeros(Q.shape)
    for head in range(n_heads):
        cols = list(range(head * d_k, (head + 1) * d_k))
        output[:, cols] = self_attention(Q[:, cols], K[:, cols], V[:, cols])
    return output
