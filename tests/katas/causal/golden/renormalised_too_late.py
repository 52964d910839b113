# diagnosis: mask-after-the-softmax
# says: Hidden keys count in the softmax's sum
import numpy as np


def causal_mask(seq_len):
    positions = np.arange(seq_len)
    return positions[None, :] <= positions[:, None]


def masked_attention(Q, K, V, mask):
    scores = np.einsum("bhid,bhjd->bhij", Q, K) / np.sqrt(Q.shape[-1])
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    weights[~np.broadcast_to(mask, weights.shape)] = 0
    return np.einsum("bhij,bhjd->bhid", weights, V)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    if mask is None:
        mask = np.full((1, 1), True)
    Q, K, V = (np.stack(np.split(X @ W, n_heads, axis=-1), axis=1) for W in (W_q, W_k, W_v))
    heads = masked_attention(Q, K, V, mask)
    return np.concatenate(list(heads.swapaxes(0, 1)), axis=-1) @ W_o
