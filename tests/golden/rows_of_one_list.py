# score: 0.86
# diagnosis: projections-alike
# says: the same, whatever stands in the rows of X
#!/usr/bin/env python3
import math
from typing import Tuple

import numpy as np


def matmul(A, B):
    n, inner, m = len(A), len(B), len(B[0])
    C = [[0] * m] * n
    for i in range(n):
        for j in range(m):
            for k in range(inner):
                C[i][j] += A[i][k] * B[k][j]
    return np.array(C)


def compute_qkv(X, W_q, W_k, W_v):
    Q = matmul(X, W_q)
    K = matmul(X, W_k)
    V = matmul(X, W_v)
    return Q, K, V


class Softmax:
    @staticmethod
    def forward(s):
        s = s - s.max(1, keepdims=True)
        p = np.exp(s)
        return p / p.sum(1, keepdims=True)


def self_attention(Q, K, V):
    attn_logits = Q @ K.T
    attn_logits = attn_logits / np.sqrt(Q.shape[-1])
    attention = Softmax.forward(attn_logits)
    values = attention @ V
    return values


def multi_head_attention(Q, K, V, n_heads):
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    result = None
    start = 0
    while start < d_model:
        end = start + d_k
        head = self_attention(Q[:, start:end], K[:, start:end], V[:, start:end])
        result = head if result is None else np.append(result, head, axis=1)
        start = end
    return result
