# score: 0.99
# diagnosis: append-returns-something
# says: append returns something
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
        return len(self.keys)

    def attend(self, q):
        self._check("q", q)
        out = np.zeros((self.n_heads, self.d_k))
        n = len(self.keys)
        if n == 0:
            return out
        for h in range(self.n_heads):
            s = np.array([self.keys[t][h] @ q[h] for t in range(n)]) / self.d_k ** 0.5
            e = np.exp(s - s.max())
            e = e / e.sum()
            for t in range(n):
                out[h] += e[t] * self.values[t][h]
        return out

    def __len__(self):
        return len(self.keys)
