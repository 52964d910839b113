"""A terminal: how wide it is, which characters it has, and text that fits it."""

import codecs
import os
import re
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple, TextIO

import click

from grader.console import Unwinding
from grader.text import clean_line

WIDTH = 80
"""Columns of a screen, at the most: longer lines are hard to read."""
_NARROWEST = 40
_MARKS = {"PASS": "green", "FAIL": "red", "TODO": "yellow", "WAIT": "yellow"}
_SHADES = "░▒▓█"
_ASCII = {
    "…": "...", "√": "sqrt ", "ᵀ": "^T", "·": "*", "×": "x", "²": "^2",  # noqa: RUF001
    "⁻": "^-", "¹": "1", "⁴": "4", "─": "-", "•": "*",
    "₁": "1", "ₙ": "n", "→": "->", "’": "'", "“": '"', "”": '"',  # noqa: RUF001
}  # fmt: skip
_COMMAND = (
    r"`[^`\s][^`]*`"
    r"|(?<!\S)kata (?:start|explain|statement)(?: [\w-]+)?(?: --kata [\w./-]+)?"
    r"|--[a-z-]+ (?:[A-Z0-9]+\b|[a-z]+=\w+)"
)
_WORD = re.compile(rf"(?:{_COMMAND}|\S)+")
_SPELLING = "grader.screen.terminal.spelling"
_CODEC = "kata_ascii"
_MOST_NAMED = 1000  # characters of a path or of a sentence about it


class Look(NamedTuple):
    """How a screen is drawn.

    Attributes:
        width: columns that a line may take.
        height: lines before the first scrolls away; None where nothing scrolls.
        plain: for a screen reader: no columns, pictures or wrapped lines, a label each.
        unicode: whether there are characters beyond ASCII.
    """

    width: int = WIDTH
    height: int | None = None
    plain: bool = False
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO, plain: bool = False) -> "Look":
        """Return the look that suits a stream."""
        unicode = _can_show(stream, _SHADES)
        if not stream.isatty():
            return cls(plain=plain, unicode=unicode)
        size = shutil.get_terminal_size()
        width = max(_NARROWEST, min(WIDTH, size.columns))
        return cls(width, size.lines, plain, unicode)

    def spell(self, text: str) -> str:
        """Return text in the characters that there are."""
        if self.unicode or text.isascii():
            return text
        return "".join(map(_spell, text))

    def wrap(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        """Return text as lines that fit; `first` and `rest` indent them."""
        if self.plain:
            line = self.spell(" ".join(text.split()))
            return [line] if line else []
        return wrap(self.spell(text), first, rest, self.width)


def _can_show(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _spell(character: str) -> str:
    if character.isascii():
        return character
    return _ASCII.get(character, "?")


def _spell_error(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_spell, error.object[error.start : error.end])), error.end


def never_fail_on_a_character() -> None:
    """From now on, print what the terminal's encoding has not in ASCII instead of failing."""
    codecs.register_error(_SPELLING, _spell_error)
    codecs.register(_find_codec)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=_own(stream.encoding), errors=_SPELLING)


def _own(encoding: str) -> str:
    """Return what to encode with: click takes ASCII for a mistake and writes UTF-8 into it."""
    return _CODEC if codecs.lookup(encoding).name == "ascii" else encoding


def _find_codec(name: str) -> codecs.CodecInfo | None:
    """Return ASCII under a name of ours."""
    if name != _CODEC:
        return None
    ascii_ = codecs.lookup("ascii")
    return codecs.CodecInfo(
        ascii_.encode,
        ascii_.decode,
        ascii_.streamreader,
        ascii_.streamwriter,
        ascii_.incrementalencoder,
        ascii_.incrementaldecoder,
        name=_CODEC,
    )


def mark(word: str) -> str:
    """Return the word that says how something ended; its color says nothing more."""
    return click.style(f"[{word}]", fg=_MARKS[word])


def named(path: object) -> str:
    """Return a path, or a sentence with paths, as one line without what a terminal obeys."""
    return clean_line(str(path), _MOST_NAMED)


def quoted(path: object) -> str:
    """Return a path as it can be copied into a command."""
    text = named(path)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)


def wants_color(plain: bool = False) -> bool | None:
    """Say whether to color: never with NO_COLOR or a dumb terminal, else what click finds."""
    if plain or os.environ.get("NO_COLOR") or is_dumb():
        return False
    return None


def show(text: str, color: bool | None) -> None:
    """Print a screen, through the pager where it is for a terminal that is not high enough."""
    lines = text.rstrip("\n").count("\n") + 1
    if not sys.stdout.isatty() or is_dumb() or lines < shutil.get_terminal_size().lines:
        click.echo(text, nl=not text.endswith("\n"), color=color)
        return
    os.environ.setdefault("LESS", "-FRX")  # as Git has it: what was shown stays on the screen
    with Unwinding():  # the pager has Ctrl-C for itself
        click.echo_via_pager(text, color=color)


def is_dumb() -> bool:
    """Say whether the terminal can do nothing but print."""
    return os.environ.get("TERM") == "dumb"


def wrap(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> list[str]:
    """Return text as lines of at most `width` columns; `first` and `rest` indent them.

    What is to be copied, a command or an option with its value, stays on one line.
    """
    indent = first if rest is None else rest
    most = width - max(columns(first), columns(indent))
    lines: list[str] = []
    line, empty = first, True
    for word in _words(text, most):
        for piece in _pieces(word, most):
            if not empty and columns(line) + 1 + columns(piece) > width:
                lines.append(line)
                line, empty = indent, True
            line += piece if empty else f" {piece}"
            empty = False
    return lines if empty else [*lines, line]


def _words(text: str, most: int) -> Iterator[str]:
    """Yield what stays on one line, if that has so many columns: words, and what is copied."""
    for found in _WORD.finditer(text):
        if columns(found[0]) <= most:
            yield found[0]
        else:
            yield from found[0].split()


def columns(text: str) -> int:
    """Return how many columns a text may take on a terminal: wide characters take two."""
    return sum(_column(character) for character in click.unstyle(text))


def cut(text: str, width: int) -> str:
    """Return the beginning of a text that fits into `width` columns."""
    return next(iter(_pieces(text, width)), "")


def _column(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _pieces(word: str, width: int) -> Iterator[str]:
    """Cut a word into pieces that fit into `width` columns."""
    piece, used = "", 0
    for character in word:
        if used + _column(character) > width:
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + _column(character)
    if piece:
        yield piece
