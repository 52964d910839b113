"""Columns are queries attention, heads by batched."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


compute_qkv = lambda X, W_q, W_k, W_v: (X.dot(W_q), X.dot(W_k), X.dot(W_v))


def self_attention(Q, K, V):
    s = K @ Q.T / np.sqrt(Q.shape[1])
    e = np.exp(s - s.max(axis=0, keepdims=True))
    e = e / e.sum(axis=0, keepdims=True)
    return e.T @ V


def multi_head_attention(Q, K, V, n_heads):
    n, d = Q.shape
    q, k, v = (a.reshape(n, n_heads, d // n_heads).transpose(1, 0, 2) for a in (Q, K, V))
    s = q @ k.transpose(0, 2, 1) / np.sqrt(d // n_heads)
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    o = e / e.sum(axis=-1, keepdims=True) @ v
    return o.transpose(1, 0, 2).reshape(n, d)
