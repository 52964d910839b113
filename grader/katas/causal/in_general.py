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
    "exponents-overflow": {
        "explanation": (
            "Ordinary scores come out right; where all scores of a row are 1000 nothing is left "
            "of the weights, though they are all the same there. From 710 on exp is infinite."
        ),
    },
    "maximum-not-below-zero": {
        "explanation": (
            "Where all scores of a row are 1000 the output is right; where all are -1000 it is "
            "not, though the weights are the same in both: what is subtracted is not the maximum."
        ),
    },
    "largest-not-subtracted": {
        "explanation": (
            "Where all scores of a row are equal the output is right; where one is far above the "
            "others what goes into exp is still far above 0, so that it overflows."
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
