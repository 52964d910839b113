"""Which name was meant by one that is nearly it: nobody is helped by one that is far from it."""

from collections.abc import Iterable

_ALIKE = 0.75  # share of the letters that two names have in common, in the same order


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


_SEPARATORS = str.maketrans("", "", "_- .")
