"""Flash attention in small: keys in blocks of sixteen, statistics merged block by block."""
import numpy as np

BLOCK = 16


def compute_qkv(X, W_q, W_k, W_v):
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    scale = 1.0 / np.sqrt(Q.shape[1])
    m = np.full((len(Q), 1), -np.inf)
    l = np.zeros((len(Q), 1))
    acc = np.zeros(Q.shape)
    for start in range(0, len(K), BLOCK):
        k, v = K[start:start + BLOCK], V[start:start + BLOCK]
        s = (Q @ k.T) * scale
        m_new = np.maximum(m, s.max(axis=1, keepdims=True))
        p = np.exp(s - m_new)
        correction = np.exp(m - m_new)
        l = correction * l + p.sum(axis=1, keepdims=True)
        acc = correction * acc + p @ v
        m = m_new
    return acc / l


def multi_head_attention(Q, K, V, n_heads):
    parts = zip(*(np.split(M, n_heads, axis=1) for M in (Q, K, V)))
    return np.concatenate([self_attention(*part) for part in parts], axis=1)
