"""Exp2 attention, heads by masks."""

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
    s = Q @ K.T * (np.log2(np.e) / np.sqrt(Q.shape[1]))
    p = np.exp2(s - s.max(1, keepdims=True))
    return p @ V / p.sum(1, keepdims=True)


def multi_head_attention(Q, K, V, n_heads):
    owner = np.repeat(np.arange(n_heads), Q.shape[1] // n_heads)
    out = np.zeros(Q.shape)
    for head in range(n_heads):
        mine = owner == head
        out[:, mine] = self_attention(Q[:, mine], K[:, mine], V[:, mine])
    return out


if __name__ == '__main__':
    raise SystemExit('not a program')
