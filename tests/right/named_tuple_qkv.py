"""compute_qkv returns a NamedTuple, which is a tuple."""
from typing import NamedTuple

import numpy as np


class QKV(NamedTuple):
    Q: np.ndarray
    K: np.ndarray
    V: np.ndarray


def compute_qkv(X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> QKV:
    return QKV(Q=X @ W_q, K=X @ W_k, V=X @ W_v)


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exps @ V / exps.sum(axis=1, keepdims=True)


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int) -> np.ndarray:
    whole = QKV(Q, K, V)
    cut = QKV(*(np.split(matrix, n_heads, axis=1) for matrix in whole))
    heads = [QKV(*head) for head in zip(*cut)]
    return np.hstack([self_attention(head.Q, head.K, head.V) for head in heads])
