# score: 0.93
# diagnosis: half-kept
# says: keeps the key
import math

import numpy as np


class KVCache:
    def __init__(self, n_heads, d_k):
        self.n_heads, self.d_k = n_heads, d_k
        self.tokens = []
        self.values = []

    def fits(self, name, array):
        if np.shape(array) != (self.n_heads, self.d_k):
            raise ValueError(f"{name}: {(self.n_heads, self.d_k)} wanted, {np.shape(array)} given")

    def append(self, k, v):
        self.fits("k", k)
        self.tokens.append(k.tolist())
        self.fits("v", v)
        self.values.append(v.tolist())

    def attend(self, q):
        self.fits("q", q)
        out = np.zeros((self.n_heads, self.d_k))
        for h in range(self.n_heads):
            scores = [
                sum(a * b for a, b in zip(q[h].tolist(), k[h])) / math.sqrt(self.d_k)
                for k in self.tokens
            ]
            weights = [math.exp(s - max(scores)) for s in scores]
            for w, v in zip(weights, self.values):
                for f in range(self.d_k):
                    out[h, f] += w / sum(weights) * v[h][f]
        return out

    def __len__(self):
        return len(self.tokens)
