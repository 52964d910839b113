"""Longdouble attention, heads by stack."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return tuple(np.dot(X, W) for W in (W_q, W_k, W_v))


def self_attention(Q, K, V):
    q, k, v = (np.asarray(a, dtype=np.longdouble) for a in (Q, K, V))
    s = q @ k.T / np.sqrt(np.longdouble(q.shape[1]))
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return np.asarray(e @ v / e.sum(axis=1, keepdims=True), dtype=np.float64)


def multi_head_attention(Q, K, V, n_heads):
    heads = [np.array_split(a, n_heads, axis=-1) for a in (Q, K, V)]
    outs = list(map(self_attention, *heads))
    return np.stack(outs, axis=1).reshape(Q.shape)


X = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
print(multi_head_attention(*compute_qkv(X, np.eye(4), np.eye(4), np.eye(4)), 2))
