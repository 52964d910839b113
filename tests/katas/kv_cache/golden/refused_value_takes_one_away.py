# diagnosis: refused-append-changes
# says: append a key that fits with a value that does not, and catch the error
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.need = (n_heads, d_k)
        self.keys, self.values = [], []

    def _check(self, name, array):
        if array.shape != self.need:
            raise ValueError(f"{name}: {self.need} is needed, {array.shape} came")

    def append(self, k, v):
        self._check("k", k)
        self.keys.append(np.array(k, dtype=float))
        self.values.append(np.array(v, dtype=float))
        if v.shape != self.need:
            self.keys.pop()
            self.values = self.values[:-2]
            self._check("v", v)

    def attend(self, q):
        self._check("q", q)
        if not self.keys:
            return np.zeros(self.need)
        scores = np.einsum("hd,nhd->hn", q, np.array(self.keys)) / np.sqrt(self.need[1])
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        return np.einsum("hn,nhd->hd", weights, np.array(self.values))

    def __len__(self):
        return len(self.keys)
