"""Dates as platforms write them into names."""

import re
from datetime import datetime

_MONTHS = (
    ("jan", "ene", "gen", "янв"),
    ("feb", "fév", "fev", "фев"),
    ("mar", "mär", "maa", "mrt", "мар"),
    ("apr", "abr", "avr", "апр"),
    ("may", "mai", "mag", "mei", "maj", "мая", "май"),
    ("jun", "juin", "giu", "июн"),
    ("jul", "juil", "lug", "июл"),
    ("aug", "aoû", "aou", "ago", "авг"),
    ("sep", "set", "сен"),
    ("oct", "okt", "out", "ott", "окт"),
    ("nov", "ноя"),
    ("dec", "dez", "dic", "déc", "дек"),
)
_NUMBERED = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(.*)", re.DOTALL)
# With a mark or without, as Windows allows none in names: 11:59 PM is 1159 PM.
_TIME = re.compile(
    r"([0-9]{1,2}?)(?:[:. ]|\s*h\s*)?([0-9]{2})(?![0-9])(?:[:.]([0-9]{2}))?\s*([ap])?",
    re.IGNORECASE,
)


def read_date(text: str) -> datetime | None:
    """Return the date and the time that a text has, if it is one: "Mar 1, 2026 1159 PM".

    A zone is left away: what a platform writes is what its users see.
    """
    text = text.strip()
    try:
        if match := _NUMBERED.match(text):
            year, month, day = (int(match[number]) for number in (1, 2, 3))
            return datetime(year, month, day, *_time(match[4].lstrip("T ,")))
        words = re.findall(r"[^\W\d_]+", text)
        months = (_month(word) for word in words)
        month = next((number for number in months if number), 0)
        year_at = re.search(r"\b(?:19|20)[0-9]{2}\b", text)
        if not month or not year_at:
            return None
        day = int(re.findall(r"\b[0-9]{1,2}\b", text[: year_at.start()])[0])
        return datetime(int(year_at[0]), month, day, *_time(text[year_at.end() :]))
    except (ValueError, IndexError):
        return None


def _month(word: str) -> int:
    """Return the number of a month by its name, in the languages that are common; 0 if none."""
    lower = word.lower()
    fits = [
        (len(begin), number)
        for number, begins in enumerate(_MONTHS, 1)
        for begin in begins
        if lower.startswith(begin)
    ]
    return max(fits, default=(0, 0))[1]


def _time(text: str) -> tuple[int, int, int]:
    match = _TIME.search(text)
    if not match:
        return 0, 0, 0
    hour, minute, second = (int(match[number] or 0) for number in (1, 2, 3))
    if match[4]:
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    return hour, minute, second
