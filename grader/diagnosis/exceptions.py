"""What an exception that is raised each time says about the code behind it.

The words of an exception are a claim of the learner's code: they are only held against
patterns here, and never repeated.
"""

import re
from collections.abc import Iterable

from grader.report.seen import Seen

_ANY = r""
_PATTERNS = (
    ("name-not-defined", r"NameError|UnboundLocalError", _ANY),
    ("not-of-numpy", r"AttributeError", r"numpy|ndarray|module|'tuple'|'list'"),
    ("not-of-numpy", r"TypeError", r"^view\(\) takes"),
    ("not-of-numpy", _ANY, r"got an unexpected keyword argument '(dim|keepdim|dims)'"),
    ("more-axes-expected", r".*AxisError", _ANY),
    (
        "more-axes-expected",
        _ANY,
        r"axes don't match array|not enough values to unpack \(expected [34]"
        r"|contains too many subscripts for operand|too many indices for array"
        r"|axis \d is out of bounds|tuple index out of range",
    ),
    (
        "shapes-do-not-fit",
        _ANY,
        r"mismatch in its core dimension|not aligned|could not be broadcast|cannot reshape"
        r"|must match exactly|could not broadcast|does not result in an equal division"
        r"|all input arrays must have the same|must be the same size|inhomogeneous shape"
        r"|setting an array element",
    ),
    ("boolean-index-does-not-fit", r"IndexError", r"boolean index did not match"),
    ("index-out-of-range", r"IndexError", r"out of (bounds|range)"),
    ("calls-inside-each-other", r"RecursionError", _ANY),
    ("not-hashable", r"TypeError", r"^unhashable type"),
    ("truth-of-an-array", r"ValueError", r"truth value of an array"),
    (
        "self-forgotten",
        r"TypeError",
        r"\w\.\w+\(\) takes (0 positional arguments but 1 was|1 positional argument but 2 were"
        r"|2 positional arguments but 3 were) given",
    ),
    (
        "whole-number-needed",
        r"TypeError|IndexError",
        r"slice indices must be integers|cannot be interpreted as an integer"
        r"|^only integers, slices|^list indices must be integers",
    ),
    ("caret-for-power", r"TypeError", r"ufunc 'bitwise_xor'|operand type\(s\) for \^"),
    ("array-of-objects", r"TypeError", r"has no callable \w+ method"),
    (
        "wrong-arguments",
        r"TypeError",
        r"positional argument|keyword argument|values for argument|missing .*argument|\btakes\b"
        r"|expected (at (most|least) )?\d+ argument|number of arguments",
    ),
)
"""Each symptom with what the type of the exception is and what its words hold."""
ABOUT_THE_CODE = frozenset(
    {
        "array-of-objects",
        "boolean-index-does-not-fit",
        "calls-inside-each-other",
        "caret-for-power",
        "name-not-defined",
        "not-hashable",
        "not-of-numpy",
        "self-forgotten",
        "truth-of-an-array",
    }
)
"""Symptoms that say more of what to mend than which inputs show them."""
_OWN_CHECK = re.compile(r"(^|[:;])\s*(raise|assert)\b")


def symptom_of(raised: Iterable[Seen | None]) -> str | None:
    """Return the symptom that the first of these exceptions is a sign of; None if it is of none.

    Args:
        raised: the facts of each exception, as far as they are known.
    """
    first = next(iter(raised), None)
    if first is None or first.code != "raised":
        return None
    if first.type != "NotImplementedError" and _OWN_CHECK.search(first.source):
        return "own-check-refuses"
    return next(
        (
            name
            for name, kind, said in _PATTERNS
            if (not kind or re.fullmatch(kind, first.type)) and re.search(said, first.said)
        ),
        None,
    )
