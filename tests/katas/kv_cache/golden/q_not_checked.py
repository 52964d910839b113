# score: 0.91
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
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        self.keys.append(k.copy())
        self.values.append(v.copy())

    def attend(self, q):
        if not self.keys:
            return np.zeros((self.n_heads, self.d_k))
        K, V = np.stack(self.keys), np.stack(self.values)
        s = (K * q).sum(-1) / np.sqrt(self.d_k)
        w = np.exp(s - s.max(0))
        w /= w.sum(0)
        return (w[..., None] * V).sum(0)

    def __len__(self):
        return len(self.keys)
