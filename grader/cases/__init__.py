"""The hidden cases of this kata: pytest functions, each with an identifier and points.

Whoever installs the package can read them. What a case may use: the fixtures
`submission`, `reference` and `rng`, and the helpers of this folder.
"""
