"""Causal attention: masks, batches and the projection of the joined heads."""
