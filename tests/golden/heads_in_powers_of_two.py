# score: 0.6
# diagnosis: heads-in-powers-of-two
# says: For the other numbers of heads that were tried
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def self_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray) -> np.ndarray:
    d_k = K.shape[1]
    return softmax(Q.dot(K.T) / np.sqrt(d_k)).dot(V)


def multi_head_attention(Q, K, V, n_heads):
    if not (Q.shape == K.shape == V.shape):
        raise ValueError("Q, K and V must have the same shape")
    if n_heads < 1 or n_heads & (n_heads - 1):
        raise ValueError("n_heads must be a power of two")
    d_k = Q.shape[1] // n_heads
    return np.concatenate(
        [self_attention(Q[:, i:i + d_k], K[:, i:i + d_k], V[:, i:i + d_k]) for i in range(0, Q.shape[1], d_k)],
        axis=1,
    )
