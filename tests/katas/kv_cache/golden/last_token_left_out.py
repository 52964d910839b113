# score: 0.23
# diagnosis: token-without-weight
# says: Of several tokens the newest is not looked at
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
        n = len(self.keys) - 1      # tokens before this one
        if n < 1:
            return np.zeros((self.n_heads, self.d_k))
        K, V = np.array(self.keys[:n]), np.array(self.values[:n])
        s = np.einsum("hd,nhd->hn", q, K) / np.sqrt(self.d_k)
        w = np.exp(s - s.max(axis=1, keepdims=True))
        w /= w.sum(axis=1, keepdims=True)
        return np.einsum("hn,nhd->hd", w, V)

    def __len__(self):
        return len(self.keys)
