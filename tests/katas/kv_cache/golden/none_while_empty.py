# diagnosis: empty-gives-nothing
# says: An empty cache gives None
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys = []
        self.values = []

    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        """Keep the key and the value of one token, behind those that are kept already."""
        shape = (self.n_heads, self.d_k)
        if k.shape != shape:
            raise ValueError("k must have the shape " + str(shape) + ", got " + str(k.shape))
        if v.shape != shape:
            raise ValueError("v must have the shape " + str(shape) + ", got " + str(v.shape))
        self.keys.append(np.array(k))
        self.values.append(np.array(v))

    def attend(self, q):
        if q.shape != (self.n_heads, self.d_k):
            raise ValueError(f"q must have the shape {(self.n_heads, self.d_k)}, got {q.shape}")
        if len(self.keys) > 0:
            K = np.stack(self.keys, 1)
            V = np.stack(self.values, 1)
            s = (K * q[:, None]).sum(-1) / self.d_k ** 0.5
            w = np.exp(s - s.max(1)[:, None])
            w /= w.sum(1)[:, None]
            return (w[:, :, None] * V).sum(1)

    def __len__(self):
        return len(self.keys)
