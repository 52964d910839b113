# score: 0.85
# diagnosis: sums-carried
# says: before it in its row
import numpy as np

def mat_mult(A, B):
    rows, inner = A.shape
    cols = B.shape[1]
    C = np.zeros((rows, cols))
    for i in range(rows):
        s = 0
        for j in range(cols):
            for k in range(inner):
                s = s + A[i, k] * B[k, j]
            C[i, j] = s
    return C

def compute_qkv(X, W_q, W_k, W_v):
    return (mat_mult(X, W_q), mat_mult(X, W_k), mat_mult(X, W_v))

def self_attention(Q, K, V):
    scores = np.matmul(Q, K.transpose()) / np.sqrt(Q.shape[1])
    mx = np.amax(scores, axis=1, keepdims=True)
    ex = np.exp(scores - mx)
    return np.matmul(ex / np.sum(ex, axis=1, keepdims=True), V)

def multi_head_attention(Q, K, V, n_heads):
    d_model = Q.shape[1]
    d_k = d_model // n_heads
    head_list = []
    for head in range(n_heads):
        start = head * d_k
        end = start + d_k
        head_list.append(self_attention(Q[:, start:end], K[:, start:end], V[:, start:end]))
    return np.concatenate(head_list, axis=1)
