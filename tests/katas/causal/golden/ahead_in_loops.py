# score: 0.92
# diagnosis: mask-one-ahead
# says: A token may look one token ahead
import numpy as np


def causal_mask(seq_len):
    mask = np.zeros((seq_len, seq_len), dtype=bool)
    for i in range(seq_len):
        for j in range(seq_len):
            if j <= i + 1:
                mask[i, j] = True
    return mask


def masked_attention(Q, K, V, mask):
    scores = np.einsum("bhid,bhjd->bhij", Q, K) / np.sqrt(Q.shape[-1])
    scores = np.where(mask, scores, -1e30)
    weights = np.exp(scores - scores.max(-1, keepdims=True)) * mask
    total = weights.sum(-1, keepdims=True)
    weights = weights / np.where(total > 0, total, 1.0)
    return np.einsum("bhij,bhjd->bhid", weights, V)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.full((1, 1), True)
    Q, K, V = (np.stack(np.split(X @ W, n_heads, axis=-1), axis=1) for W in (W_q, W_k, W_v))
    heads = masked_attention(Q, K, V, mask)
    return np.concatenate(list(heads.swapaxes(0, 1)), axis=-1) @ W_o
