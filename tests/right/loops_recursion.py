"""Loops attention, heads by recursion."""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
	return tuple(np.dot(X, W) for W in (W_q, W_k, W_v))


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
	if n_heads == 1:
		return self_attention(Q, K, V)
	d_k = Q.shape[1] // n_heads
	first = self_attention(Q[:, :d_k], K[:, :d_k], V[:, :d_k])
	rest = multi_head_attention(Q[:, d_k:], K[:, d_k:], V[:, d_k:], n_heads - 1)
	return np.column_stack([first, rest])
