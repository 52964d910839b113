# score: 0.97
# diagnosis: keys-of-zeros-masked
# says: Keys of zeros are hidden
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return tuple(X @ W for W in (W_q, W_k, W_v))


def self_attention(Q, K, V):
    pad = ~K.any(axis=1)
    scores = Q @ K.T / np.sqrt(K.shape[1])
    scores = scores + np.where(pad, -1e30, 0.0)[None, :]
    scores = scores - scores.max(axis=1, keepdims=True)
    w = np.exp(scores)
    w = w / w.sum(axis=1, keepdims=True)
    return w @ V


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    heads = []
    for h in range(n_heads):
        sl = slice(h * d_k, (h + 1) * d_k)
        heads.append(self_attention(Q[:, sl], K[:, sl], V[:, sl]))
    return np.concatenate(heads, axis=-1)
