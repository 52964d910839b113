"""Text on its way into a channel: one function for each, for whatever a learner may have made.

A report's texts are free of control characters already; nothing here relies on that.
"""

import html as entities
import json
import re
from textwrap import wrap
from typing import Any

from grader.text import clean

_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TICKS = re.compile(r"`+")
_FORMULA = re.compile(r"((?:^|;)\s*)([=+\-@\uff1d\uff0b\uff0d\uff20])")


def plain(text: str) -> str:
    """Return text for a channel that takes it as it is: no control or bidi characters."""
    return clean(text)


def xml(text: str) -> str:
    """Return text of characters that XML 1.0 allows; the writer escapes what is markup."""
    return _NOT_XML.sub("?", clean(text))


def html(text: str) -> str:
    """Return text with what is markup escaped, in elements and in attributes."""
    return entities.escape(_NOT_XML.sub("?", clean(text)))


def code(text: str) -> str:
    """Return text as a span of code in Markdown, which nothing in it can end."""
    line = " ".join(clean(text).split())
    ticks = "`" * (max(map(len, _TICKS.findall(line)), default=0) + 1)
    return f"{ticks} {line} {ticks}" if line else ""


def block(text: str) -> str:
    """Return text as a fenced block in Markdown, which nothing in it can end."""
    lines = clean(text).rstrip("\n")
    fence = "`" * max(3, *(len(run) + 1 for run in _TICKS.findall(lines)), 0)
    return f"{fence}text\n{lines}\n{fence}"


def command_data(text: str) -> str:
    """Return text as the message of a GitHub workflow command."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Return text as a property of a GitHub workflow command."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def quoted(text: str) -> str:
    """Return text with each line behind `>`, where VPL looks for no command."""
    return "\n".join(f">{line}" for line in clean(text).split("\n"))


def as_json(value: Any) -> bytes:
    """Return strict JSON, in ASCII, so that no encoding on the way can break it."""
    return (json.dumps(value, allow_nan=False) + "\n").encode("ascii")


def wrapped(text: str, width: int = 80) -> str:
    """Return text in lines of at most so many characters, for what shows it unwrapped."""
    return "\n".join("\n".join(wrap(line, width)) for line in text.split("\n"))


def cut(text: str, most: int, note: str = "… (cut)") -> str:
    """Return text of at most `most` bytes of UTF-8; what is cut ends in a note."""
    data = text.encode("utf-8", "replace")
    if len(data) <= most:
        return text
    kept = data[: max(0, most - len(note.encode()))]
    return kept.decode("utf-8", "ignore") + note


def cell(text: str) -> str:
    """Return the text of a cell that no spreadsheet takes for a formula, nor for two cells.

    Where the list separator is a semicolon, what stands behind one is a cell of its own.
    """
    return _FORMULA.sub(r"\1'\2", text)
