"""Where texts, comments and brackets begin and end in a source that is no Python."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_QUOTES = re.compile(r"([A-Za-z]{0,2})(\"\"\"|'''|\"|')")
_PAIRS = {")": "(", "]": "[", "}": "{"}


class Unpaired(NamedTuple):
    """A bracket or a quotation mark that has no partner.

    Attributes:
        code: "unclosed", "unmatched", "mismatch" or "string".
        line: where it is.
        sign: what it is.
        other: the line of the bracket that it does not fit.
    """

    code: str
    line: int
    sign: str
    other: int = 0


def bare(line: str) -> Iterator[str]:
    """Yield the pieces of a line outside of its texts and comments; an open text ends it."""
    at = 0
    while at < len(line):
        quote = _QUOTES.match(line, at)
        if line[at] == "#":
            return
        if quote and (at == 0 or not line[at - 1].isalnum()):
            end = _end_of_text(line, quote.end(), quote[2])
            if end < 0:
                return
            at = end
            yield " "
        else:
            yield line[at]
            at += 1


def _end_of_text(text: str, at: int, quote: str) -> int:
    """Return where a text ends whose quotation mark is before `at`; -1 if it does not."""
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(quote, at):
            return at + len(quote)
        elif text[at] in "\r\n" and len(quote) == 1:
            return -1
        else:
            at += 1
    return -1


def first_unbalanced(text: str) -> Unpaired | None:
    """Return the first bracket or quotation mark without its partner."""
    opened: list[tuple[str, int]] = []
    line, at = 1, 0
    while at < len(text):
        one, quote = text[at], _QUOTES.match(text, at)
        if one == "#":
            end = re.compile(r"[\r\n]|\Z").search(text, at)
            at = end.start() if end else len(text)
            continue
        if quote and (at == 0 or not (text[at - 1].isalnum() or text[at - 1] == "_")):
            end_of_text = _end_of_text(text, quote.end(), quote[2])
            if end_of_text < 0:
                return Unpaired("string", line, quote[2])
            line += text.count("\n", at, end_of_text)
            at = end_of_text
            continue
        if one in "([{":
            opened.append((one, line))
        elif one in ")]}":
            if not opened:
                return Unpaired("unmatched", line, one)
            other, where = opened.pop()
            if other != _PAIRS[one]:
                return Unpaired("mismatch", line, one, where)
        elif (
            opened
            and at
            and text[at - 1] == "\n"
            and re.compile(r"(?:def|class)\b").match(text, at)
        ):
            break  # nobody defines a function within brackets
        line += one == "\n"
        at += 1
    return Unpaired("unclosed", opened[-1][1], opened[-1][0]) if opened else None
