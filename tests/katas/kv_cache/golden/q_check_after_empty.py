# score: 0.91
# diagnosis: query-not-checked-while-empty
# says: An empty cache takes a query of any shape
import numpy as np

class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys = []
        self.values = []

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        self.keys.append(k.copy())
        self.values.append(v.copy())

    def attend(self, q):
        if len(self) == 0:
            return np.zeros((self.n_heads, self.d_k))
        self._check("q", q)
        s = np.einsum("hd,nhd->hn", q, np.array(self.keys)) / np.sqrt(self.d_k)
        w = np.exp(s - s.max(axis=1, keepdims=True))
        w /= w.sum(axis=1, keepdims=True)
        return np.einsum("hn,nhd->hd", w, np.array(self.values))

    def __len__(self):
        return len(self.keys)
