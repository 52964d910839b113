# says: With 24 tokens it is right; with 25
import numpy as np


class KVCache:
    def __init__(self, n_heads: int, d_k: int):
        self.shape = (n_heads, d_k)
        self._k = np.empty((n_heads, 24, d_k))
        self._v = np.empty((n_heads, 24, d_k))
        self._n = 0

    def _need(self, array):
        if array.shape != self.shape:
            raise ValueError("expected shape %s but got %s" % (self.shape, array.shape))

    def append(self, k, v):
        self._need(k)
        self._need(v)
        if self._n == self._k.shape[1]:
            raise MemoryError("full")
        self._k[:, self._n] = k
        self._v[:, self._n] = v
        self._n += 1

    def attend(self, q):
        self._need(q)
        if self._n == 0:
            return np.zeros(self.shape)
        scores = np.einsum("hd,htd->ht", q, self._k[:, : self._n]) / np.sqrt(self.shape[1])
        scores -= scores.max(axis=1, keepdims=True)
        weights = np.exp(scores)
        weights /= weights.sum(axis=1, keepdims=True)
        return np.einsum("ht,htd->hd", weights, self._v[:, : self._n])

    def __len__(self):
        return self._n
