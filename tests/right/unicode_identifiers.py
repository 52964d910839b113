"""Greek and other Unicode identifiers, Japanese comments."""
import numpy as np

Σ, μέγιστο, ἐκθετική = np.sum, np.max, np.exp


def compute_qkv(X, W_q, W_k, W_v):
    # 入力に重みをかける
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    dₖ = Q.shape[1]
    σκορ = Q @ K.T / np.sqrt(dₖ)
    # 各行の最大値を引いてから指数をとる
    α = ἐκθετική(σκορ - μέγιστο(σκορ, axis=1, keepdims=True))
    α = α / Σ(α, axis=1, keepdims=True)
    return α @ V


def multi_head_attention(Q, K, V, n_heads):
    # ヘッドに分けて、最後につなげる
    δ = Q.shape[1] // n_heads
    κεφαλές = []
    for η in range(n_heads):
        τμήμα = slice(η * δ, (η + 1) * δ)
        κεφαλές.append(self_attention(Q[:, τμήμα], K[:, τμήμα], V[:, τμήμα]))
    return np.concatenate(κεφαλές, axis=1)
