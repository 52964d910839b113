"""Double copy attention, heads by threads."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    Q, K, V = (np.array(a, dtype=np.float64, copy=True) for a in (Q, K, V))
    Q /= np.sqrt(Q.shape[1])
    s = Q @ K.swapaxes(0, 1)
    s -= s.max(axis=1).reshape(-1, 1)
    e = np.exp(s)
    V[:] = (e / e.sum(axis=1).reshape(-1, 1)) @ V
    return V


def multi_head_attention(Q, K, V, n_heads):
    parts = [np.split(a, n_heads, axis=1) for a in (Q, K, V)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return np.concatenate(list(pool.map(self_attention, *parts)), axis=1)


X = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
print(multi_head_attention(*compute_qkv(X, np.eye(4), np.eye(4), np.eye(4)), 2))
