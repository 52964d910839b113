"""A __main__ block with a random demonstration at the end."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    scores = np.matmul(Q, K.T) / np.sqrt(Q.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return np.matmul(weights, V)


def multi_head_attention(Q, K, V, n_heads):
    split = lambda M: np.split(M, n_heads, axis=1)
    return np.concatenate(
        [self_attention(q, k, v) for q, k, v in zip(split(Q), split(K), split(V))], axis=1
    )


if __name__ == "__main__":
    rng = np.random.default_rng(42)
    X = rng.normal(size=(5, 8))
    Q, K, V = compute_qkv(X, *rng.normal(size=(3, 8, 8)))
    for n_heads in (1, 2, 4, 8):
        print(n_heads, multi_head_attention(Q, K, V, n_heads).shape)
