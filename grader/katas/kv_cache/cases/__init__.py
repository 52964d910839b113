"""The hidden cases of the cache."""
