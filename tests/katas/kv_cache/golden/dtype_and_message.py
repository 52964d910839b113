# diagnosis: message-not-as-python-writes
# diagnosis: ordinary-right
# says: Print the message beside
import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.shape = (n_heads, d_k)
        self.k = None
        self.v = None

    def append(self, k, v):
        if k.shape != self.shape or v.shape != self.shape:
            raise ValueError("k and v do not fit this cache")
        if self.k is None:
            self.k, self.v = k[None].copy(), v[None].copy()
        else:
            self.k = np.concatenate([self.k, k[None].astype(self.k.dtype)])
            self.v = np.concatenate([self.v, v[None].astype(self.v.dtype)])

    def attend(self, q):
        if q.shape != self.shape:
            raise ValueError("q does not fit this cache")
        if self.k is None:
            return np.zeros(self.shape)
        s = np.einsum("hd,nhd->hn", q, self.k) / np.sqrt(self.shape[1])
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return np.einsum("hn,nhd->hd", e / e.sum(axis=-1, keepdims=True), self.v)

    def __len__(self):
        return 0 if self.k is None else len(self.k)
