"""Learner-made text, made fit for a report."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.text import clean, clean_line, shorten

UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e]")
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
@example("\x1b[31mred\x1b[0m")
@example("\ud800\udfff lone \udc80")
@example("\r\n\r\x0b\x0c\x1c\x85\u2028")
def test_nothing_unwanted_is_left(text: str) -> None:
    """No control characters but tab and newline, no lone surrogates, nothing that turns text."""
    cleaned = clean(text)
    assert not UNWANTED.search(cleaned)
    assert json.loads(json.dumps(cleaned).encode("utf-8")) == cleaned


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """What is clean stays as it is."""
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_left_alone(text: str) -> None:
    """Printable ASCII is not touched, but for addresses."""
    if "0x" not in text:
        assert clean(text) == text


@given(st.binary())
def test_any_bytes_can_be_shown(data: bytes) -> None:
    """Whatever a learner's code writes to its streams becomes clean text."""
    assert not UNWANTED.search(clean(data.decode("utf-8", "replace")))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\x1b[1m", "?[1m"),
        ("\x00\x7f\x9b", "???"),
        ("x\ud800y", "x?y"),
        ("Größe √ 日本 😀", "Größe √ 日本 😀"),
        ("<object at 0x7f3a5c2b1d90>", "<object at 0x…>"),
        ("0xdeadbeef, 0xDEADBEEF0", "0x…, 0x…"),
        ("0xff and 0x10", "0xff and 0x10"),
        ("a0x7f3a5c2b1d90", "a0x7f3a5c2b1d90"),
    ],
)
def test_what_becomes_of_text(text: str, want: str) -> None:
    """Line ends become newlines, controls question marks, addresses 0x…; the rest stays."""
    assert clean(text) == want


@given(ANY_TEXT, st.integers(1, 50))
def test_a_line_is_one_short_line(text: str, most: int) -> None:
    """A line has no line ends, no space around it and at most so many characters."""
    line = clean_line(text, most)
    assert len(line) <= most
    assert line.splitlines() in ([], [line])
    assert line == line.strip()
    assert not UNWANTED.search(line)


@pytest.mark.parametrize(
    ("text", "most", "want"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 1, ""), ("ab", 1, "…")],
)
def test_shorten(text: str, most: int, want: str) -> None:
    """What is too long is cut so that it fits with its ellipsis."""
    assert shorten(text, most) == want
