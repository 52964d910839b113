"""No matmul for the scores: broadcasting and sums; comments in Spanish."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    # cada fila de X por cada columna de W
    multiplica = lambda W: (X[:, :, None] * W[None, :, :]).sum(axis=1)
    return multiplica(W_q), multiplica(W_k), multiplica(W_v)


def self_attention(Q, K, V):
    # puntuaciones: (consultas, claves)
    puntos = (Q[:, None, :] * K[None, :, :]).sum(axis=-1) / np.sqrt(Q.shape[1])
    # se resta el máximo de cada fila para que exp no se desborde
    pesos = np.exp(puntos - puntos.max(axis=1, keepdims=True))
    pesos = pesos / pesos.sum(axis=1, keepdims=True)
    # media ponderada de los valores
    return (pesos[:, :, None] * V[None, :, :]).sum(axis=1)


def multi_head_attention(Q, K, V, n_heads):
    # cabezas: bloques contiguos de características
    ancho = Q.shape[1] // n_heads
    salida = np.full(Q.shape, np.nan)
    for cabeza in range(n_heads):
        i, j = cabeza * ancho, (cabeza + 1) * ancho
        salida[:, i:j] = self_attention(Q[:, i:j], K[:, i:j], V[:, i:j])
    return salida
