"""The hidden cases of this kata: pytest functions, each with an identifier and points.

Whoever installs the package can read them. What a case may use: `submission`,
`reference` and `rng`, for which it asks by name, and the helpers of this folder.
"""
