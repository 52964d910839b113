"""What NumPy warned of, apart from what a learner's code printed: both come on standard error."""

import re
from typing import NamedTuple

_WARNING = re.compile(
    r"(?:cell (?P<cell>\d+)|(?P<file>[^\n]*?)):(?P<line>\d+): "
    r"(?:Runtime|Complex|VisibleDeprecation)Warning: (?P<text>.*)\n?(?:  .*\n?)?"
)


class Warned(NamedTuple):
    """A warning of NumPy's.

    Attributes:
        text: what it says.
        cell: the cell of a notebook where it came up; 0 in a file that is none.
        line: the line there; 0 if it came up in the code of a library.
    """

    text: str
    cell: int
    line: int

    @property
    def place(self) -> str:
        """Where it came up, in words."""
        if not self.line:
            return "in the code of a library"
        return f"cell {self.cell}, line {self.line}" if self.cell else f"line {self.line}"


class Split(NamedTuple):
    """What came on standard error.

    Attributes:
        warnings: what NumPy warned of, each once.
        rest: what else there is.
    """

    warnings: tuple[Warned, ...]
    rest: str


def split(stderr: str) -> Split:
    """Return the warnings and the rest; a warning takes the line of code with it that it shows."""
    found, rest, position = [], [], 0
    for match in re.finditer(rf"^{_WARNING.pattern}", stderr, re.MULTILINE):
        elsewhere = "/" in (match["file"] or "")  # a learner's file has no folder there
        line = 0 if elsewhere else int(match["line"])
        found.append(Warned(match["text"], int(match["cell"] or 0), line))
        rest.append(stderr[position : match.start()])
        position = match.end()
    return Split(tuple(dict.fromkeys(found)), "".join([*rest, stderr[position:]]))
