# -*- coding: latin-1 -*-
# café
"""Epsilon attention, heads by hstack."""

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
    s = Q @ K.T / np.sqrt(Q.shape[-1])
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / (e.sum(axis=-1, keepdims=True) + 1e-12) @ V


def multi_head_attention(Q, K, V, n_heads):
    return np.hstack([self_attention(q, k, v) for q, k, v in zip(np.hsplit(Q, n_heads), np.hsplit(K, n_heads), np.hsplit(V, n_heads))])
