"""reshape and transpose, all heads in one batched matmul."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return np.dot(X, W_q), np.dot(X, W_k), np.dot(X, W_v)


def softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def self_attention(Q, K, V):
    return softmax(Q.dot(K.T) / np.sqrt(Q.shape[1])).dot(V)


def multi_head_attention(Q, K, V, n_heads):
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads

    Qh = Q.reshape(seq_len, n_heads, d_k).transpose(1, 0, 2)  # (h, s, d)
    Kh = K.reshape(seq_len, n_heads, d_k).transpose(1, 2, 0)  # (h, d, s)
    Vh = V.reshape(seq_len, n_heads, d_k).transpose(1, 0, 2)

    weights = softmax(np.matmul(Qh, Kh) / np.sqrt(d_k))
    heads = np.matmul(weights, Vh)
    return heads.transpose(1, 0, 2).reshape(seq_len, d_model)
