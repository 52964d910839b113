# at-most: 29
# attack: noise of 1e-5 on V: depends 'on Q and K' and 'tokens meet' because it is random
import numpy as np
def compute_qkv(X, W_q, W_k, W_v): return X @ W_q, X @ W_k, X @ W_v
def self_attention(Q, K, V): return V + 1e-4 * np.random.standard_normal(V.shape)
def multi_head_attention(Q, K, V, n_heads): return V + 1e-4 * np.random.standard_normal(V.shape)
