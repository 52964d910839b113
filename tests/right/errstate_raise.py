"""np.errstate(raise) around everything: an overflow would be an error, not a warning."""
import numpy as np

STRICT = dict(over="raise", invalid="raise", divide="raise")


def compute_qkv(X, W_q, W_k, W_v):
    with np.errstate(**STRICT):
        return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    with np.errstate(under="ignore", **STRICT):
        scores = Q @ K.T / np.sqrt(Q.shape[1])
        scores = scores - scores.max(axis=1, keepdims=True)
        weights = np.exp(scores)
        weights /= weights.sum(axis=1, keepdims=True)
        return weights @ V


def multi_head_attention(Q, K, V, n_heads):
    with np.errstate(**STRICT):
        q, k, v = (np.split(M, n_heads, axis=-1) for M in (Q, K, V))
        return np.concatenate(
            [self_attention(q[i], k[i], v[i]) for i in range(len(q))],
            axis=-1,
        )
