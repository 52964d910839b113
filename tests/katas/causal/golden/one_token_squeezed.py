# score: 0.98
# diagnosis: wrong-for-one-token
# says: for a single token the result is wrong
import numpy as np


def causal_mask(seq_len):
    rows, cols = np.indices((seq_len, seq_len))
    return (cols <= rows).squeeze()


def softmax(x, mask):
    x = np.where(mask, x, -np.inf)
    biggest = x.max(axis=-1, keepdims=True)
    biggest[biggest == -np.inf] = 0.0
    e = np.exp(x - biggest)
    total = e.sum(axis=-1, keepdims=True)
    total[total == 0.0] = 1.0
    return e / total


def masked_attention(Q, K, V, mask):
    """softmax(Q K^T / sqrt(d_k)) V"""
    d_k = K.shape[-1]
    scores = np.matmul(Q, K.transpose(0, 1, 3, 2)) / np.sqrt(d_k)
    return np.matmul(softmax(scores, mask), V)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    batch, seq_len, d_model = X.shape
    d_k = d_model // n_heads
    if mask is None:
        mask = np.ones((seq_len, seq_len), dtype=bool)
    Q = (X @ W_q).reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)
    K = (X @ W_k).reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)
    V = (X @ W_v).reshape(batch, seq_len, n_heads, d_k).transpose(0, 2, 1, 3)
    out = masked_attention(Q, K, V, mask)
    out = out.transpose(0, 2, 1, 3).reshape(batch, seq_len, d_model)
    return out @ W_o
