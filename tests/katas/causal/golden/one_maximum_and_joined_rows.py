# score: 0.55
# diagnosis: wrong-for-large-scores
# diagnosis: heads-joined-by-reshape
# says: Heads are joined as a reshape alone would join them
import numpy as np


def causal_mask(seq_len: int) -> np.ndarray:
    """Return the mask of a decoder: who may look at whom.

    Args:
        seq_len: number of tokens, at least 1.

    Returns:
        Booleans of shape (seq_len, seq_len); True at (i, j) if token i may look at token j.
    """
    mask = np.zeros((seq_len, seq_len), dtype=np.bool_)
    for i in range(seq_len):
        mask[i, : i + 1] = True
    return mask


def masked_attention(Q, K, V, mask):
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    e = np.exp(scores - scores.max()) * mask
    s = e.sum(axis=-1, keepdims=True)
    s[s == 0] = 1
    return e / s @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    b, n, d = X.shape
    if mask is None:
        mask = np.ones((n, n), dtype=bool)
    q, k, v = [(X @ W).reshape(b, n, n_heads, d // n_heads).swapaxes(1, 2) for W in (W_q, W_k, W_v)]
    z = masked_attention(q, k, v, mask)
    joined = np.concatenate([z[:, h] for h in range(n_heads)], axis=1).reshape(b, n, d)
    return joined @ W_o
