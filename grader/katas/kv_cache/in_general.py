"""What `kata explain` says of symptoms whose texts leave blanks that no general words fill."""

TEXTS = {
    "one-token-alone": {
        "title": "Only one token is looked at",
        "explanation": (
            "With values that tell which token they belong to, only one of several shows in the "
            "output."
        ),
    },
    "tokens-hidden-from-heads": {
        "explanation": (
            "Some heads give no weight to some of the tokens. A query may look at every token that "
            "is kept, in each head."
        ),
    },
    "wrong-for-many-tokens": {
        "title": "From a certain number of tokens on it goes wrong",
        "explanation": (
            "Up to a certain number of tokens it is right; with one more, and with each larger "
            "number that was tried, it goes wrong."
        ),
        "next_step": (
            "Append one token more than still comes out right, and print len(cache) and all that "
            "is kept before and after it. Is there room for it, and is everything else still there?"
        ),
    },
    "wrong-for-many-tokens-of-heads": {
        "title": "With several heads it goes wrong from a certain number of tokens on",
        "explanation": (
            "With one head what was tried is right. With several, it is right up to a certain "
            "number of tokens; with one more, and with each larger number, it goes wrong."
        ),
        "next_step": (
            "Make a cache of two heads, append one token more than still comes out right, and "
            "print all that is kept before and after it. Is it still there in each head?"
        ),
    },
    "zeros-attended": {
        "explanation": (
            "The output is that of more tokens than are kept: the others have the score 0 and the "
            "value 0, such as places of a buffer to which nothing was written."
        ),
    },
    "equal-scores-wrong": {
        "explanation": (
            "Ordinary scores come out right; where all scores of a head are the same it goes "
            "wrong. All tokens have the same weight there."
        ),
    },
    "length-wrong": {"explanation": "Where len(cache) is asked for, it goes wrong."},
    "exponents-overflow": {
        "explanation": (
            "Ordinary scores come out right; where all scores of a head are 1000 nothing is left "
            "of the weights, though all should be the same there. From 710 on exp is infinite."
        ),
    },
    "maximum-not-below-zero": {
        "explanation": (
            "Where all scores of a head are 1000 the output is right; where all are -1000 it is "
            "not, though the weights should be the same: what is subtracted is not the maximum."
        ),
    },
    "largest-not-subtracted": {
        "explanation": (
            "Where all scores of a head are equal the output is right; where one is far above the "
            "others what goes into exp is still far above 0, so that it overflows."
        ),
    },
    "empty-answer-wrong": {
        "title": "An empty cache gives something else than zeros",
        "explanation": (
            "Before anything is appended, attend gives something else than an array of zeros of "
            "shape (n_heads, d_k)."
        ),
        "next_step": "Which line of attend runs while nothing is kept, and what does it return?",
    },
    "wrong-shapes-taken": {
        "explanation": (
            "append or attend raised no error for arrays of another shape than (n_heads, d_k)."
        ),
    },
    "message-not-as-python-writes": {
        "next_step": (
            "Print the message beside the two shapes. Is each of them in it, with brackets, comma "
            "and space, and does your own code write it?"
        ),
    },
    "scores-of-another-size": {
        "explanation": (
            "The weights are those of a softmax, but of the scores q · k / √d_k times a number, "
            "which can depend on d_k."
        ),
        "next_step": (
            "For d_k = 2, what do you divide the scores by, or multiply them with? Print it beside "
            "√2, and again for another d_k."
        ),
    },
    "nothing-returned": {
        "explanation": "After several tokens were appended, attend returns None.",
        "next_step": "Which line of attend hands its result to the caller?",
    },
}
"""By symptom, then by part."""
