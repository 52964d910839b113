"""What is said of functions that return other things than arrays; see `texts`."""

PLAIN = {
    "another-kind-returned": {
        "title": "What comes back is {got}, where {want} is asked for",
        "explanation": (
            "In all that was tried the result is {got}; the statement asks for {want}, and the "
            "one is never equal to the other."
        ),
        "next_step": (
            "What does type(result) say just before your return, and which line makes the "
            "result what it is?"
        ),
    },
    "no-plain-value": {
        "title": "What is returned is no plain value",
        "explanation": (
            "The result is an object, a function, an iterator or the like, where the statement "
            "asks for the value itself: a number, a text, a list."
        ),
        "next_step": "What does type(result) say just before your return?",
    },
    "one-result-always": {
        "title": "The result is the same for all inputs that were tried",
        "explanation": (
            "For inputs whose right results differ, one and the same value comes back: it does "
            "not depend on them."
        ),
        "next_step": (
            "Print each parameter, and each variable that is made of it. Where do the inputs "
            "stop making a difference?"
        ),
    },
    "length-wrong": {
        "title": "The result has the wrong length",
        "explanation": ("In all that was tried, what comes back has too many or too few elements."),
        "next_step": (
            "Take the smallest input that you can follow by hand, and print the result. Which "
            "element is missing, or too many, and which line should have made or dropped it?"
        ),
    },
}
