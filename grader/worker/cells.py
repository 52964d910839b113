"""A learner's code in units that are compiled and run one by one: a file, or a notebook's cells.

What IPython takes beside Python does nothing here.
"""

import ast
import re
from types import CodeType
from typing import Any, NamedTuple

from .results import CELL

CELL_END = b"\0"
"""What stands between two cells on the way here; no Python source holds it."""
_MOST_MAGICS = 200  # of one unit
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_MAGIC = re.compile(
    r"\s*(?:[%!?]|(?:pip3?|conda|apt(?:-get)?) +[a-z]+ |[^\W\d][\w.]*(?:\[\w+\])?\?\??\s*\Z)"
)
_ASSIGNED = re.compile(r"(\s*[^\W\d][\w.,* ]*=\s*)([!%])")
_TIMED = re.compile(r"(\s*)%time\s+(?=\S)")
_RUN_WHOLE = re.compile(r"\s*%%(?:time|capture|prun|memit|writefile.*\.py|file.*\.py)\b.*")


class Unit(NamedTuple):
    """What is compiled and run as one.

    Attributes:
        text: its source.
        file: the name under which it is compiled.
        cell: its number in a notebook, from 1; 0 for a file, or a part of one.
        first: the number of its first line in what bears its name.
    """

    text: bytes
    file: str
    cell: int = 0
    first: int = 1

    def compiled(self, flags: int = 0) -> CodeType:
        """Return its code; what only IPython understands is left out.

        Args:
            flags: what units before it have asked of the language, with `from __future__`.

        Raises:
            SyntaxError: it is no Python, nor what IPython takes for some.
        """
        return self._made(flags)  # type: ignore[no-any-return]

    def parsed(self) -> ast.Module:
        """Return its tree, as `compiled` has it."""
        return self._made(ast.PyCF_ONLY_AST)  # type: ignore[no-any-return]

    def _made(self, flags: int) -> Any:
        above = b"\n" * (self.first - 1)
        try:
            return compile(above + self.text, self.file, "exec", flags, dont_inherit=True)
        except SyntaxError as error:
            return _without_magics(above + self.text, self.file, flags, error)


def units(source: bytes, file: str, *, notebook: bool) -> list[Unit]:
    """Return the units of a source, in the order in which they are run.

    What marks a cell in a file may stand in the middle of a block, or of a text: a file that is
    Python as a whole, but not in parts, is one unit.
    """
    parts = source.split(CELL_END)
    if notebook:
        return [Unit(part, f"{CELL}{number}", number) for number, part in enumerate(parts, 1)]
    first, found = 1, list[Unit]()
    for part in parts:
        found.append(Unit(part, file, first=first))
        first += len(re.findall(rb"\r\n|\r|\n", part))
    whole = Unit(b"".join(parts), file)
    return (
        found
        if len(found) == 1 or all(map(_is_python, found)) or not _is_python(whole)
        else [whole]
    )


def _is_python(unit: Unit) -> bool:
    try:
        unit.parsed()
    except Exception:
        return False
    return True


def _without_magics(source: bytes, file: str, flags: int, error: SyntaxError) -> Any:
    """Compile a text in which each line at which the parser stops for a magic does nothing.

    Raises:
        SyntaxError: the parser stops at something else.
    """
    try:
        lines = _LINE.findall(source.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise error from None
    before = list(lines)
    _run_or_drop_whole(lines)
    for _ in range(_MOST_MAGICS):
        try:
            made = compile("".join(lines), file, "exec", flags, dont_inherit=True)
            if lines != before:
                return made
            break  # it was the encoding that the source declares
        except SyntaxError as stopped:
            at = (stopped.lineno or 0) - 1
            if not 0 <= at < len(lines) or not (calm := _calmed(lines[at])):
                raise
            _put(calm, at, lines)
    raise error


def _run_or_drop_whole(lines: list[str]) -> None:
    """Take out the magic at the top of a cell, with the cell unless it runs that as Python."""
    at = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[at].lstrip().startswith("%%"):
        keep = _RUN_WHOLE.match(lines[at])
        for number in range(at, at + 1 if keep else len(lines)):
            lines[number] = "\n"


def _calmed(line: str) -> str:
    """Return what stands in the place of a line of IPython's; empty if it is none."""
    timed = _TIMED.match(line)
    if timed:
        return timed[1] + line[timed.end() :]
    assigned = _ASSIGNED.match(line)
    if assigned:
        return assigned[1] + ("[]\n" if assigned[2] == "!" else "None\n")
    if _MAGIC.match(line):
        return line[: len(line) - len(line.lstrip())] + "pass\n"
    return ""


def _put(calm: str, at: int, lines: list[str]) -> None:
    """Put a line in the place of another, and nothing in that of those which continue it."""
    while lines[at].rstrip("\r\n").endswith("\\") and at + 1 < len(lines):
        lines[at], calm = calm, "\n"
        at += 1
    lines[at] = calm
