# diagnosis: single-precision
# says: Print the dtype of the keys
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
        self.keys.append(np.array(k, dtype=np.float32))
        self.values.append(np.array(v, dtype=np.float32))

    def attend(self, q):
        self._check("q", q)
        if not self.keys:
            return np.zeros((self.n_heads, self.d_k), dtype=np.float32)
        q = q.astype(np.float32)
        K = np.stack(self.keys, axis=1)
        V = np.stack(self.values, axis=1)
        s = np.einsum("hd,hnd->hn", q, K) / np.float32(self.d_k ** 0.5)
        w = np.exp(s - s.max(axis=1, keepdims=True))
        w = w / w.sum(axis=1, keepdims=True)
        return np.einsum("hn,hnd->hd", w, V)

    def __len__(self):
        return len(self.keys)
