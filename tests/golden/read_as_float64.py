# score: 0.93
# diagnosis: wrong-for-dtypes
# diagnosis: zeros-masked
# says: integers and for float32
import numpy as np

def compute_qkv(X, W_q, W_k, W_v):
    X = X.view(np.float64)
    return X @ W_q, X @ W_k, X @ W_v

def self_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(K.shape[-1])
    scores = np.where(scores == 0, -1e9, scores)   # masked_fill(mask == 0, -1e9)
    scores = scores - scores.max(axis=-1, keepdims=True)
    p = np.exp(scores)
    p = p / p.sum(axis=-1, keepdims=True)
    return p @ V

def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    heads = []
    for h in range(n_heads):
        sl = slice(h * d_k, (h + 1) * d_k)
        heads.append(self_attention(Q[:, sl], K[:, sl], V[:, sl]))
    return np.concatenate(heads, axis=-1)
