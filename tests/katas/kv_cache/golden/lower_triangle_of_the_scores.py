# diagnosis: tokens-hidden-from-heads
# says: head 0 sees 0, head 1 sees 0 and 1, head 2 sees 0, 1 and 2
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
        self._check("v", v)
        self.keys.append(np.array(k, dtype=float))
        self.values.append(np.array(v, dtype=float))

    def attend(self, q):
        self._check("q", q)
        if not self.keys:
            return np.zeros(self.need)
        scores = np.einsum("hd,nhd->hn", q, np.array(self.keys)) / np.sqrt(self.need[1])
        scores[np.triu_indices(*scores.shape[:1], k=1, m=scores.shape[1])] = -np.inf
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        return np.einsum("hn,nhd->hd", weights, np.array(self.values))

    def __len__(self):
        return len(self.keys)
