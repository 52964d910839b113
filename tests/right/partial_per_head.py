"""functools.partial and operator.matmul in place of loops."""
from functools import partial, reduce
from operator import matmul

import numpy as np

row_max = partial(np.max, axis=-1, keepdims=True)
row_sum = partial(np.sum, axis=-1, keepdims=True)
beside = partial(np.append, axis=1)


def compute_qkv(X, W_q, W_k, W_v):
    return tuple(map(partial(matmul, X), [W_q, W_k, W_v]))


def self_attention(Q, K, V):
    scores = matmul(Q, K.T) / np.sqrt(Q.shape[-1])
    exps = np.exp(scores - row_max(scores))
    return matmul(exps / row_sum(exps), V)


def one_head(Q, K, V, d_k, h):
    cols = slice(h * d_k, h * d_k + d_k)
    return self_attention(Q[:, cols], K[:, cols], V[:, cols])


def multi_head_attention(Q, K, V, n_heads):
    head = partial(one_head, Q, K, V, Q.shape[1] // n_heads)
    return reduce(beside, map(head, range(n_heads)))
