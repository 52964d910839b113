# diagnosis: query-kept-after-the-answer
# says: attend keeps its query after the answer
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
        if not self.keys:
            return np.zeros((self.n_heads, self.d_k))
        K = np.stack(self.keys, axis=1)
        V = np.stack(self.values, axis=1)
        s = np.einsum("hd,hnd->hn", q, K) / np.sqrt(self.d_k)
        w = np.exp(s - s.max(axis=1, keepdims=True))
        w = w / w.sum(axis=1, keepdims=True)
        out = np.einsum("hn,hnd->hd", w, V)
        self.append(q, np.zeros_like(q))
        return out

    def __len__(self):
        return len(self.keys)
