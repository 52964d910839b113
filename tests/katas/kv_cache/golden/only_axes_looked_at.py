# diagnosis: wrong-shapes-taken
import numpy as np


class ShapeError(ValueError):
    pass


class KVCache:
    def __init__(self, n_heads, d_k):
        self.k = np.zeros((0, n_heads, d_k))
        self.v = np.zeros((0, n_heads, d_k))

    def append(self, k, v):
        for array in (k, v):
            if array.ndim != 2:
                raise ShapeError(f"{array.shape} is not {self.k.shape[1:]}")
        self.k, self.v = np.concatenate([self.k, k[None]]), np.concatenate([self.v, v[None]])

    def attend(self, q):
        if q.ndim != 2:
            raise ShapeError(f"{q.shape} is not {self.k.shape[1:]}")
        scores = (self.k * q).sum(-1) / q.shape[1] ** 0.5
        weights = np.exp(scores - scores.max(0, initial=-np.inf))
        total = weights.sum(0)
        return (weights[:, :, None] * self.v).sum(0) / np.where(total, total, 1)[:, None]

    def __len__(self):
        return len(self.k)
