# diagnosis: maximum-not-below-zero
# says: where all are -1000 it is 0
import numpy as np


class KVCache:
    def attend(self, q):
        self._check("q", q)
        m = np.zeros((self.n_heads, 1))
        l = np.zeros((self.n_heads, 1))
        acc = np.zeros((self.n_heads, self.d_k))
        for k, v in zip(self.ks, self.vs):
            s = (q * k).sum(axis=1, keepdims=True) / np.sqrt(self.d_k)
            new = np.maximum(m, s)
            l = l * np.exp(m - new) + np.exp(s - new)
            acc = acc * np.exp(m - new) + np.exp(s - new) * v
            m = new
        return acc / np.where(l == 0, 1, l)

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
