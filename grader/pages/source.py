"""The learner's file on a page: numbered, with the lines marked that a message speaks of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.learner.code import Units, read_code
from grader.pages.markup import Html, escape, join, tag
from grader.pages.page import scroller
from grader.text import shorten

MAX_LINES = 5000
MAX_LINE = 2000
"""Characters of a line that are shown."""
_MENTION = re.compile(r"\b(?:cell (\d{1,6}), )?line (\d{1,7})\b")

Spot = tuple[int, int]
"""The number of a cell, 0 in a file that is no notebook, and of a line in it."""


@dataclass(frozen=True)
class Source:
    """A learner's file, by lines.

    Attributes:
        cells: the lines that are shown, without their ends: of each cell of a notebook, or all.
        total: how many lines the file has.
        notebook: whether it is one.
    """

    cells: tuple[tuple[str, ...], ...]
    total: int
    notebook: bool = False

    @classmethod
    def of(cls, text: str) -> "Source":
        """Return the lines of a file; an empty last one is none."""
        data = text.encode("utf-8", "replace")
        code = read_code(data)
        if code.problem:
            code = Units(data)
        cells, total, left = [], 0, MAX_LINES
        for lines in code.cells():
            kept = lines[:-1] if not lines[-1] else lines
            total += len(kept)
            cells.append(tuple(shorten(line, MAX_LINE) for line in kept[:left]))
            left -= len(cells[-1])
        return cls(tuple(cells), total, code.notebook)

    @property
    def shown(self) -> int:
        """How many lines are shown."""
        return sum(map(len, self.cells))

    def linked(self, message: str) -> Html:
        """Return a message in which each mention of a line leads to it."""
        pieces, position = [], 0
        for found in _MENTION.finditer(message):
            place = (int(found[1] or 0), int(found[2]))
            if self.has(place):
                pieces.append(escape(message[position : found.start()]))
                pieces.append(tag("a", found[0], href=f"#{_anchor(place)}"))
                position = found.end()
        return join([*pieces, message[position:]])

    def has(self, place: Spot) -> bool:
        """Say whether a line is shown."""
        cell, line = place
        if self.notebook != bool(cell):
            return False
        index = cell - 1 if cell else 0
        return index < len(self.cells) and 0 < line <= len(self.cells[index])


def listing(source: Source, notes: Mapping[Spot, Sequence[Html]]) -> Html:
    """Return the file, a notebook cell by cell; below each line that has notes, they stand."""
    parts: list[Html | None] = []
    for number, lines in enumerate(source.cells, 1 if source.notebook else 0):
        name = f"Cell {number}" if number else "Your file"
        if lines:
            text = tag("pre", *_lines(lines, number, notes), class_="source")
            heading = tag("h3", name) if number else None
            parts += [heading, scroller(f"{name}, line by line", text)]
    left = source.total - source.shown
    return join([*parts, tag("p", f"{left} more lines are not shown.") if left else None])


def _lines(lines: Sequence[str], cell: int, notes: Mapping[Spot, Sequence[Html]]) -> Iterator[Html]:
    for number, line in enumerate(lines, 1):
        own = notes.get((cell, number), ())
        kind = "line marked" if own else "line"
        yield tag("code", line or "\n", class_=kind, id=_anchor((cell, number)))
        for note in own:
            yield tag("span", tag("span", note), class_="note")


def _anchor(place: Spot) -> str:
    cell, line = place
    return f"C{cell}L{line}" if cell else f"L{line}"
