# diagnosis: one-token-alone
# says: Only the newest token is looked at
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.K = np.zeros((n_heads, 0, d_k))
        self.V = np.zeros((n_heads, 0, d_k))
    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        n = self.K.shape[1]
        K = np.zeros((self.n_heads, n + 1, self.d_k))
        V = np.zeros((self.n_heads, n + 1, self.d_k))
        K[:, n] = k
        V[:, n] = v
        self.K, self.V = K, V
    def attend(self, q):
        self._check("q", q)
        if len(self) == 0:
            return np.zeros((self.n_heads, self.d_k))
        s = np.einsum("hd,htd->ht", q, self.K) / np.sqrt(self.d_k)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        w = e / e.sum(axis=1, keepdims=True)
        return np.einsum("ht,htd->hd", w, self.V)
    def __len__(self):
        return self.K.shape[1]

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")
