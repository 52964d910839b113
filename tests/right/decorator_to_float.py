"""A decorator turns every array argument into float64 before the function sees it."""
import functools

import numpy as np


def in_double_precision(function):
    @functools.wraps(function)
    def wrapper(*args):
        args = [np.array(a, dtype=np.float64) if isinstance(a, np.ndarray) else a for a in args]
        return function(*args)

    return wrapper


@in_double_precision
def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


@in_double_precision
def self_attention(Q, K, V):
    Q /= np.sqrt(Q.shape[1])  # the copy of the decorator, not the caller's array
    S = Q @ K.T
    S -= S.max(axis=1, keepdims=True)
    np.exp(S, out=S)
    S /= S.sum(axis=1, keepdims=True)
    return S @ V


@in_double_precision
def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    for start in range(0, Q.shape[1], d_k):
        cut = slice(start, start + d_k)
        V[:, cut] = self_attention(Q[:, cut], K[:, cut], V[:, cut])
    return V
