# diagnosis: caches-share
# says: With a second cache of the same sizes beside the first
import numpy as np
from collections import defaultdict

_memory = defaultdict(lambda: ([], []))


class KVCache:
    def __init__(self, n_heads: int, d_k: int) -> None:
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys, self.values = _memory[n_heads, d_k]

    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        shape = (self.n_heads, self.d_k)
        if k.shape != shape:
            raise ValueError(f"k must have the shape {shape}, got {k.shape}")
        if v.shape != shape:
            raise ValueError(f"v must have the shape {shape}, got {v.shape}")
        self.keys.append(k.astype(float))
        self.values.append(v.astype(float))

    def attend(self, q: np.ndarray) -> np.ndarray:
        if not self.keys:
            return np.zeros((self.n_heads, self.d_k))
        K, V = np.stack(self.keys), np.stack(self.values)
        s = (K * q).sum(-1) / np.sqrt(self.d_k)
        s = s - s.max(0)
        w = np.exp(s)
        w = w / w.sum(0)
        return (w[..., None] * V).sum(0)

    def __len__(self) -> int:
        return len(self.keys)
