"""Causal attention in NumPy: fill in the three functions."""

import numpy as np


def causal_mask(seq_len: int) -> np.ndarray:
    """Return the mask of a decoder: who may look at whom.

    Args:
        seq_len: number of tokens, at least 1.

    Returns:
        Booleans of shape (seq_len, seq_len); True at (i, j) if token i may look at token j.
    """
    # Your code here


def masked_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Scaled dot-product attention under a mask, in each sequence and head on its own.

    Args:
        Q: queries, shape (batch, heads, seq_len, d_k).
        K: keys, shape (batch, heads, seq_len, d_k).
        V: values, shape (batch, heads, seq_len, d_k).
        mask: booleans that broadcast to (batch, heads, seq_len, seq_len); True = may look.

    Returns:
        The attention output, shape (batch, heads, seq_len, d_k); zeros where a token may look
        nowhere.
    """
    # Your code here


def multi_head_attention(
    X: np.ndarray,
    W_q: np.ndarray,
    W_k: np.ndarray,
    W_v: np.ndarray,
    W_o: np.ndarray,
    n_heads: int,
    mask: np.ndarray | None = None,
) -> np.ndarray:
    """Project, attend in n_heads heads under a mask, join the heads and project them.

    Args:
        X: token embeddings, shape (batch, seq_len, d_model).
        W_q: weights of the queries, shape (d_model, d_model).
        W_k: weights of the keys, shape (d_model, d_model).
        W_v: weights of the values, shape (d_model, d_model).
        W_o: weights of the output, shape (d_model, d_model).
        n_heads: number of heads; it divides d_model evenly.
        mask: booleans that broadcast to (batch, n_heads, seq_len, seq_len); None = all may look.

    Returns:
        The projected, joined outputs of the heads, shape (batch, seq_len, d_model).
    """
    # Your code here
