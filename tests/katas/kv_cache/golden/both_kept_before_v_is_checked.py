# diagnosis: half-kept
# diagnosis: not-normalized
# says: and len counts it
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
        self.keys.append(k.copy())
        self.values.append(v.copy())
        self._check("v", v)

    def attend(self, q):
        self._check("q", q)
        out = np.zeros((self.n_heads, self.d_k))
        if not self.keys:
            return out
        for h in range(self.n_heads):
            s = np.array([q[h] @ k[h] for k in self.keys]) / np.sqrt(self.d_k)
            w = np.exp(s - s.max())
            out[h] = sum(w[i] * self.values[i][h] for i in range(len(w)))
        return out

    def __len__(self):
        return len(self.keys)
