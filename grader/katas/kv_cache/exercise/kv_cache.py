"""A cache of keys and values in NumPy: fill in the methods."""

import numpy as np


class KVCache:
    """The keys and values of the tokens so far, and attention over them.

    Args:
        n_heads: number of heads.
        d_k: features of a head.
    """

    def __init__(self, n_heads: int, d_k: int) -> None:
        # Your code here
        pass

    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        """Keep the key and the value of one token, behind those that are kept already.

        Args:
            k: its key, shape (n_heads, d_k).
            v: its value, shape (n_heads, d_k).

        Raises:
            ValueError: k or v has another shape; the message names both shapes.
        """
        # Your code here
        pass

    def attend(self, q: np.ndarray) -> np.ndarray:
        """Attend to all tokens that are kept, each head on its own.

        Args:
            q: the query of one token, shape (n_heads, d_k).

        Returns:
            The output of each head, shape (n_heads, d_k); zeros if nothing is kept yet.

        Raises:
            ValueError: q has another shape; the message names both shapes.
        """
        # Your code here
        pass

    def __len__(self) -> int:
        """Return the number of tokens that are kept."""
        # Your code here
        pass
