"""Names that Python does not know where they are used, and what may be meant by them."""

import re
import sys
import unicodedata
from typing import Any

from grader.learner.code import Units
from grader.text import clean_line, nearest

_MEANT = {
    "numpy": "Write `import numpy` at the top.",
    "np": "Write `import numpy as np` at the top.",
    "xrange": "In Python 3 that is range.",
    "raw_input": "In Python 3 that is input.",
    "unicode": "In Python 3 that is str.",
    "self": "There is no self outside of a class: leave it away.",
    "null": "In Python that is None.",
    "none": "In Python that is None.",
    "NULL": "In Python that is None.",
    "true": "In Python that is True.",
    "false": "In Python that is False.",
    "TRUE": "In Python that is True.",
    "FALSE": "In Python that is False.",
}
_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0410\u0412\u0415\u041a\u041c\u041d\u041e"
    "\u0420\u0421\u0422\u0425\u0405\u0406\u0408\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1"
    "\u03a4\u03a5\u03a7\u03bf\u03bd",
    "aeopcyxijsABEKMHOPCTXSIJABEZHIKMNOPTYXov",
)
"""Letters of other scripts that look as these."""
_DEF = re.compile(r"\s*(?:async\s+)?def\s+([^\W\d]\w{0,60})\s*\(")
_WORD = re.compile(r"[^\W\d]\w*")


def say_unknown_name(name: Any, code: Units, line: str = "") -> str:
    """Say what to do about a name that has no value; empty if nothing is known of it.

    Args:
        name: the name, as the worker says.
        code: the code, in which another may look the same.
        line: the line that asks for it.
    """
    if not isinstance(name, str) or not name:
        return ""
    if alike := _look_alike(name, code):
        return alike
    if name in _MEANT:
        return _MEANT[name]
    if near := _nearly(name, code):
        return near
    if name in sys.stdlib_module_names and f"{name}." in line:
        return f"Write `import {name}` at the top."
    import numpy as np

    return f"Do you mean np.{name}?" if name.islower() and hasattr(np, name) else ""


def _nearly(name: str, code: Units) -> str:
    """Say which function of the code is nearly called so."""
    places = {
        found[1]: code.place(number if code.notebook else None, at)
        for number, lines in enumerate(code.cells(), 1)
        for at, line in enumerate(lines, 1)
        if (found := _DEF.match(line))
    }
    near = nearest(name, places)
    return f"Do you mean {near} ({places[near]})?" if near and near != name else ""


def say_not_in_python(lacks: str) -> str:
    """Say that a module of Python's has no such name in the version that grades."""
    module, _, name = lacks.rpartition(".")
    version = ".".join(map(str, sys.version_info[:2]))
    return f"Python {version} grades here, and its {module} has no {name}"


def _look_alike(name: str, code: Units) -> str:
    """Say which letter of a name, or of one that looks the same, is of another script."""
    plain = name.translate(_ALIKE)
    for number, lines in enumerate(code.cells(), 1):
        for at, line in enumerate(lines, 1):
            if line.isascii():
                continue
            for word in _WORD.findall(line):
                if not word.isascii() and unicodedata.normalize("NFKC", word) == name != word:
                    place = code.place(number if code.notebook else None, at)
                    shown = clean_line(word, 20)
                    return f"{shown} in {place} is read as this name: write what it stands for."
                odd = next((one for one in word if ord(one) in _ALIKE), "")
                if odd and word.translate(_ALIKE) == plain:
                    place = code.place(number if code.notebook else None, at)
                    letter = unicodedata.name(odd, "").lower()
                    shown = clean_line(word, 20)
                    return f"{shown} in {place} has a {letter} in it: type that name again."
    return ""
