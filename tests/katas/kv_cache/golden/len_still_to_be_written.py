# diagnosis: wrong-shapes-taken
# diagnosis: length-wrong
# says: len(cache) goes wrong
"""A cache of keys and values in NumPy: fill in the methods."""

import numpy as np


class KVCache:
    """The keys and values of the tokens so far, and attention over them.

    Args:
        n_heads: number of heads.
        d_k: features of a head.
    """

    def __init__(self, n_heads: int, d_k: int) -> None:
        self.n_heads = n_heads
        self.d_k = d_k
        self.keys = []
        self.values = []

    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        """Keep the key and the value of one token, behind those that are kept already."""
        # errors come later
        self.keys.append(k.astype(float))
        self.values.append(v.astype(float))

    def attend(self, q: np.ndarray) -> np.ndarray:
        """Attend to all tokens that are kept, each head on its own."""
        if not self.keys:
            return np.zeros((self.n_heads, self.d_k))
        K = np.stack(self.keys)
        V = np.stack(self.values)
        s = (K * q.astype(float)).sum(axis=-1) / np.sqrt(self.d_k)
        s = np.exp(s - s.max(axis=0))
        w = s / s.sum(axis=0)
        return (w[:, :, None] * V).sum(axis=0)

    def __len__(self) -> int:
        """Return the number of tokens that are kept."""
        # Your code here
        pass
