"""Broadcast attention, heads by recursion."""

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
    s = (Q[:, None, :] * K[None, :, :]).sum(axis=-1) / np.sqrt(Q.shape[-1])
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    w = e / e.sum(axis=-1, keepdims=True)
    return (w[:, :, None] * V[None, :, :]).sum(axis=1)


def multi_head_attention(Q, K, V, n_heads):
    if n_heads == 1:
        return self_attention(Q, K, V)
    d_k = Q.shape[1] // n_heads
    first = self_attention(Q[:, :d_k], K[:, :d_k], V[:, :d_k])
    rest = multi_head_attention(Q[:, d_k:], K[:, d_k:], V[:, d_k:], n_heads - 1)
    return np.column_stack([first, rest])


X = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
print(multi_head_attention(*compute_qkv(X, np.eye(4), np.eye(4), np.eye(4)), 2))
