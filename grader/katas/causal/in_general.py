"""What `kata explain` says of symptoms whose texts leave blanks that no general words fill."""

TEXTS = {
    "wrong-mask": {"explanation": "Some of the entries are not as they should be."},
}
"""By symptom, then by part."""
