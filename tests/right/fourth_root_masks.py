# -*- coding: latin-1 -*-
# café
"""Fourth root attention, heads by masks."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


class QKV(NamedTuple):
    Q: np.ndarray
    K: np.ndarray
    V: np.ndarray


def compute_qkv(X, W_q, W_k, W_v):
    return QKV(np.matmul(X, W_q), np.matmul(X, W_k), np.matmul(X, W_v))


def self_attention(Q, K, V):
    root = Q.shape[-1] ** 0.25
    s = (Q / root) @ (K / root).T
    s -= s.max(-1, keepdims=True)
    np.exp(s, out=s)
    s /= s.sum(-1, keepdims=True)
    return s @ V


def multi_head_attention(Q, K, V, n_heads):
    owner = np.repeat(np.arange(n_heads), Q.shape[1] // n_heads)
    out = np.zeros(Q.shape)
    for head in range(n_heads):
        mine = owner == head
        out[:, mine] = self_attention(Q[:, mine], K[:, mine], V[:, mine])
    return out
