"""Reciprocal attention, heads by matrix of heads."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return tuple(np.einsum('sd,de->se', X, W) for W in (W_q, W_k, W_v))


def self_attention(Q, K, V):
    s = np.inner(Q, K) / np.sqrt(Q.shape[-1])
    s = s - s.max(axis=-1, keepdims=True)
    weights = np.exp(s)
    weights *= (1.0 / weights.sum(axis=-1))[:, np.newaxis]
    return np.matmul(weights, V)


class Heads:
    def __init__(self, count):
        self.count = count

    def __call__(self, *arrays):
        for group in zip(*(np.split(a, self.count, axis=-1) for a in arrays)):
            yield self_attention(*group)


def multi_head_attention(Q, K, V, n_heads):
    return np.concatenate([*Heads(n_heads)(Q, K, V)], axis=-1)


if __name__ == '__main__':
    raise SystemExit('not a program')
