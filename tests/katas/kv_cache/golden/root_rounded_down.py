# diagnosis: scores-of-another-size
# says: and 1.118 for d_k = 5, and 1 for d_k = 1, 4 and 9.
import numpy as np
import math


class KVCache:
    """The keys and values of the tokens so far, and attention over them."""

    def __init__(self, n_heads: int, d_k: int) -> None:
        self.n_heads, self.d_k = n_heads, d_k
        self.root = math.isqrt(d_k)  # square root of d_k
        self.items = []

    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        for name, x in (("k", k), ("v", v)):
            if x.shape != (self.n_heads, self.d_k):
                raise ValueError(
                    "%s must have the shape %s, got %s"
                    % (name, (self.n_heads, self.d_k), x.shape)
                )
        self.items.append((k.astype(np.float64), v.astype(np.float64)))

    def attend(self, q: np.ndarray) -> np.ndarray:
        if q.shape != (self.n_heads, self.d_k):
            raise ValueError(
                "q must have the shape %s, got %s" % ((self.n_heads, self.d_k), q.shape)
            )
        if len(self.items) == 0:
            return np.zeros((self.n_heads, self.d_k))
        K = np.stack([i[0] for i in self.items])  # (n, h, d)
        V = np.stack([i[1] for i in self.items])
        scores = (K * q).sum(axis=2) / self.root  # (n, h)
        scores = scores - scores.max(axis=0)
        w = np.exp(scores)
        w = w / w.sum(axis=0)
        return (w[:, :, None] * V).sum(axis=0)

    def __len__(self) -> int:
        return len(self.items)
