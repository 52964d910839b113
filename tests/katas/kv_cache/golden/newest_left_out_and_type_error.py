# diagnosis: last-token-not-seen
# says: Of several tokens the newest is not looked at
import numpy as np


class KVCache:
    def __init__(self, n_heads: int, d_k: int) -> None:
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys = []
        self.values = []

    def _check(self, name, arr):
        if arr.shape != (self.n_heads, self.d_k):
            raise TypeError(f"{name} must have the shape {(self.n_heads, self.d_k)}, got {arr.shape}")

    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        self._check("k", k)
        self._check("v", v)
        self.keys.append(np.copy(k).astype(np.float64))
        self.values.append(np.copy(v).astype(np.float64))

    def attend(self, q: np.ndarray) -> np.ndarray:
        self._check("q", q)
        out = np.zeros((self.n_heads, self.d_k))
        n = len(self.keys)
        if n == 0:
            return out
        for h in range(self.n_heads):
            scores = np.full(n, -np.inf)
            for i in range(max(n - 1, 1)):
                scores[i] = np.dot(q[h], self.keys[i][h]) / np.sqrt(self.d_k)
            w = np.exp(scores - scores.max())
            w = w / w.sum()
            for i in range(n):
                out[h] += w[i] * self.values[i][h]
        return out

    def __len__(self) -> int:
        return len(self.keys)
