# score: 0.94
# diagnosis: wrong-for-many-tokens
# says: With 512 tokens it is right; with 513
import numpy as np

MAX_LEN = 512

class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.K = np.zeros((MAX_LEN, n_heads, d_k))
        self.V = np.zeros((MAX_LEN, n_heads, d_k))
        self.pos = 0

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        self.K[self.pos] = k
        self.V[self.pos] = v
        self.pos += 1

    def attend(self, q):
        self._check("q", q)
        if self.pos == 0:
            return np.zeros((self.n_heads, self.d_k))
        K, V = self.K[: self.pos], self.V[: self.pos]
        s = np.einsum("hd,nhd->hn", q, K) / np.sqrt(self.d_k)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return np.einsum("hn,nhd->hd", e / e.sum(axis=1, keepdims=True), V)

    def __len__(self):
        return self.pos
