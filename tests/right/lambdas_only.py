"""Not a single def: every function is a lambda."""
import numpy as np

compute_qkv = lambda X, W_q, W_k, W_v: (X @ W_q, X @ W_k, X @ W_v)

exp_below_one = lambda s: np.exp(s - s.max(axis=1, keepdims=True))

rows_to_one = lambda e: e / e.sum(axis=1, keepdims=True)

self_attention = lambda Q, K, V: rows_to_one(exp_below_one(Q @ K.T / np.sqrt(Q.shape[1]))) @ V

cut = lambda M, n: (M[:, i * M.shape[1] // n:(i + 1) * M.shape[1] // n] for i in range(n))

multi_head_attention = lambda Q, K, V, n_heads: np.concatenate(
    [self_attention(*qkv) for qkv in zip(cut(Q, n_heads), cut(K, n_heads), cut(V, n_heads))],
    axis=1,
)
