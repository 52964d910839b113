# diagnosis: maximum-begins-at-zero
# says: may begin at 0
import numpy as np


class KVCache:
    def attend(self, q):
        self._check("q", q)
        m = np.zeros(self.n_heads)
        l = np.zeros(self.n_heads)
        acc = np.zeros((self.n_heads, self.d_k))
        if not self.ks:
            return acc
        for k, v in zip(self.ks, self.vs):
            s = (q * k).sum(axis=1) / np.sqrt(self.d_k)
            new = np.maximum(m, s)
            c, p = np.exp(m - new), np.exp(s - new)
            l = l * c + p
            acc = acc * c[:, None] + p[:, None] * v
            m = new
        return acc / l[:, None]

    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.ks, self.vs = [], []

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        self.ks.append(np.array(k, dtype=float))
        self.vs.append(np.array(v, dtype=float))

    def __len__(self):
        return len(self.ks)
