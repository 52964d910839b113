"""What an exception that is raised each time says about the code behind it.

The words of an exception are a claim of the learner's code: they are only held against
patterns here, and never repeated.
"""

import re
from collections.abc import Iterable

_PATTERNS = (
    ("name-not-defined", r"raised (NameError|UnboundLocalError)\b"),
    ("not-of-numpy", r"raised AttributeError: .*(numpy|ndarray|module|'tuple'|'list')"),
    ("not-of-numpy", r"raised TypeError: view\(\) takes"),
    ("not-of-numpy", r"got an unexpected keyword argument '(dim|keepdim|dims)'"),
    (
        "more-axes-expected",
        r"axes don't match array|not enough values to unpack \(expected [34]"
        r"|too many indices for array|AxisError|axis \d is out of bounds|tuple index out of range",
    ),
    (
        "shapes-do-not-fit",
        r"mismatch in its core dimension|not aligned|could not be broadcast|cannot reshape"
        r"|must match exactly|could not broadcast|does not result in an equal division"
        r"|all input arrays must have the same|inhomogeneous shape|setting an array element",
    ),
    ("index-out-of-range", r"raised IndexError"),
    ("wrong-arguments", r"raised TypeError: .*(argument|positional|takes)"),
)


def symptom_of(said: Iterable[str]) -> str | None:
    """Return the symptom that the first of these exceptions is a sign of; None if it is of none.

    Args:
        said: what was said of each exception, of the form "f raised TypeError: …".
    """
    for text in said:
        return next((name for name, pattern in _PATTERNS if re.search(pattern, text)), None)
    return None
