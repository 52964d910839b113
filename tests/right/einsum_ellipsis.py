"""einsum with an ellipsis: self_attention itself takes any leading axes."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    Q, K, V = np.einsum("ij,njk->nik", X, np.stack([W_q, W_k, W_v]))
    return Q, K, V


def self_attention(Q, K, V):
    scores = np.einsum("...id,...jd->...ij", Q, K)
    scores = scores / np.sqrt(Q.shape[-1])
    scores -= np.amax(scores, axis=-1, keepdims=True)
    unnormalised = np.exp(scores)
    out = np.einsum("...ij,...jd->...id", unnormalised, V)
    return out / unnormalised.sum(-1)[..., np.newaxis]


def multi_head_attention(Q, K, V, n_heads):
    def heads_first(M):
        return np.einsum("shd->hsd", M.reshape(M.shape[0], n_heads, -1))

    out = self_attention(heads_first(Q), heads_first(K), heads_first(V))
    return np.einsum("hsd->shd", out).reshape(Q.shape)
