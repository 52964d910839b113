# diagnosis: zeros-attended
# says: that of 3: as if there were 1 more
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.K = np.zeros((1, n_heads, d_k))
        self.V = np.zeros((1, n_heads, d_k))
    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        self.K = np.concatenate([self.K, k[None]])
        self.V = np.concatenate([self.V, v[None]])
    def attend(self, q):
        self._check("q", q)
        s = np.einsum("hd,thd->ht", q, self.K) / np.sqrt(self.d_k)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        w = e / e.sum(axis=1, keepdims=True)
        return np.einsum("ht,thd->hd", w, self.V)
    def __len__(self):
        return len(self.K) - 1

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")
