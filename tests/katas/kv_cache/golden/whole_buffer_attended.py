# score: 0.23
# diagnosis: zeros-attended
# says: that of 16: as if there were 14 more
import numpy as np

class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.K = np.zeros((n_heads, 16, d_k))
        self.V = np.zeros((n_heads, 16, d_k))
        self.length = 0

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        if self.length == self.K.shape[1]:
            self.K = np.concatenate([self.K, np.zeros_like(self.K)], axis=1)
            self.V = np.concatenate([self.V, np.zeros_like(self.V)], axis=1)
        self.K[:, self.length] = k
        self.V[:, self.length] = v
        self.length += 1

    def attend(self, q):
        self._check("q", q)
        if self.length == 0:
            return np.zeros((self.n_heads, self.d_k))
        s = np.einsum("hd,hnd->hn", q, self.K) / np.sqrt(self.d_k)
        s -= s.max(axis=1, keepdims=True)
        w = np.exp(s)
        w /= w.sum(axis=1, keepdims=True)
        return np.einsum("hn,hnd->hd", w, self.V)

    def __len__(self):
        return self.length
