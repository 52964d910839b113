"""A cache of keys and values, one token at a time."""
