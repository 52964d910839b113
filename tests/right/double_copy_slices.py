# -*- coding: latin-1 -*-
# café
"""Double copy attention, heads by slices."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    d = X.shape[1]
    stacked = X @ np.concatenate([W_q, W_k, W_v], axis=1)
    return stacked[:, :d], stacked[:, d : 2 * d], stacked[:, 2 * d :]


def self_attention(Q, K, V):
    Q, K, V = (np.array(a, dtype=np.float64, copy=True) for a in (Q, K, V))
    Q /= np.sqrt(Q.shape[1])
    s = Q @ K.swapaxes(0, 1)
    s -= s.max(axis=1).reshape(-1, 1)
    e = np.exp(s)
    V[:] = (e / e.sum(axis=1).reshape(-1, 1)) @ V
    return V


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    out = np.empty(Q.shape, dtype=np.float64)
    for h in range(n_heads):
        block = slice(h * d_k, (h + 1) * d_k)
        out[:, block] = self_attention(Q[:, block], K[:, block], V[:, block])
    return out
