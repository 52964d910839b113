"""Terminals: how wide, how high, with which characters; and words that they cannot show."""

import io
import os

import pytest

from grader.screen import terminal
from grader.screen.terminal import Look, columns


class Terminal(io.TextIOWrapper):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def stream(encoding: str, *, tty: bool = False) -> io.TextIOWrapper:
    """Return a stream of that encoding."""
    return (Terminal if tty else io.TextIOWrapper)(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [((200, 60), 80, 60), ((80, 24), 80, 24), ((61, 10), 61, 10), ((12, 5), 40, 5)],
)
def test_the_size_of_a_terminal(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], width: int, height: int
) -> None:
    """A screen is as wide as the terminal, from 40 to 80 columns, and as high."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size(size))
    look = Look.of(stream("utf-8", tty=True))
    assert (look.width, look.height) == (width, height)


def test_what_is_no_terminal_is_80_columns_wide() -> None:
    """Into a file or a pipe go 80 columns and everything, whatever the terminal is."""
    look = Look.of(stream("utf-8"))
    assert (look.width, look.height) == (80, None)


@pytest.mark.parametrize(
    ("encoding", "unicode"),
    [("utf-8", True), ("cp437", True), ("ascii", False), ("latin-1", False), ("cp1252", False)],
)
def test_which_characters_there_are(encoding: str, unicode: bool) -> None:
    """Shades are drawn where the encoding has them."""
    assert Look.of(stream(encoding)).unicode == unicode


def test_spelling_in_ascii() -> None:
    """Where there is ASCII alone, formulas are spelled out, and what has no spelling is marked."""
    look = Look(unicode=False)
    assert look.spell("softmax(Q Kᵀ / √d_k) V … 数") == "softmax(Q K^T / sqrt d_k) V ... ?"
    assert Look().spell("Kᵀ") == "Kᵀ"


def test_nothing_fails_on_a_character(monkeypatch: pytest.MonkeyPatch) -> None:
    """What any command prints is spelled as the encoding allows, instead of failing."""
    out = stream("ascii")
    monkeypatch.setattr("sys.stdout", out)
    terminal.never_fail_on_a_character()
    out.write("Q Kᵀ / √d_k, 数\n")
    out.flush()
    assert out.buffer.getvalue() == b"Q K^T / sqrt d_k, ?\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [1, 2, 7, 40])
def test_lines_hold_all_words_and_no_more_than_fits(width: int) -> None:
    """Wrapping loses no character, and no line is wider than it may be."""
    text = "a 日本語 bb " + "x" * 50 + " e\u0301 c-d"
    wide = max(width, 2)
    wrapped = terminal.wrap(text, width=wide)
    assert all(columns(line) <= wide for line in wrapped)
    assert "".join("".join(wrapped).split()) == "".join(text.split())


def test_plain_text_is_not_wrapped() -> None:
    """For a screen reader a sentence is a line, without indent."""
    assert Look(plain=True).wrap("a b " * 100, "    ") == [("a b " * 100).strip()]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("a b.py", "'a b.py'"),
        ("-x.py", "./-x.py"),
        ("it's.py", "'it'\"'\"'s.py'"),
        ("a\x1b]0;x\x07\u202eb.py", "'a?]0;x??b.py'"),
        ("a\nb.py", "'a b.py'"),
    ],
)
def test_paths_in_commands(path: str, told: str) -> None:
    """A path in a command that is proposed can be copied, and does nothing to the terminal."""
    assert terminal.quoted(path) == told
