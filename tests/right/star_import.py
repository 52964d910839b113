"""from numpy import *, which also replaces max, sum and min of Python."""
from numpy import *


def compute_qkv(X, W_q, W_k, W_v):
    return dot(X, W_q), dot(X, W_k), dot(X, W_v)


def self_attention(Q, K, V):
    scores = dot(Q, transpose(K)) / sqrt(shape(Q)[1])
    scores = scores - max(scores, axis=1, keepdims=True)
    weights = exp(scores)
    weights = weights / sum(weights, axis=1, keepdims=True)
    return dot(weights, V)


def multi_head_attention(Q, K, V, n_heads):
    attended = [
        self_attention(q, k, v)
        for q, k, v in zip(split(Q, n_heads, 1), split(K, n_heads, 1), split(V, n_heads, 1))
    ]
    return concatenate(attended, 1)
