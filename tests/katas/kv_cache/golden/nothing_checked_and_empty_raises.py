# diagnosis: wrong-shapes-taken
# says: that holds one token raised no error for these
# says: q of shape (1, 4), (2, 1), (1, 2, 4) and (2, 4, 1).
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.need = (n_heads, d_k)
        self.keys, self.values = [], []

    def _check(self, name, array):
        if array.shape != self.need:
            raise ValueError(f"{name}: {self.need} is needed, {array.shape} came")

    def append(self, k, v):
        self.keys.append(np.copy(k))
        self.values.append(np.copy(v))

    def attend(self, q):
        keys, values = (np.array(each).swapaxes(0, 1) for each in (self.keys, self.values))
        scores = np.sum(q[:, None, :] * keys, axis=-1) / self.need[1] ** 0.5
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = weights / weights.sum(axis=-1, keepdims=True)
        return np.sum(weights[..., None] * values, axis=1)

    def __len__(self):
        return len(self.keys)
