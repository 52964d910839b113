"""The hidden cases of causal attention."""
