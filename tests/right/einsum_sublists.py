"""einsum with lists of axis numbers instead of letters."""
import math
import numpy as np

TOKEN, FEATURE, KEY, OUT = 0, 1, 2, 3


def compute_qkv(X, W_q, W_k, W_v):
    times = lambda W: np.einsum(X, [TOKEN, FEATURE], W, [FEATURE, OUT], [TOKEN, OUT])
    return (times(W_q), times(W_k), times(W_v))


def self_attention(Q, K, V):
    S = np.einsum(Q, [TOKEN, FEATURE], K, [KEY, FEATURE], [TOKEN, KEY])
    S = S / math.sqrt(Q.shape[1])
    E = np.exp(S - S.max(1)[:, None])
    P = E / E.sum(1)[:, None]
    return np.einsum(P, [TOKEN, KEY], V, [KEY, FEATURE])


def multi_head_attention(Q, K, V, n_heads):
    width = Q.shape[1] // n_heads
    columns = np.arange(Q.shape[1]).reshape(n_heads, width)
    heads = [self_attention(Q[:, c], K[:, c], V[:, c]) for c in columns]
    return np.concatenate(heads, axis=1)
