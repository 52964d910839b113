# diagnosis: last-token-not-seen
# says: Where several tokens are kept
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
        keys = self.keys[:-1] if len(self.keys) > 1 else self.keys
        values = self.values[:-1] if len(self.values) > 1 else self.values
        K = np.stack(keys, axis=1)
        V = np.stack(values, axis=1)
        scores = np.einsum("hd,hnd->hn", q, K) / np.sqrt(self.d_k)
        w = np.exp(scores - scores.max(axis=1, keepdims=True))
        w = w / w.sum(axis=1, keepdims=True)
        return np.einsum("hn,hnd->hd", w, V)

    def __len__(self):
        return len(self.keys)
