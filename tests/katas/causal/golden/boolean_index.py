# score: 0.52
# diagnosis: boolean-index-does-not-fit
# says: An array of booleans is used as an index of an array of another shape
import numpy as np

def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def masked_attention(Q, K, V, mask):
    scores = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(Q.shape[-1])
    scores[~mask] = -np.inf
    m = scores.max(axis=-1, keepdims=True)
    m[m == -np.inf] = 0
    w = np.exp(scores - m)
    s = w.sum(axis=-1, keepdims=True)
    s[s == 0] = 1
    return w / s @ V

def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    b, n, d = X.shape
    f = lambda W: (X @ W).reshape(b, n, n_heads, -1).swapaxes(1, 2)
    if mask is None:
        mask = np.ones((n, n), bool)
    mask = np.broadcast_to(mask, (b, n_heads, n, n))
    return masked_attention(f(W_q), f(W_k), f(W_v), mask).swapaxes(1, 2).reshape(b, n, d) @ W_o
