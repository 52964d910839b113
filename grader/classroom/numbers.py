"""Numbers as gradebooks have them, and as spreadsheets make them in any country."""

import re

_BLANKS = re.compile(r"(?<=\d)[ '\u2019\u00a0\u202f](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_POWER = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d+)")


def read_number(cell: str) -> float | None:
    """Return the number that a cell has; None if it has none, or one that may be either of two.

    "1,000.00" and "1.000,00" are a thousand, "7,5" is seven and a half; "1,000" is a thousand
    to some and one to others, so it is neither.
    """
    text = _BLANKS.sub("", cell.strip())
    marks = [mark for mark in text if mark in ".,"]
    if len(set(marks)) == 2:
        last = marks[-1]
        whole, _, rest = text.rpartition(last)
        text = f"{_ungrouped(whole, '.' if last == ',' else ',')}.{rest}"
    elif len(marks) > 1:
        text = _ungrouped(text, marks[0])
    elif marks:
        whole, _, rest = text.partition(marks[0])
        if re.fullmatch(r"[+-]?[1-9]\d{0,2}", whole) and re.fullmatch(r"\d{3}", rest):
            return None
        text = f"{whole}.{rest}"
    return float(text) if _PLAIN.fullmatch(text) else None


def _ungrouped(text: str, mark: str) -> str:
    """Return a whole number without the marks between its thousands; "" if it is none."""
    grouped = re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", text)
    return text.replace(mark, "") if grouped else ""


def written(value: float) -> str:
    """Return a number as gradebooks take it."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def whole_identifier(cell: str) -> tuple[str, bool]:
    """Return an identifier, and whether a spreadsheet has cut digits off.

    "1.01E+02" can be 101 alone; "1.23E+07" is one of a hundred thousand. "101.0" is 101.
    """
    if match := _POWER.fullmatch(cell):
        decimals, power = match[2] or "", int(match[3])
        if power > len(decimals):
            return "", True
        return match[1] + decimals[:power], False
    return re.sub(r"(?<=\d)\.0+\Z", "", cell) if re.fullmatch(r"\d+\.0+", cell) else cell, False
