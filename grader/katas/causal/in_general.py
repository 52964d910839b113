"""What `kata explain` says of symptoms whose texts leave blanks that no general words fill."""

TEXTS = {
    "weights-in-other-proportions": {
        "explanation": "The weights of a row are not in the proportions that its scores give.",
    },
    "wrong-mask": {
        "explanation": "Some of the entries are not as they should be.",
        "next_step": "Write the mask of five tokens on paper, row by row. Where is yours another?",
    },
}
"""By symptom, then by part."""
