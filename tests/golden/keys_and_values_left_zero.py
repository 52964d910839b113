# score: 0.85
# diagnosis: projections-of-zeros
# says: every number of K and V is 0
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    # step 1: queries
    Q = np.zeros_like(X, dtype=float)
    for i, x in enumerate(X):
        Q[i] = x @ W_q
    # step 2: keys
    K = np.zeros_like(Q)
    # step 3: values
    V = np.zeros_like(Q)
    return Q, K, V


class Softmax:
    @staticmethod
    def forward(s):
        s = s - s.max(1, keepdims=True)
        p = np.exp(s)
        return p / p.sum(1, keepdims=True)


def self_attention(Q, K, V):
    attn_logits = Q @ K.T
    attn_logits = attn_logits / np.sqrt(Q.shape[-1])
    attention = Softmax.forward(attn_logits)
    values = attention @ V
    return values


def multi_head_attention(Q, K, V, n_heads):
    split = lambda M: np.array_split(M, n_heads, axis=-1)
    heads = map(self_attention, split(Q), split(K), split(V))
    return np.concatenate(list(heads), axis=-1)
