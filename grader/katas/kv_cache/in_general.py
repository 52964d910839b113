"""What `kata explain` says of symptoms whose texts leave blanks that no general words fill."""

TEXTS = {
    "empty-answer-wrong": {
        "title": "An empty cache gives something else than zeros",
        "explanation": (
            "Before anything is appended, attend gives something else than an array of zeros of "
            "shape (n_heads, d_k)."
        ),
        "next_step": "Which line of attend runs while nothing is kept, and what does it return?",
    },
    "nothing-returned": {
        "explanation": "attend returns None, each time it is called.",
        "next_step": "Which line of attend hands its result to the caller?",
    },
}
"""By symptom, then by part."""
