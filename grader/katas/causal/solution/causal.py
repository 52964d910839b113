"""Causal attention, written to be read next to the formula.

    Attention(Q, K, V) = softmax(Q Kᵀ / √d_k) V, over the keys that the mask shows

Source: Vaswani et al., "Attention Is All You Need" (2017), sections 3.2 and 3.2.3.
"""

import numpy as np


def causal_mask(seq_len: int) -> np.ndarray:
    """Booleans of shape (seq_len, seq_len): each token may look at itself and those before it."""
    return np.tri(seq_len, dtype=bool)  # True on the diagonal and below


def masked_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Attention in each sequence and head; Q, K, V and the result: (batch, heads, seq_len, d_k)."""
    d_k = Q.shape[-1]
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(d_k)  # (batch, heads, seq_len, seq_len)
    scores = np.where(mask, scores, -np.inf)  # what may not be looked at weighs exp(-inf) = 0
    highest = scores.max(axis=-1, keepdims=True)
    highest = np.where(highest == -np.inf, 0, highest)  # -inf - -inf would be nan
    exponents = np.exp(scores - highest)
    total = exponents.sum(axis=-1, keepdims=True)
    weights = exponents / np.where(total == 0, 1, total)  # who may look nowhere weighs nothing
    return weights @ V  # (batch, heads, seq_len, d_k)


def multi_head_attention(
    X: np.ndarray,
    W_q: np.ndarray,
    W_k: np.ndarray,
    W_v: np.ndarray,
    W_o: np.ndarray,
    n_heads: int,
    mask: np.ndarray | None = None,
) -> np.ndarray:
    """Project, attend in heads, join and project: (batch, seq_len, d_model) to the same shape."""
    batch, seq_len, d_model = X.shape
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    by_head = (batch, seq_len, n_heads, d_model // n_heads)
    Q = (X @ W_q).reshape(by_head).swapaxes(1, 2)  # (batch, n_heads, seq_len, d_k)
    K = (X @ W_k).reshape(by_head).swapaxes(1, 2)
    V = (X @ W_v).reshape(by_head).swapaxes(1, 2)
    heads = masked_attention(Q, K, V, mask)
    joined = heads.swapaxes(1, 2).reshape(X.shape)  # head 0's features first, then head 1's, …
    return joined @ W_o
