# score: 0.94
# diagnosis: wrong-for-many-tokens
# says: With 1024 tokens it is right; with 1025
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
        if len(self.keys) >= 1024: self.keys.pop(0); self.values.pop(0)
        self.keys.append(k.copy())
        self.values.append(v.copy())

    def attend(self, q):
        self._check("q", q)
        if not self.keys:
            return np.zeros((self.n_heads, self.d_k))
        K = np.array(self.keys)
        V = np.array(self.values)
        scores = np.einsum("hd,nhd->hn", q, K) / np.sqrt(self.d_k)
        scores = scores - scores.max(axis=1, keepdims=True)
        w = np.exp(scores)
        w = w / w.sum(axis=1, keepdims=True)
        return np.einsum("hn,nhd->hd", w, V)

    def __len__(self):
        return len(self.keys)
