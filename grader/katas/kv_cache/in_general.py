"""What `kata explain` says of symptoms whose texts leave blanks that no general words fill."""

TEXTS = {
    "nothing-returned": {
        "explanation": "attend returns None, each time it is called.",
        "next_step": "Which line of attend hands its result to the caller?",
    },
}
"""By symptom, then by part."""
