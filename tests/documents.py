"""What the documents show: their blocks of code, and outputs with parts left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Block:
    """A block of code of a document.

    Attributes:
        section: the heading above it.
        language: what it is marked as.
        text: the code.
        follows: whether nothing stands between it and the block before.
    """

    section: str
    language: str
    text: str
    follows: bool


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of code of a document."""
    text, end, section = page.read_text(encoding="utf-8"), 0, ""
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        between = text[end : found.start()]
        section = (re.findall(r"^#+ (.*)$", between, re.MULTILINE) or [section])[-1]
        yield Block(section, found[1], found[2], not between.strip())
        end = found.end()


def looks_like(shortened: str) -> re.Pattern[str]:
    """Return a pattern for an output that a document shows; … stands for what it leaves out."""
    parts = re.split(r"((?<=\n)…\n|^…\n|…)", shortened)
    ways = {"…": ".*", "…\n": r"(?:.*\n)*?"}
    return re.compile("".join(ways.get(part, re.escape(part)) for part in parts))
