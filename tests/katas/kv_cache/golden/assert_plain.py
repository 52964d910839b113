# score: 0.91
# diagnosis: refused-by-another-error
# says: Wrong shapes are refused, but not all by a ValueError
import numpy as np

class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys = []
        self.values = []

    def _check(self, name, a):
        assert a.shape == (self.n_heads, self.d_k)

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
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
