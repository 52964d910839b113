# diagnosis: largest-not-subtracted
# says: where they are 0 and 2000
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.n = 0
        self.K = np.zeros((4, n_heads, d_k))
        self.V = np.zeros((4, n_heads, d_k))

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        if self.n == len(self.K):
            self.K = np.concatenate([self.K, np.zeros_like(self.K)])
            self.V = np.concatenate([self.V, np.zeros_like(self.V)])
        self.K[self.n] = k
        self.V[self.n] = v
        self.n += 1

    def attend(self, q):
        self._check("q", q)
        if self.n == 0:
            return np.zeros((self.n_heads, self.d_k))
        s = np.einsum("nhd,hd->nh", self.K[: self.n], q) / np.sqrt(self.d_k)
        e = np.exp(s - s[0])
        w = e / e.sum(axis=0)
        return np.einsum("nh,nhd->hd", w, self.V[: self.n]).astype(q.dtype)

    def __len__(self):
        return self.n
