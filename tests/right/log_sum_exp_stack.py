"""Log sum exp attention, heads by stack."""

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
	s = Q @ K.T * Q.shape[-1] ** -0.5
	m = s.max(axis=-1, keepdims=True)
	lse = m + np.log(np.exp(s - m).sum(axis=-1, keepdims=True))
	return np.exp(s - lse) @ V


def multi_head_attention(Q, K, V, n_heads):
	heads = [np.array_split(a, n_heads, axis=-1) for a in (Q, K, V)]
	outs = list(map(self_attention, *heads))
	return np.stack(outs, axis=1).reshape(Q.shape)
