"""The hidden cases: pytest functions, each with an identifier and points."""
