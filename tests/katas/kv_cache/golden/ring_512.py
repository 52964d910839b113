# diagnosis: wrong-for-many-tokens
# says: With 512 tokens it is right; with 513
# says: the first no longer shows
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k, max_len=512):
        self.n_heads, self.d_k, self.max_len = n_heads, d_k, max_len
        self.K = np.zeros((max_len, n_heads, d_k))
        self.V = np.zeros((max_len, n_heads, d_k))
        self.pos = 0
    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        self.K[self.pos % self.max_len] = k
        self.V[self.pos % self.max_len] = v
        self.pos += 1
    def attend(self, q):
        self._check("q", q)
        if self.pos == 0:
            return np.zeros((self.n_heads, self.d_k))
        n = min(self.pos, self.max_len)
        K, V = self.K[:n], self.V[:n]
        s = np.einsum("hd,thd->ht", q, K) / np.sqrt(self.d_k)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        w = e / e.sum(axis=1, keepdims=True)
        return np.einsum("ht,thd->hd", w, V)
    def __len__(self):
        return self.pos

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")
