# -*- coding: latin-1 -*-
"""A coding cookie: this file is Latin-1, with accents that are no UTF-8."""
import numpy as np

ÉTIQUETTE = "tête"


def compute_qkv(X, W_q, W_k, W_v):
    """Calcule les requêtes, les clés et les valeurs."""
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    """Une tête : chaque requête pèse toutes les clés."""
    résultats = Q @ K.T / np.sqrt(Q.shape[1])
    # on enlève le maximum de chaque ligne, pour ne pas déborder
    poids = np.exp(résultats - résultats.max(axis=1, keepdims=True))
    poids = poids / poids.sum(axis=1, keepdims=True)
    return poids @ V


def multi_head_attention(Q, K, V, n_heads):
    têtes = {}
    for numéro, (q, k, v) in enumerate(zip(*(np.hsplit(M, n_heads) for M in (Q, K, V)))):
        têtes[f"{ÉTIQUETTE} {numéro}"] = self_attention(q, k, v)
    return np.hstack([*têtes.values()])
