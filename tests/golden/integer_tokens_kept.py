# score: 0.99
# diagnosis: wrong-for-integers
# says: For an X of integers and weights of floats
import numpy as np
import math


def compute_qkv(X, W_q, W_k, W_v):
    Q = np.zeros_like(X)
    K = np.zeros_like(X)
    V = np.zeros_like(X)
    n, d = X.shape
    for i in range(n):
        for j in range(d):
            for k in range(d):
                Q[i, j] += (X[i, k] * W_q[k, j]).astype(X.dtype)
                K[i, j] += (X[i, k] * W_k[k, j]).astype(X.dtype)
                V[i, j] += (X[i, k] * W_v[k, j]).astype(X.dtype)
    return Q, K, V


def self_attention(Q, K, V):
    n = len(Q)
    d = len(Q[0])
    result = []
    for i in range(n):
        s = [sum(Q[i][f] * K[j][f] for f in range(d)) / math.sqrt(d) for j in range(n)]
        m = max(s)
        e = [math.exp(x - m) for x in s]
        z = sum(e)
        result.append([sum(e[j] / z * V[j][f] for j in range(n)) for f in range(d)])
    return np.array(result)


def multi_head_attention(Q, K, V, n_heads):
    n, d = Q.shape
    d_k = d // n_heads
    output = np.zeros((n, d))
    for head in range(n_heads):
        cols = slice(head * d_k, (head + 1) * d_k)
        output[:, cols] = self_attention(Q[:, cols], K[:, cols], V[:, cols])
    return output
