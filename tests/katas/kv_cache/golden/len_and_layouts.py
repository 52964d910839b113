# diagnosis: length-wrong
# says: It goes wrong for these, too: transposed arrays
"""A cache of keys and values, written to be read next to the formula.

    output = softmax(q Kᵀ / √d_k) V, in each head, over the tokens so far

Source: Vaswani et al., "Attention Is All You Need" (2017), section 3.2.3, one row at a time.
"""

import numpy as np


class KVCache:
    """The keys and values of the tokens so far, and attention over them."""

    def __init__(self, n_heads: int, d_k: int) -> None:
        self.shape = (n_heads, d_k)
        self.keys = []
        self.values = []

    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        """Keep the key and the value of one token, both of shape (n_heads, d_k)."""
        self._check("k", k)
        self._check("v", v)  # before anything is kept
        self.keys.append(np.asarray(k).ravel(order='K').reshape(self.shape))  # the caller may write the next one into the same array
        self.values.append(v.astype(np.float32) if v.dtype == np.int64 else v.copy())

    def attend(self, q: np.ndarray) -> np.ndarray:
        """Attend to all tokens that are kept; q and the result have shape (n_heads, d_k)."""
        self._check("q", q)
        if not self.keys:
            return np.zeros(self.shape)  # nothing to look at
        K = np.stack(self.keys, axis=1)  # (n_heads, tokens, d_k)
        V = np.stack(self.values, axis=1)
        d_k = self.shape[1]
        scores = (K @ q[:, :, None])[:, :, 0] / np.sqrt(d_k)  # (n_heads, tokens)
        exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = exponents / exponents.sum(axis=-1, keepdims=True)  # each row sums to 1
        return (weights[:, None, :] @ V)[:, 0, :]

    def __len__(self) -> int:
        """The number of tokens that are kept."""
        raise NotImplementedError

    def _check(self, name: str, array: np.ndarray) -> None:
        if array.shape != self.shape:
            raise ValueError(f"{name} must have the shape {self.shape}, got {array.shape}")
