# diagnosis: answer-kept
# says: two different queries
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.ks, self.vs = [], []
        self._out = None
    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        self.ks.append(k.copy())
        self.vs.append(v.copy())
        self._out = None
    def attend(self, q):
        self._check("q", q)
        if not self.ks:
            return np.zeros((self.n_heads, self.d_k))
        if self._out is None:
            K, V = np.array(self.ks), np.array(self.vs)
            s = np.einsum("hd,thd->ht", q, K) / np.sqrt(self.d_k)
            e = np.exp(s - s.max(axis=1, keepdims=True))
            w = e / e.sum(axis=1, keepdims=True)
            self._out = np.einsum("ht,thd->hd", w, V)
        return self._out

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def __len__(self):
        return len(self.ks)
