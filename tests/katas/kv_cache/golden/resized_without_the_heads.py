# diagnosis: wrong-for-many-tokens-of-heads
# says: With one head what was tried is right. With several, 6 tokens are right
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.need = (n_heads, d_k)
        self.length = 0
        self.kept = np.zeros((2, n_heads, 6, d_k))

    def _check(self, name, array):
        if array.shape != self.need:
            raise ValueError(f"{name}: {self.need} is needed, {array.shape} came")

    def append(self, k, v):
        self._check("k", k)
        self._check("v", v)
        n_heads, d_k = self.need
        if self.length == self.kept.shape[2]:
            longer = (n_heads, 2 * self.length, d_k)
            self.kept = np.array([np.resize(each, longer) for each in self.kept])
        self.kept[:, :, self.length] = k, v
        self.length += 1

    def attend(self, q):
        self._check("q", q)
        if not self.length:
            return np.zeros(self.need)
        keys, values = self.kept[:, :, : self.length]
        scores = np.einsum("hd,hnd->hn", q, keys) / np.sqrt(self.need[1])
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        return np.einsum("hn,hnd->hd", weights, values)

    def __len__(self):
        return self.length
