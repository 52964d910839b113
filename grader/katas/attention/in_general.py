"""What `kata explain` says of symptoms whose texts leave blanks that no general words fill."""

TEXTS = {
    "another-bound-subtracted": {
        "explanation": (
            "For some inputs with large scores the output is right, for others with scores as "
            "large it is not. So it is not their size that counts, but how far what is subtracted "
            "from a row lies from its maximum."
        ),
    },
    "added-to-sums": {
        "title": "Something is added to each row's sum",
        "explanation": (
            "The weights are right up to what divides them: the row's sum, plus a fixed number. So "
            "they add up to less than 1."
        ),
    },
    "another-base": {
        "title": "The weights are powers of another number than e",
        "explanation": (
            "Up to what each row adds up to, the weights are powers of another number. The softmax "
            "uses powers of e, which is 2.718281828 and so on."
        ),
    },
    "another-product": {
        "explanation": (
            "Each of the three should be X times its own weights: a row for each token, a column "
            "for each feature."
        ),
    },
    "argument-without-influence": {"title": "The output does not depend on one of the arguments"},
    "diagonals-only": {
        "explanation": (
            "The numbers off the diagonal of the weights make no difference. With the identity of "
            "the worked example that does not show. Each feature of X should reach each feature of "
            "the result."
        ),
        "next_step": (
            "Put a single 1 off the diagonal of one of the weights. What should change, and what "
            "does?"
        ),
    },
    "input-returned": {
        "title": "One of the inputs comes back as it is",
        "explanation": (
            "What comes back has the numbers of one of the inputs, up to rounding, whatever is in "
            "the others."
        ),
    },
    "input-returned-for-some": {
        "title": "One of the inputs comes back as it is for some sizes",
        "explanation": (
            "For some sizes one of the inputs itself comes back, whatever the others are, as when "
            "an error is caught and the input is handed back in its place."
        ),
    },
    "keys-without-weight": {
        "title": "Some keys get little or no weight",
        "explanation": (
            "With V = identity the output shows the weights: those of these keys are 0, or nearly. "
            "Every key should get its share."
        ),
    },
    "nothing-subtracted": {
        "explanation": (
            "Once scores are very large, or once all scores of a row lie far below 0, the result "
            "is wrong."
        ),
    },
    "one-head-everywhere": {
        "title": "One head's output fills every block",
        "explanation": (
            "Each block of features holds the output of one head: the same head is computed each "
            "time, or stored each time."
        ),
    },
    "output-scaled-by-the-sizes": {
        "title": "The output is multiplied by a number that depends on the sizes"
    },
    "output-mixed": {
        "title": "The output is mixed with one of the inputs",
        "explanation": (
            "What comes back is a share of the right output, plus something made of an input. The "
            "kata's attention ends with the weighted values: no residual connection and no bias."
        ),
    },
    "projected-in-part": {
        "title": "Some of the results: right for some rows or columns only",
    },
    "projections-not-linear": {
        "explanation": (
            "2 * X does not give twice the result, or -X does not give minus the result: something "
            "on the way bends, cuts, rounds or normalizes the numbers."
        ),
        "next_step": (
            "Compare your result for X with those for 2 * X and for -X. Which line treats them "
            "differently?"
        ),
    },
    "right-for-some-features": {"title": "The output is right for some features only"},
    "right-for-some-heads": {"title": "The output is right for some heads only"},
    "right-until-low": {
        "explanation": (
            "Large positive scores are right. Once all scores of a row lie far below 0, the result "
            "is wrong."
        ),
    },
    "right-for-some-tokens": {
        "title": "The output is right for some tokens only",
        "next_step": (
            "What is different there: where a loop or a slice starts or ends, a mask, or what is "
            "kept from one turn of a loop to the next?"
        ),
    },
    "rounded-to-decimals": {
        "title": "No number has more than a few digits after the decimal point",
        "explanation": (
            "All numbers of the result end after a few of them: something is rounded, or stored as "
            "whole numbers."
        ),
    },
    "scores-of-another-kind": {
        "explanation": (
            "What goes into the softmax is something else. Attention compares each query with each "
            "key by the dot product of the two, as they are."
        ),
    },
    "scores-replaced": {
        "title": "Some scores are replaced by a fixed number",
        "next_step": (
            "Print your scores just before the softmax. Which of them are the same number, and "
            "which line makes them so?"
        ),
    },
    "scores-scaled-by-a-constant": {
        "title": "The dot products are multiplied by one number, whatever the sizes are",
        "explanation": (
            "For all sizes that were tried the weights are those of dot products times one number. "
            "A score is a sum of d_k products: the larger d_k is, the wider it spreads, so the "
            "divisor has to change with d_k."
        ),
    },
    "scores-scaled-otherwise": {
        "title": "The dot products are multiplied by another factor than the formula's",
        "explanation": (
            "For all sizes that were tried the weights are those of dot products times another "
            "factor than that of the formula."
        ),
    },
    "small-weights-lifted": {"explanation": "Keys that do not fit at all keep some weight."},
    "softmax-in-blocks": {
        "title": "Each block of keys has a softmax of its own",
        "explanation": (
            "In each block of some keys the weights have the right proportions, and each block "
            "adds up to the same, whatever the others are. The keys of a row should all be in one "
            "softmax."
        ),
        "next_step": (
            "For 20 tokens and V = identity, add up the entries of each block in one row of the "
            "output. Over which exponentials does the sum go that divides them?"
        ),
    },
    "sums-carried": {
        "title": "The sums go on from one number to the next",
        "explanation": (
            "Each number is what it should be plus those that stand before it, as when what adds "
            "up products is not set back to 0 for each number."
        ),
    },
    "terms-too-many": {
        "title": "Each row's sum is too large",
        "explanation": (
            "The weights are right up to what divides them: the sum of exp(score) plus a fixed "
            "number. That is what keys of zeros add, as exp(0) is 1."
        ),
    },
    "wrong-for-a-far-key": {
        "explanation": (
            "Where the scores of one key are about 1000 below those of the others, it should get "
            "no weight, and the others should get what they would have without it."
        ),
        "next_step": (
            "Give the first key a score of -1000, then the last, and look at the exponentials, and "
            "at their dtype: what has become of the others?"
        ),
    },
    "whole-blocks-only": {
        "explanation": (
            "Where the number of tokens is a multiple of the size of a block, what was tried with "
            "floats comes out right. With the other numbers of tokens that were tried the result "
            "is wrong."
        ),
    },
    "wrong-for-axes-of-one": {
        "explanation": (
            "Everything is right except where some axis has length one: one token, one head, or "
            "heads of one feature. Then the result is wrong."
        ),
        "next_step": (
            "Call it with axes of length one, and print each array and its shape on the way. "
            "Which of your lines does something else there than for larger sizes?"
        ),
    },
    "wrong-for-dtypes": {"explanation": "For float64 all is right, for float32 it is wrong."},
    "wrong-for-integers": {"explanation": "For floats all is right, for integers it is wrong."},
    "wrong-for-long": {
        "title": "From a certain number of tokens on it goes wrong",
        "explanation": (
            "Up to a certain number of tokens it is right; with one more, and with each larger "
            "number that was tried, it goes wrong."
        ),
        "next_step": "Call it with few tokens and with many. What is left out, or out of place?",
    },
    "wrong-for-some-long": {
        "title": "Right for few tokens; with more, some results are wrong",
        "explanation": (
            "Up to a certain number of tokens all that was tried is right. With more some results "
            "are wrong and others are not: it depends on the numbers."
        ),
        "next_step": (
            "Set V to the identity for more tokens, and try random Q and K until a row is wrong. "
            "If a loop carries a maximum and sums along: which of them change when the maximum "
            "does?"
        ),
    },
    "wrong-for-large-d-k": {
        "title": "From a certain d_k on it goes wrong",
        "explanation": (
            "With heads of a certain number of features it is right; with more, and with each "
            "larger number that was tried, it goes wrong."
        ),
        "next_step": (
            "Call it with heads of few features and of many. Which of your lines is the first that "
            "gives something else than you expect?"
        ),
    },
    "wrong-for-wide": {
        "title": "From a certain number of features on it goes wrong",
        "explanation": (
            "Up to a certain number of features it is right; with each larger number that was "
            "tried, it goes wrong."
        ),
        "next_step": (
            "Call it with few features and with many. Which of your lines is the first that gives "
            "something else than you expect?"
        ),
    },
    "wrong-for-many-heads": {
        "title": "From a certain number of heads on it goes wrong",
        "explanation": (
            "Up to a certain number of heads it is right; with one more, and with each larger "
            "number that was tried, it goes wrong."
        ),
        "next_step": (
            "Follow the last head through your code, with one head more than is right. Where does "
            "its output go, and in which order do the heads come?"
        ),
    },
    "weights-not-exponential": {
        "explanation": (
            "The weights of each row add up to 1 and depend on the dot products of queries and "
            "keys alone, but they are not the exponentials of the scaled dot products, divided by "
            "their sum."
        ),
    },
    "scores-bent": {
        "explanation": (
            "Small scores are right to all digits; the larger they are, the further off the output "
            "is: something bends the scores, or their exponentials."
        ),
        "next_step": (
            "Print the scores just before exp for a key whose score is 30, and what exp gives. "
            "Which line changes a score beside dividing it and subtracting a maximum?"
        ),
    },
    "wrong-for-whole-weight": {
        "explanation": (
            "Where one key of a row lies so far above the others that it gets all the weight, the "
            "result is wrong. Where two keys lie there together the row is right."
        ),
    },
    "scores-mirrored": {
        "explanation": (
            "The scores on one side of the diagonal are right; the others are those of the same "
            "two tokens with query and key exchanged. Q and K differ, so what token i thinks of "
            "token j is not what j thinks of i."
        ),
    },
    "weights-without-influence": {
        "title": "The results do not depend on one of the weights",
        "explanation": (
            "Other numbers in one of the weights change none of the three results: what is passed "
            "is not used, or something else takes its place."
        ),
        "next_step": "Which products do your lines make, and of what?",
    },
}
"""By symptom, then by part."""
