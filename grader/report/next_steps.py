"""The next step that fits what was seen: an exception, a hang, a function that is not there.

A case has a next step of its own, which is for a wrong answer. Where there was no answer at
all, how it ended says better what to try.
"""

import re

from grader.report.model import CaseResult

Rules = tuple[tuple[str, str], ...]
_LINE = re.compile(
    r" \((?:cell \d+, )?line \d+.*\Z", re.DOTALL
)  # where it was: the learner's own code

_RAISED: Rules = (
    (
        r"^\w+ tried to ",
        "What is that line for? The function needs its arguments and NumPy, and nothing of the "
        "machine.",
    ),
    (
        r"raised (NameError|UnboundLocalError)\b",
        "Where does that name get its value? Compare the spelling there, capitals included, and "
        "see whether that line is reached before.",
    ),
    (
        r"^\w+ stops in ",
        "Print there what you wanted to look at, and call the function with two tokens.",
    ),
    (
        r"^\w+ (uses|imports|is written for) ",
        "What does it compute? Write down the formula, and say that with NumPy alone.",
    ),
    (
        r"raised (ModuleNotFoundError|ImportError)\b",
        "What do you need of it, and which function of NumPy does the same?",
    ),
    (
        r"raised AttributeError\b",
        "Print the type of what stands before the dot in that line. Does it have what stands "
        "after the dot, spelled so?",
    ),
    (
        r"raised TypeError: .*(argument|positional|takes)",
        "Compare what that line passes with what the function that it calls takes, one by one.",
    ),
    (
        r"raised TypeError\b",
        "Print the type of each value in that line. Which is not what you took it for?",
    ),
    (
        r"raised IndexError\b|AxisError|tuple index out of range",
        "Print the shape of the array in that line, and the index or axis. How many are there, "
        "if the first has the number 0?",
    ),
    (
        r"raised ValueError: .*(shape|dimension|broadcast|align|axes|axis|unpack|divi|size)",
        "Print the shape of each array just before that line. Which axis should meet which?",
    ),
    (
        r"raised ZeroDivisionError\b",
        "Print what that line divides by, for each call. For which inputs is it 0?",
    ),
    (
        r"raised RecursionError\b",
        "Which function calls itself there, and what should make it stop?",
    ),
    (
        r"raised (\w*MemoryError)\b",
        "Print the shapes of your arrays for two tokens. Which is larger than it has to be?",
    ),
    (
        r"raised NotImplementedError\b",
        "The line that raises it only holds the place of your code. What should stand there?",
    ),
    (
        r"raised AssertionError\b",
        "Which of your own assertions is it, and what are the values in it?",
    ),
    (
        r"raised RuntimeWarning\b|raised FloatingPointError\b",
        "Print the largest and the smallest number that goes into that line.",
    ),
)
_ANY_RAISED = (
    "Call it yourself, with two tokens of two features, and print all that goes into the line "
    "that is named."
)
_RAISED_UNTOLD = (
    "Call it yourself on inputs such as the title names, and read the last line of what Python "
    "prints: what is raised, and where?"
)
_NO_ANSWER: Rules = (
    (
        r"There is no function",
        "Compare the name behind def with the one asked for, letter by letter. Does its def stand "
        "at the left margin, and not inside of another function?",
    ),
    (
        r"must be callable as",
        "Compare the parameters in your def line with those of the statement: how many are there, "
        "and in which order?",
    ),
    (
        r"is not implemented yet",
        "Which line hands the result to the caller? Follow the last variable of your function to "
        "its end.",
    ),
    (
        r"is (a class|an async function|a generator|not a function)\b",
        "What stands in front of the name in your file, and what in the statement?",
    ),
)
_LASTING = (
    r"did not finish|While the file was",
    "What stands outside of the functions, such as a loop, a test or a plot? Put it below "
    'if __name__ == "__main__": and it runs only when you run the file yourself.',
)
"""What is said of a file whose loading does not come to an end, and what to do."""
_HANGS = (
    "Call it with two tokens, and print in each turn of each loop what its condition looks at. "
    "Which loop does not end, and what should end it?"
)
_CRASHES = (
    "Call it yourself, with two tokens. Which line ends the program (exit, quit, os._exit), or "
    "takes more memory each time?"
)


def next_step(case: CaseResult) -> str:
    """Return the next step of a case that failed; empty where the report gives none."""
    if not case.hint:
        return ""
    if case.outcome == "timeout":
        return _HANGS
    if case.outcome == "crashed":
        return _CRASHES
    if case.outcome == "error":
        named = _fitting(_RAISED, case.message, "")
        return named or (_ANY_RAISED if _LINE.search(case.message) else _RAISED_UNTOLD)
    return _fitting(_NO_ANSWER, case.message, case.hint)


def after_rejection(message: str) -> str:
    """Return the next step for a file that could not be loaded; empty as its message has one."""
    return _fitting((_LASTING,), message, "")


def _fitting(rules: Rules, message: str, otherwise: str) -> str:
    """Return the step of the first rule whose pattern is found in the message, but for its line."""
    said = _LINE.sub("", message)
    return next((step for pattern, step in rules if re.search(pattern, said)), otherwise)
