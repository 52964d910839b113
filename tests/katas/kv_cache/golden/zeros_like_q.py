# score: 0.97
# diagnosis: output-of-the-querys-dtype
# says: The output takes its dtype from an input
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
        self._check("q", q)
        out = np.zeros_like(q)
        if len(self.keys) == 0:
            return out
        for h in range(self.n_heads):
            K = np.array([k[h] for k in self.keys])
            V = np.array([v[h] for v in self.values])
            s = K @ q[h] / np.sqrt(self.d_k)
            w = np.exp(s - s.max())
            out[h] = w @ V / w.sum()
        return out

    def __len__(self):
        return len(self.keys)
