# score: 0.95
# diagnosis: equal-keys-overwrite
# says: A token with the key of an earlier one takes its place
import numpy as np

class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads = n_heads
        self.d_k = d_k
        self.table = {}

    def _check(self, name, a):
        need = (self.n_heads, self.d_k)
        if a.shape != need:
            raise ValueError(f"{name} must have the shape {need}, got {a.shape}")

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        self.table[k.tobytes()] = (k.copy(), v.copy())

    def attend(self, q):
        self._check("q", q)
        if not self.table:
            return np.zeros((self.n_heads, self.d_k))
        K = np.stack([kv[0] for kv in self.table.values()])
        V = np.stack([kv[1] for kv in self.table.values()])
        s = np.einsum("hd,nhd->hn", q, K) / np.sqrt(self.d_k)
        w = np.exp(s - s.max(axis=1, keepdims=True))
        w /= w.sum(axis=1, keepdims=True)
        return np.einsum("hn,nhd->hd", w, V)

    def __len__(self):
        return len(self.table)
