# score: 0.0
# says: self_attention is not implemented yet
"""Multi-head attention in NumPy: fill in the three functions."""

from typing import Tuple

import numpy as np


def compute_qkv(
    X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray
) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Project the tokens to queries, keys and values.

    Args:
        X: token embeddings, shape (seq_len, d_model).
        W_q: weights of the queries, shape (d_model, d_model).
        W_k: weights of the keys, shape (d_model, d_model).
        W_v: weights of the values, shape (d_model, d_model).

    Returns:
        The tuple (Q, K, V), each of shape (seq_len, d_model).
    """
    # Your code here
    pass


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Scaled dot-product attention for one head, with a numerically stable softmax.

    Args:
        Q: queries, shape (seq_len, d_k).
        K: keys, shape (seq_len, d_k).
        V: values, shape (seq_len, d_k).

    Returns:
        The attention output, shape (seq_len, d_k).
    """
    # Your code here
    pass


def multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int) -> np.ndarray:
    """Attend in n_heads heads side by side and put their outputs next to each other.

    Args:
        Q: queries, shape (seq_len, d_model).
        K: keys, shape (seq_len, d_model).
        V: values, shape (seq_len, d_model).
        n_heads: number of heads; it divides d_model evenly.

    Returns:
        The joined outputs of the heads, shape (seq_len, d_model).
    """
    # Your code here
    pass
