# -*- coding: latin-1 -*-
# café
"""Loops attention, heads by split."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


compute_qkv = lambda X, W_q, W_k, W_v: (X.dot(W_q), X.dot(W_k), X.dot(W_v))


def self_attention(Q, K, V):
    n, d = len(Q), len(Q[0])
    out = []
    for i in range(n):
        scores = [sum(float(a) * float(b) for a, b in zip(Q[i], K[j])) / math.sqrt(d) for j in range(n)]
        top = max(scores)
        weights = [math.exp(s - top) for s in scores]
        total = sum(weights)
        out.append([sum(w * float(V[j][c]) for j, w in enumerate(weights)) / total for c in range(d)])
    return np.array(out)


def multi_head_attention(Q, K, V, n_heads):
    parts = zip(*(np.split(a, n_heads, axis=1) for a in (Q, K, V)))
    return np.concatenate([self_attention(*part) for part in parts], axis=1)
