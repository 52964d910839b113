# diagnosis: shown-keys-without-weight
# says: as under the mask [[True, True], [True, False]]
# says: With two tokens and the mask [[True, True], [True, False]], print
import numpy as np


def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def masked_attention(Q, K, V, mask):
    scores = Q @ K.transpose(0, 1, 3, 2) / np.sqrt(Q.shape[-1])
    mask = np.broadcast_to(mask, scores.shape)
    scores = np.where(mask, scores, -np.inf)
    mx = scores.max(axis=-1, keepdims=True)
    mx = np.where(mx == -np.inf, 0, mx)
    w = np.exp(scores - mx)
    z = w.sum(axis=-1, keepdims=True)
    out = (w / np.where(z == 0, 1, z)) @ V
    # padded tokens have no output
    present = np.diagonal(mask, axis1=-2, axis2=-1)
    return out * present[..., None]


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    B, T, D = X.shape
    if mask is None:
        mask = np.ones((B, 1, 1, T), dtype=bool)
    q, k, v = [(X @ W).reshape(B, T, n_heads, D // n_heads).transpose(0, 2, 1, 3) for W in (W_q, W_k, W_v)]
    return masked_attention(q, k, v, mask).transpose(0, 2, 1, 3).reshape(B, T, D) @ W_o
