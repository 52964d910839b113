# diagnosis: always-zero
# says: Perhaps nothing is kept
import numpy as np


class KVCache:
    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        np.append(self.ks, k)
        np.append(self.vs, v)

    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.ks, self.vs = [], []

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def attend(self, q):
        self._check("q", q)
        if len(self.ks) == 0:
            return np.zeros((self.n_heads, self.d_k))
        K, V = np.array(self.ks), np.array(self.vs)
        s = np.einsum("hd,thd->ht", q, K) / np.sqrt(self.d_k)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        w = e / e.sum(axis=1, keepdims=True)
        return np.einsum("ht,thd->hd", w, V)

    def __len__(self):
        return len(self.ks)
