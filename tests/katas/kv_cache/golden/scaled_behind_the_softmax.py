# diagnosis: weights-do-not-sum-to-one
# says: in what was tried it is 0.5.
import numpy as np


def _softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    ez = np.exp(z)
    return ez / np.sum(ez, axis=1, keepdims=True)


class KVCache:

    def __init__(self, n_heads: int, d_k: int) -> None:
        self.n_heads = n_heads
        self.d_k = d_k
        self.ks = []
        self.vs = []

    def _validate(self, x, name):
        want = (self.n_heads, self.d_k)
        if np.shape(x) != want:
            raise ValueError(f"{name} must have the shape {want}, got {np.shape(x)}")
        return np.array(x, dtype=np.float64, copy=True)

    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        k, v = self._validate(k, "k"), self._validate(v, "v")
        self.ks.append(k)
        self.vs.append(v)

    def attend(self, q: np.ndarray) -> np.ndarray:
        q = self._validate(q, "q")
        if not self.ks:
            return np.zeros((self.n_heads, self.d_k))
        K = np.array(self.ks).transpose(1, 0, 2)   # h n d
        V = np.array(self.vs).transpose(1, 0, 2)
        attn = _softmax((K @ q[:, :, None])[..., 0]) / np.sqrt(self.d_k)
        return (attn[:, None, :] @ V)[:, 0, :]

    def __len__(self) -> int:
        return len(self.ks)
