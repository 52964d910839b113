"""Tabs for indentation and German comments."""
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
	# Jedes Token wird dreimal abgebildet.
	return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
	# Ähnlichkeit jeder Anfrage mit jedem Schlüssel
	punkte = Q @ K.T / np.sqrt(Q.shape[1])
	# Größten Wert jeder Zeile abziehen, sonst läuft exp über.
	größte = punkte.max(axis=1, keepdims=True)
	gewichte = np.exp(punkte - größte)
	gewichte = gewichte / gewichte.sum(axis=1, keepdims=True)
	return gewichte @ V


def multi_head_attention(Q, K, V, n_heads):
	breite = Q.shape[1] // n_heads
	ergebnis = np.zeros(Q.shape, float)
	for kopf in range(n_heads):
		von = kopf * breite
		bis = von + breite
		ergebnis[:, von:bis] = self_attention(
			Q[:, von:bis],
			K[:, von:bis],
			V[:, von:bis],
		)
	return ergebnis
