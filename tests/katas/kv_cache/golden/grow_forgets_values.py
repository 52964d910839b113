# score: 0.76
# diagnosis: wrong-for-many-tokens
# says: With 8 tokens it is right; with 9
import numpy as np

class KVCache:
    def __init__(self, n_heads, d_k):
        self.shape = (n_heads, d_k)
        self.cap, self.n = 8, 0
        self.K = np.zeros((8, n_heads, d_k))
        self.V = np.zeros((8, n_heads, d_k))

    def _check(self, name, a):
        if a.shape != self.shape:
            raise ValueError(f"{name}: expected shape {self.shape}, got {a.shape}")

    def _grow(self):
        self.cap *= 2
        bigger_K = np.zeros((self.cap, *self.shape))
        bigger_V = np.zeros((self.cap, *self.shape))
        bigger_K[: self.n] = self.K
        self.K, self.V = bigger_K, bigger_V

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        if self.n == self.cap:
            self._grow()
        self.K[self.n] = k
        self.V[self.n] = v
        self.n += 1

    def attend(self, q):
        self._check("q", q)
        if self.n == 0:
            return np.zeros(self.shape)
        s = np.einsum("hd,nhd->hn", q, self.K[: self.n]) / np.sqrt(self.shape[1])
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return np.einsum("hn,nhd->hd", e / e.sum(axis=1, keepdims=True), self.V[: self.n])

    def __len__(self):
        return self.n
