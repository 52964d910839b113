# -*- coding: latin-1 -*-
# café
"""Longdouble attention, heads by matrix of heads."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    def product(A, B):
        rows, inner, columns = len(A), len(B), len(B[0])
        return np.array(
            [[sum(float(A[i][k]) * float(B[k][j]) for k in range(inner)) for j in range(columns)]
             for i in range(rows)]
        )
    return product(X, W_q), product(X, W_k), product(X, W_v)


def self_attention(Q, K, V):
    q, k, v = (np.asarray(a, dtype=np.longdouble) for a in (Q, K, V))
    s = q @ k.T / np.sqrt(np.longdouble(q.shape[1]))
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return np.asarray(e @ v / e.sum(axis=1, keepdims=True), dtype=np.float64)


class Heads:
    def __init__(self, count):
        self.count = count

    def __call__(self, *arrays):
        for group in zip(*(np.split(a, self.count, axis=-1) for a in arrays)):
            yield self_attention(*group)


def multi_head_attention(Q, K, V, n_heads):
    return np.concatenate([*Heads(n_heads)(Q, K, V)], axis=-1)
