"""Logaddexp attention, heads by slices."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    print('X', X.shape)
    Q, K, V = np.stack([X] * 3) @ np.stack([W_q, W_k, W_v])
    return Q, K, V


def self_attention(Q, K, V):
    s = Q @ K.T / math.sqrt(Q.shape[-1])
    return np.exp(s - np.logaddexp.reduce(s, axis=1, keepdims=True)) @ V


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    out = np.empty(Q.shape, dtype=np.float64)
    for h in range(n_heads):
        block = slice(h * d_k, (h + 1) * d_k)
        out[:, block] = self_attention(Q[:, block], K[:, block], V[:, block])
    return out
