"""Fourth root attention, heads by einsum."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return tuple(np.einsum('sd,de->se', X, W) for W in (W_q, W_k, W_v))


def self_attention(Q, K, V):
    root = Q.shape[-1] ** 0.25
    s = (Q / root) @ (K / root).T
    s -= s.max(-1, keepdims=True)
    np.exp(s, out=s)
    s /= s.sum(-1, keepdims=True)
    return s @ V


def multi_head_attention(Q, K, V, n_heads):
    n, d = Q.shape
    q, k, v = (a.reshape(n, n_heads, -1) for a in (Q, K, V))
    s = np.einsum('ihd,jhd->hij', q, k) * (d // n_heads) ** -0.5
    e = np.exp(s - s.max(axis=2, keepdims=True))
    w = e / e.sum(axis=2, keepdims=True)
    return np.einsum('hij,jhd->ihd', w, v).reshape(n, d)


X = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
print(multi_head_attention(*compute_qkv(X, np.eye(4), np.eye(4), np.eye(4)), 2))
