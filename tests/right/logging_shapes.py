"""The logging module tells what happens, on stderr."""
import logging

import numpy as np

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(funcName)s: %(message)s")
log = logging.getLogger("attention")


def compute_qkv(X, W_q, W_k, W_v):
    log.info("X is %s of %s", X.shape, X.dtype)
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    log.debug("scores from %g to %g", scores.min(), scores.max())
    if np.abs(scores).max() > 700:
        log.warning("these would overflow without the maximum: %g", np.abs(scores).max())
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True) @ V


def multi_head_attention(Q, K, V, n_heads):
    log.info("%d heads", n_heads)
    d_k = Q.shape[1] // n_heads
    return np.hstack([
        self_attention(Q[:, i:i + d_k], K[:, i:i + d_k], V[:, i:i + d_k])
        for i in range(0, Q.shape[1], d_k)
    ])
