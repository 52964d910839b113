# score: 0.94
# diagnosis: wrong-shapes-taken
# says: Wrong shapes are not refused
import numpy as np

class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys = []
        self.values = []

    def _check(self, name, a):
        if a.size != self.n_heads * self.d_k:
            raise ValueError(f"{name} must have the shape {(self.n_heads, self.d_k)}, got {a.shape}")
        return a.reshape(self.n_heads, self.d_k)

    def append(self, k, v):
        k, v = self._check("k", k), self._check("v", v)
        self.keys.append(k.copy())
        self.values.append(v.copy())

    def attend(self, q):
        q = self._check("q", q)
        if not self.keys:
            return np.zeros((self.n_heads, self.d_k))
        s = np.einsum("hd,nhd->hn", q, np.array(self.keys)) / np.sqrt(self.d_k)
        w = np.exp(s - s.max(axis=1, keepdims=True))
        w /= w.sum(axis=1, keepdims=True)
        return np.einsum("hn,nhd->hd", w, np.array(self.values))

    def __len__(self):
        return len(self.keys)
