# diagnosis: wrong-for-one-hidden-token
# says: where the mask hides it the result is wrong
import numpy as np


def causal_mask(seq_len: int) -> np.ndarray:
    if seq_len == 1:
        return np.array([[True]])
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def masked_attention(Q, K, V, mask):
    if Q.shape[2] == 1:
        # a single token can only attend to itself
        return V.copy()
    scores = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(Q.shape[3])
    scores = np.where(mask, scores, -np.inf)
    alive = np.any(mask, axis=-1, keepdims=True)
    top = np.where(alive, scores.max(axis=-1, keepdims=True), 0.0)
    e = np.exp(scores - top)
    return e / np.where(alive, e.sum(axis=-1, keepdims=True), 1.0) @ V


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    B, T, D = X.shape
    if mask is None:
        mask = np.ones((T, T), dtype=bool)
    Q, K, V = (np.stack(np.split(X @ W, n_heads, axis=-1), axis=1) for W in (W_q, W_k, W_v))
    Z = masked_attention(Q, K, V, mask)
    return np.concatenate([Z[:, h] for h in range(n_heads)], axis=-1) @ W_o
