"""The learner's file on a page: numbered, with the lines marked that a message speaks of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.pages.markup import Html, escape, join, tag
from grader.pages.page import scroller
from grader.text import shorten

MAX_LINES = 5000
MAX_LINE = 2000
"""Characters of a line that are shown."""
_LINE_END = re.compile(r"\r\n|\r|\n")  # what Python takes for one, and nothing else
_MENTION = re.compile(r"\bline (\d{1,7})\b")


@dataclass(frozen=True)
class Source:
    """A learner's file, by lines.

    Attributes:
        lines: what is shown of it, without line ends.
        total: how many lines the file has.
    """

    lines: tuple[str, ...]
    total: int

    @classmethod
    def of(cls, text: str) -> "Source":
        """Return the lines of a file; an empty last one is none."""
        lines = _LINE_END.split(text)
        if not lines[-1]:
            lines.pop()
        return cls(tuple(shorten(line, MAX_LINE) for line in lines[:MAX_LINES]), len(lines))

    def linked(self, message: str) -> Html:
        """Return a message in which each mention of a line leads to it."""
        pieces, position = [], 0
        for found in _MENTION.finditer(message):
            if self.has(int(found[1])):
                pieces.append(escape(message[position : found.start()]))
                pieces.append(tag("a", found[0], href=f"#L{int(found[1])}"))
                position = found.end()
        return join([*pieces, message[position:]])

    def has(self, number: int) -> bool:
        """Say whether the line of this number is shown."""
        return 0 < number <= len(self.lines)


def listing(source: Source, notes: Mapping[int, Sequence[Html]]) -> Html:
    """Return the file; below each line that has notes, they stand."""
    text = scroller("Your file, line by line", tag("pre", *_lines(source, notes), class_="source"))
    left = source.total - len(source.lines)
    return join([text, tag("p", f"{left} more lines are not shown.") if left else None])


def _lines(source: Source, notes: Mapping[int, Sequence[Html]]) -> Iterator[Html]:
    for number, line in enumerate(source.lines, 1):
        own = notes.get(number, ())
        kind = "line marked" if own else "line"
        yield tag("code", line or "\n", class_=kind, id=f"L{number}")
        for note in own:
            yield tag("span", tag("span", note), class_="note")
