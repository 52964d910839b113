# score: 0.93
# diagnosis: empty-zeros-shared
# says: An empty cache always returns the same zeros
import numpy as np

class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys = []
        self.values = []
        self.nothing = np.zeros((n_heads, d_k))

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
        self._check("q", q)
        if not self.keys:
            return self.nothing
        s = np.einsum("nhd,hd->nh", np.array(self.keys), q) / np.sqrt(self.d_k)
        w = np.exp(s - s.max(0))
        w /= w.sum(0)
        return np.einsum("nh,nhd->hd", w, np.array(self.values))

    def __len__(self):
        return len(self.keys)
