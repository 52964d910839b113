"""The texts of symptoms as `kata explain` tells them: of nobody's function, so without blanks.

What is seen of a function fills in the blanks of a text. Where nothing was seen, each has words
that hold in general; a sentence with a blank that has none is left out. A kata that can say it
better has whole texts in its `in_general.py`, in `TEXTS`: by symptom, then by part of it.
"""

import re
from collections.abc import Mapping

from grader.diagnosis.symptoms import texts
from grader.kata import Kata

_BLANK = re.compile(r"{(\w+)}")
_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z{])")
_PHRASES = (
    ("about {scale} below 0, or further", "far below 0"),
    ("about {scale} or more below 0", "far below 0"),
    ("about {scale} above", "far above"),
    ("about {scale} below", "far below"),
    ("of about {scale}", "of a certain size"),
    ("about {scale}", "a certain size"),
    (" (of {scale} or less)", ""),
    ("near {scale}", "of that size"),
    ("times {factor}", "times a fixed number"),
    ("adds up to {factor}", "adds up to this factor"),
    ("is {factor} times", "is a fixed number times"),
    ("are {factor} times", "are a fixed number times"),
    (": {factor} times", ": a fixed number times"),
    ("exp({number})", "exp of that number"),
    ("are {number}, and", "are replaced, and"),
)
_WORDS = {
    "chance": "draws random numbers, or keeps something from one call for the next",
    "decimals": "a few",
    "end": "first or the last",
    "features": "features",
    "first": "one array",
    "how": "the result is wrong",
    "kept": "a variable outside of the function, a cache or a default argument",
    "law": "something else than it should be",
    "most": "a certain number of",
    "more": "",
    "name": "one of the arguments",
    "names": "some of the results",
    "next": "Print what goes in and what comes out, for the smallest example. Where do they part?",
    "number": "a fixed number",
    "place": "beside",
    "range": "something else than 1",
    "shown": "the variables outside of it and default arguments",
    "tried": "Whatever the inputs,",
    "unless": "",
    "what": "something else",
    "when": "",
    "which": "some of them",
    "wrong": "the others are wrong",
}
_TEXTS = {
    "another-kind-returned": {
        "title": "What comes back is of another kind than what is asked for",
        "explanation": (
            "Whatever the inputs, the result is of another kind than the statement asks for, and "
            "the one is never equal to the other."
        ),
    },
    "defined-twice": {
        "title": "A function is defined twice",
        "explanation": (
            "The last def of a name takes the place of those above it: Python keeps the last. "
            "What the report says of the function is about the last one."
        ),
    },
    "few-digits": {"title": "The numbers are right to a few digits only"},
    "inputs-changed": {
        "title": "The call changes what it is given",
        "explanation": (
            "One of the inputs, or several, are not the same after the call: whoever called it "
            "finds other values there, or another shape, or cannot write to it any more."
        ),
    },
    "not-the-tuple": {
        "explanation": (
            "Several arrays are asked for, each a plain np.ndarray; what comes back is of another "
            "number or kind, or they do not fit together."
        ),
    },
    "ordinary-right": {
        "explanation": (
            "For ordinary inputs the results are right. It goes wrong for some particular ones, "
            "which the report names."
        ),
        "next_step": (
            "Take the first input that the report names, make the smallest example of it, and "
            "compare each step with the same by hand."
        ),
    },
    "parameters-in-another-order": {
        "explanation": (
            "Given its arguments in the order of its own def line, the function is right on every "
            "ordinary input. The statement passes them in another order."
        ),
    },
    "shape-wrong": {
        "explanation": "The shape of what comes back is not that of the statement.",
    },
}


def in_general(kata: Kata, name: str) -> Mapping[str, str]:
    """Return title, explanation and next step of a symptom, without blanks."""
    part = kata.part("in_general")
    own = {} if part is None else part.TEXTS.get(name, {})
    whole = {**_TEXTS.get(name, {}), **own}
    return {key: whole.get(key) or _filled(text) for key, text in texts(kata)[name].items()}


def _filled(text: str) -> str:
    """Fill in the blanks of a text with words that hold in general."""
    if "{" not in text:
        return text
    for phrase, words in _PHRASES:
        text = text.replace(phrase, words)
    told = []
    for sentence in _SENTENCE.split(text):
        if all(name in _WORDS for name in _BLANK.findall(sentence)):
            filled = _BLANK.sub(lambda found: _WORDS[found[1]], sentence)
            told.append(filled[:1].upper() + filled[1:] if sentence[:1] == "{" else filled)
    return " ".join(told)
