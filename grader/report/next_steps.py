"""The next step that fits what was seen: an exception, a hang, a function that is not there.

A case has a next step of its own, which is for a wrong answer. Where there was no answer at
all, how it ended says better what to try.
"""

import re
from typing import NamedTuple

from grader.report.focus import code_of
from grader.report.model import CaseResult
from grader.report.seen import Code, Seen


class Rule(NamedTuple):
    """For which exceptions a step is.

    Attributes:
        type: a pattern of the exception's type.
        said: a pattern of what it says, in Python's words or NumPy's.
        step: the step.
    """

    type: str
    said: str
    step: str


_ANY = r""  # as a pattern, it fits all
_RAISED = (
    Rule(
        r"NameError|UnboundLocalError",
        _ANY,
        "Where does that name get its value? Compare the spelling there, capitals included, and "
        "see whether that line is reached before.",
    ),
    Rule(
        r"ModuleNotFoundError|ImportError",
        _ANY,
        "What do you need of it, and which function of NumPy does the same?",
    ),
    Rule(
        r"AttributeError",
        _ANY,
        "Print the type of what stands before the dot in that line. Does it have what stands "
        "after the dot, spelled so?",
    ),
    Rule(
        r"TypeError",
        r"argument|positional|takes",
        "Compare what that line passes with what the function that it calls takes, one by one.",
    ),
    Rule(
        r"TypeError",
        _ANY,
        "Print the type of each value in that line. Which is not what you took it for?",
    ),
    *(
        Rule(
            kind,
            said,
            "Print the shape of the array in that line, and the index or axis. How many are there, "
            "if the first has the number 0?",
        )
        for kind, said in ((r"IndexError|.*AxisError", _ANY), (_ANY, r"tuple index out of range"))
    ),
    Rule(
        r"ValueError",
        r"shape|dimension|broadcast|align|axes|axis|unpack|divi|size",
        "Print the shape of each array just before that line. Which axis should meet which?",
    ),
    Rule(
        r"ZeroDivisionError",
        _ANY,
        "Print what that line divides by, for each call. For which inputs is it 0?",
    ),
    Rule(
        r"RecursionError",
        _ANY,
        "Which function calls itself there, and what should make it stop?",
    ),
    Rule(
        r".*MemoryError",
        _ANY,
        "Print the shapes of your arrays for {few}. Which is larger than it has to be?",
    ),
    Rule(
        r"NotImplementedError",
        _ANY,
        "The line that raises it only holds the place of your code. What should stand there?",
    ),
    Rule(
        r"AssertionError",
        _ANY,
        "Which of your own assertions is it, and what are the values in it?",
    ),
    Rule(
        r"RuntimeWarning|FloatingPointError",
        _ANY,
        "Print the largest and the smallest number that goes into that line.",
    ),
)
_REFUSED = (
    "What is that line for? The function needs its arguments and NumPy, and nothing of the machine."
)
_NOT_HERE = "What does it compute? Write down the formula. How is it computed with NumPy alone?"
_ANY_RAISED = (
    "Do yourself what the case does, with {small}, and print all that goes into the line that is "
    "named."
)
_RAISED_UNTOLD = (
    "Call it yourself on inputs such as the title names, and read the last line of what Python "
    "prints: what is raised, and where?"
)
_NO_ANSWER: dict[Code, str] = {
    "missing": "Compare the name behind def with the one asked for, letter by letter. Does its def "
    "stand at the left margin, and not inside of another function?",
    "signature": "Compare the parameters in your def line with those of the statement: how many "
    "are there, and in which order?",
    "returned_none": "If it is still to be written, write it first. If it is there: which line "
    "hands the result to the caller?",
    "not_a_function": "What stands in front of the name in your file, and what in the statement?",
}
_OF_ANOTHER_KATA = "Is it the file that you meant, and which kata is it for?"
_DOES_MORE = (
    "What stands outside of the functions, such as a loop, a test or a plot? Put it below "
    'if __name__ == "__main__": and it runs only when you run the file yourself.'
)
_HANGS = (
    "Call it with {few}, and print in each turn of each loop what its condition looks at. "
    "Which loop does not end, and what should end it?"
)
_CRASHES = (
    "Call it yourself, with {few}. Which line ends the program (exit, quit, os._exit), or "
    "takes more memory each time?"
)


def next_step(case: CaseResult, small_call: str = "") -> str:
    """Return the next step of a case that failed; empty where the report gives none.

    Args:
        case: the case; its hint is what its author gives for a wrong answer.
        small_call: small arguments in the kata's words: "two tokens of two features".
    """
    if not case.hint:
        return ""
    small = small_call or "small arguments"
    step = _step(case)
    return step.replace("{small}", small).replace("{few}", small.partition(" of ")[0])


def _step(case: CaseResult) -> str:
    if case.outcome == "timeout":
        return _HANGS
    if case.outcome == "crashed":
        return _CRASHES
    if case.outcome != "error":
        code = code_of(case)
        if code == "missing" and case.seen is not None and case.seen.name:
            return _OF_ANOTHER_KATA
        return case.hint if code is None else _NO_ANSWER.get(code, case.hint)
    if case.seen is None or case.seen.line is None:
        return _after_exception(case.seen, _RAISED_UNTOLD)
    return _after_exception(case.seen, _ANY_RAISED)


def after_rejection(seen: Seen | None) -> str:
    """Return the next step for a file that could not be loaded; empty where its message has one."""
    return _DOES_MORE if seen is not None and seen.code in _LASTING else ""


_LASTING = frozenset(("timeout", "killed", "meddled"))
"""How the loading of a file ends that does more than define functions."""


def _after_exception(seen: Seen | None, otherwise: str) -> str:
    """Return the step after an exception of which these facts are told."""
    if seen is None:
        return otherwise
    if seen.code == "not_here":
        return _NOT_HERE
    return _REFUSED if seen.code == "refused" else _fitting(_RAISED, seen, otherwise)


def _fitting(rules: tuple[Rule, ...], seen: Seen, otherwise: str) -> str:
    """Return the step of the first rule that fits an exception."""
    return next(
        (
            rule.step
            for rule in rules
            if (not rule.type or re.fullmatch(rule.type, seen.type))
            and re.search(rule.said, seen.said)
        ),
        otherwise,
    )
