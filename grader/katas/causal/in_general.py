"""What `kata explain` says of symptoms whose texts leave blanks that no general words fill."""

TEXTS = {
    "wrong-for-long": {
        "title": "From a certain number of tokens on it goes wrong",
        "explanation": (
            "Up to a certain number of tokens it is right; with one more, and with each larger "
            "number that was tried, it goes wrong."
        ),
        "next_step": (
            "Call it with the last number of tokens that is right and with one more, and print the "
            "shape of each array on the way. Which of them is made for a fixed number of tokens?"
        ),
    },
    "equal-scores-wrong": {
        "explanation": (
            "Ordinary scores come out right; where all scores of a row are the same it goes wrong. "
            "All keys have the same weight there."
        ),
    },
    "zeros-for-hidden-queries": {
        "explanation": (
            "Under a mask of one row, which says for all queries which keys may be looked at, the "
            "tokens that it hides get zeros themselves. They may look at what it shows."
        ),
        "next_step": (
            "With a mask of one row that hides token 1, print what comes back for token 1 before "
            "and after each line. Which line makes zeros of it?"
        ),
    },
    "blocks-of-weights-alone": {
        "title": "Only the blocks on the diagonal of some weights are used",
        "explanation": (
            "With f the features of a head, numbers of W_q, W_k or W_v outside of the blocks "
            "[f, f] change nothing in the output. A head is made of all of X, by the columns f "
            "with all of their rows."
        ),
    },
    "wrong-without-a-mask-for-several": {
        "next_step": (
            "Take two sequences and no mask. If your code makes a mask, which shape has it? If it "
            "makes none, change the second sequence: where does what belongs to the first change?"
        ),
    },
    "wrong-for-some-lengths": {
        "explanation": (
            "With nothing hidden it is right for some numbers of tokens, and wrong for others."
        ),
        "next_step": (
            "Take the smallest number of tokens that goes wrong, and print the shape of each array "
            "on the way, and what comes back. Is each token worked on?"
        ),
    },
    "exponents-overflow": {
        "explanation": (
            "Ordinary scores come out right; where all scores of a row are 1000 nothing is left "
            "of the weights, though all should be the same there. From 710 on exp is infinite."
        ),
    },
    "maximum-not-below-zero": {
        "explanation": (
            "Where all scores of a row are 1000 the output is right; where all are -1000 it is "
            "not, though the weights should be the same: what is subtracted is not the maximum."
        ),
    },
    "largest-not-subtracted": {
        "explanation": (
            "Where all scores of a row are equal the output is right; where one is far above the "
            "others what goes into exp is still far above 0, so that it overflows."
        ),
    },
    "shown-keys-without-weight": {
        "explanation": "Some keys that the mask shows get a weight of 0.",
        "next_step": (
            "Print the scores after the mask, the weights, and what comes back. In which line is "
            "there first a 0, or minus infinity, for a key that the mask shows?"
        ),
    },
    "scores-of-another-size": {
        "explanation": (
            "The weights are those of the softmax, but of other scores: of those of Q Kᵀ / √d_k "
            "times a number, which can depend on d_k."
        ),
        "next_step": (
            "For d_k = 2, what do you divide the scores by, or multiply them with? Print it beside "
            "√2, and again for another d_k."
        ),
    },
    "weights-of-what-is-shown-wrong": {
        "explanation": (
            "What is hidden has no weight, and the others sum to 1, but they are not those of the "
            "softmax of Q Kᵀ / √d_k."
        ),
    },
    "weights-in-other-proportions": {
        "explanation": "The weights of a row are not in the proportions that its scores give.",
    },
    "weights-rounded": {
        "explanation": "Each weight has a few decimals alone, so that a row may not quite sum to 1."
    },
    "wrong-mask": {
        "explanation": "Some of the entries are not as they should be.",
        "next_step": "Write the mask of five tokens on paper, row by row. Where is yours another?",
    },
}
"""By symptom, then by part."""
