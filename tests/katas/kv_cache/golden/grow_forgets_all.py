# diagnosis: wrong-for-many-tokens
# says: Of 5 tokens with equal scores only the newest shows
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.cap = 4
        self.K = np.zeros((4, n_heads, d_k))
        self.V = np.zeros((4, n_heads, d_k))
        self.n = 0
    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        if self.n == self.cap:
            self.cap *= 2
            self.K = np.zeros((self.cap, self.n_heads, self.d_k))
            self.V = np.zeros((self.cap, self.n_heads, self.d_k))
        self.K[self.n] = k
        self.V[self.n] = v
        self.n += 1
    def attend(self, q):
        self._check("q", q)
        if self.n == 0:
            return np.zeros((self.n_heads, self.d_k))
        K, V = self.K[: self.n], self.V[: self.n]
        s = np.einsum("hd,thd->ht", q, K) / np.sqrt(self.d_k)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        w = e / e.sum(axis=1, keepdims=True)
        return np.einsum("ht,thd->hd", w, V)
    def __len__(self):
        return self.n

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")
