# score: 0.70
# diagnosis: last-query-for-all
# says: answer the query of the last token
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q = X @ W_q
    K = X @ W_k
    V = X @ W_v
    return Q, K, V


def self_attention(Q, K, V):
    d = Q.shape[1]
    out = []
    row = np.zeros(V.shape[1])
    for i in range(len(Q)):
        s = K @ Q[i] / np.sqrt(d)
        w = np.exp(s - s.max())
        w /= w.sum()
        for j in range(V.shape[1]):
            row[j] = (w * V[:, j]).sum()
        out.append(row)
    return np.array(out)


def multi_head_attention(Q, K, V, n_heads):
    seq_len, d_model = Q.shape
    d_k = d_model // n_heads
    outputs = []
    for h in range(n_heads):
        s = slice(h * d_k, (h + 1) * d_k)
        outputs.append(self_attention(Q[:, s], K[:, s], V[:, s]))
    return np.concatenate(outputs, axis=-1)
