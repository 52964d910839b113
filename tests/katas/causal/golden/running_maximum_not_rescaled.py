# diagnosis: weights-in-other-proportions
# says: in what was tried a row sums to something from 1 to 1.89
import numpy as np


def causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def masked_attention(Q, K, V, mask):
    """Online softmax, one key after the other (flash attention)."""
    B, H, T, d = Q.shape
    mask = np.broadcast_to(mask, (B, H, T, T))
    m = np.full((B, H, T, 1), -1e30)
    l = np.zeros((B, H, T, 1))
    acc = np.zeros((B, H, T, d))
    for j in range(T):
        s = np.sum(Q * K[:, :, j:j + 1], axis=-1, keepdims=True) / np.sqrt(d)
        ok = mask[..., j:j + 1]
        s = np.where(ok, s, -np.inf)
        m_new = np.maximum(m, s)
        p = np.exp(s - m_new)
        alpha = np.exp(m - m_new)
        l = l * alpha + p
        acc = acc + p * V[:, :, j:j + 1]
        m = m_new
    return acc / np.where(l == 0, 1, l)


def multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads, mask=None):
    B, T, D = X.shape
    if mask is None:
        mask = np.ones((T, T), dtype=bool)
    Q, K, V = [(X @ W).reshape(B, T, n_heads, D // n_heads).transpose(0, 2, 1, 3) for W in (W_q, W_k, W_v)]
    return masked_attention(Q, K, V, mask).transpose(0, 2, 1, 3).reshape(B, T, D) @ W_o
