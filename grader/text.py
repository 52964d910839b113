"""What people wrote: made fit for a report, and which name they meant."""

import re
import unicodedata
from collections.abc import Iterable

JOINERS = "\u200c\u200d"
"""Characters without a width that shape letters in names, and hide nothing."""
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CUT_ADDRESS = re.compile(r"\b0x?[0-9a-fA-F]*\Z")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_ALIKE = 0.75  # share of the letters that two names have in common, in the same order
_SEPARATORS = str.maketrans("", "", "_- .")


def clean(text: str) -> str:
    """Return `text` without what a report may not hold.

    Control characters but tab and newline, lone surrogates and characters that turn the
    direction of writing become "?"; memory addresses, which differ from run to run,
    become 0x…; line ends become newlines.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ADDRESS.sub("0x…", _BIDI.sub("?", _UNWANTED.sub("?", text)))


def clean_capped(text: str) -> str:
    """Return `text` cleaned, after it was cut somewhere: perhaps amid a memory address."""
    return _CUT_ADDRESS.sub("0x…", clean(text))


def clean_line(text: str, most: int) -> str:
    """Return `text` cleaned, on one line, with at most `most` characters."""
    return shorten(" ".join(clean(text).split()), most)


def without_unseen(text: str, by: str) -> str:
    """Return `text` with `by` in the place of each character that nobody sees.

    These are controls, characters that turn the direction of writing or have no width,
    separators of lines and lone surrogates; but not the joiners, which shape letters in names.
    """
    unseen = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(
        by if unicodedata.category(one) in unseen and one not in JOINERS else one for one in text
    )


def shorten(text: str, most: int) -> str:
    """Return `text`, or its beginning and an ellipsis if it has over `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the one of some words that was most likely meant; None where none is near."""
    near = max(((alike(word, one), one) for one in words if _as_long(word, one)), default=(0.0, ""))
    return near[1] if near[0] >= _ALIKE else None


def is_near(word: str, other: str) -> bool:
    """Say whether one name can be a slip of the other, or is most of it."""
    one, two = _letters(word), _letters(other)
    part = bool(one and two) and (one in two or two in one)
    if part and 2 * min(len(one), len(two)) >= max(len(one), len(two)):
        return True
    return nearest(word, [other]) is not None


def alike(word: str, other: str) -> float:
    """Say from 0 to 1 how much two names look the same, whatever separates their words."""
    import difflib  # as all of what is seldom said

    return difflib.SequenceMatcher(None, _letters(word), _letters(other)).ratio()


def _as_long(word: str, other: str) -> bool:
    """Say whether two names are about as long: of short ones chance makes many look the same."""
    one, two = len(_letters(word)), len(_letters(other))
    return abs(one - two) <= max(1, max(one, two) // 3)


def _letters(word: str) -> str:
    return word.lower().translate(_SEPARATORS) or word
