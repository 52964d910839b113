# score: 0.87
# diagnosis: wrong-shapes-taken
# says: Wrong shapes are not refused
import numpy as np

class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys = []
        self.values = []

    def _fit(self, name, a):
        need = (self.n_heads, self.d_k)
        try:
            return np.array(np.broadcast_to(a, need))
        except ValueError:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}") from None

    def append(self, k, v):
        k = self._fit("k", k)
        v = self._fit("v", v)
        self.keys.append(k)
        self.values.append(v)

    def attend(self, q):
        q = self._fit("q", q)
        if not self.keys:
            return np.zeros((self.n_heads, self.d_k))
        s = np.einsum("hd,nhd->hn", q, np.array(self.keys)) / np.sqrt(self.d_k)
        w = np.exp(s - s.max(axis=1, keepdims=True))
        w /= w.sum(axis=1, keepdims=True)
        return np.einsum("hn,nhd->hd", w, np.array(self.values))

    def __len__(self):
        return len(self.keys)
