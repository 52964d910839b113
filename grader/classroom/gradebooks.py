"""The gradebook that a teacher exported from Canvas or Moodle, with the grades filled in.

The file comes back as it was, header, order, delimiter, encoding and line ends kept, but for
the cells of one column. Canvas: "Import grades to gradebook" (Instructor Guide, 2026); Moodle:
the grading worksheet of an assignment, and the export of the grader report (docs, 5.0).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grader import kata
from grader.classroom.records import Record
from grader.errors import UsageError

_IDENTIFIERS = (
    *("id", "sis user id", "sis login id", "integration id"),
    *("identifier", "id number", "username", "email address", "sid", "student id", "email"),
)
_NAMES = ("student", "full name", "name")
_FIRST, _LAST = ("first name", "firstname"), ("last name", "lastname", "surname")
_CANVAS_ASSIGNMENT = re.compile(r".*\s\(\d+\)")
_POINTS_POSSIBLE = "points possible"
_MAXIMUM = "maximum grade"


@dataclass(frozen=True)
class Filled:
    """A gradebook with grades in it.

    Attributes:
        data: the file.
        column: the column that was filled in.
        count: how many grades were written.
        unknown: the keys of learners whom the file does not know, or not one of them alone.
    """

    data: bytes
    column: str
    count: int
    unknown: tuple[str, ...]


def fill(exported: bytes, records: Iterable[Record], column: str | None = None) -> Filled:
    """Fill the grades of a class into an exported gradebook.

    Args:
        exported: the file, in UTF-8 with or without a byte order mark.
        records: the class; who has no score is left as he is.
        column: the heading of the column to fill in; guessed if there is but one that fits.

    Raises:
        UsageError: the file is no gradebook, or it is unclear which column is meant.
    """
    text, mark = _decode(exported)
    delimiter = _delimiter(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if len(rows) < 2:
        raise UsageError("The gradebook has no header with learners below it.")
    header = [cell.strip().lower() for cell in rows[0]]
    where = _column(rows[0], header, column)
    find = _Finder(header, rows[1:])
    unknown, count = [], 0
    for record in records:
        if record.score is None:
            continue
        number = find(record)
        if number is None:
            unknown.append(record.key)
            continue
        row = rows[1 + number]
        row.extend([""] * (where + 1 - len(row)))
        row[where] = _number(record.score * _maximum(rows, header, row, where))
        count += 1
    made = io.StringIO(newline="")
    ends = "\r\n" if "\r\n" in text else "\n"
    csv.writer(made, delimiter=delimiter, lineterminator=ends).writerows(rows)
    data = mark + made.getvalue().encode()
    return Filled(data, rows[0][where].strip(), count, tuple(unknown))


def _decode(exported: bytes) -> tuple[str, bytes]:
    mark = b"\xef\xbb\xbf"
    try:
        text = exported.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("The gradebook is not in UTF-8; export it as CSV in UTF-8.") from error
    return text, mark if exported.startswith(mark) else b""


def _delimiter(text: str) -> str:
    """Return what stands most often in the header."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _column(titles: Sequence[str], header: Sequence[str], column: str | None) -> int:
    """Return the index of the column to fill in."""
    if column is not None:
        fits = [i for i, title in enumerate(titles) if title.strip() == column.strip()]
    elif "grade" in header:
        fits = [header.index("grade")]
    else:
        items = [i for i, title in enumerate(titles) if _CANVAS_ASSIGNMENT.fullmatch(title.strip())]
        words = kata.NAME.replace("-", " ")
        named = [i for i in items if words in header[i].replace("-", " ")]
        fits = named or items
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(title.strip() for title in titles)
    raise UsageError(f"Name the gradebook's column with --column; there are: {known}.")


def _maximum(rows: list[list[str]], header: Sequence[str], row: list[str], where: int) -> float:
    """Return the points that are full marks: those that the file tells, else 100."""
    told = [row[header.index(_MAXIMUM)]] if _MAXIMUM in header else []
    told += [
        other[where]
        for other in rows[1:3]
        if other and _POINTS_POSSIBLE in other[0].lower() and where < len(other)
    ]
    for cell in told:
        try:
            return float(cell.replace(",", "."))
        except ValueError:
            continue
    return 100.0


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


class _Finder:
    """Finds a learner's row: by the identifier, else by the name, and never one of several."""

    def __init__(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self._by: dict[str, set[int]] = {}
        for number, row in enumerate(rows):
            cells: dict[str, Any] = dict(zip(header, row, strict=False))
            for name in _IDENTIFIERS:
                cell = cells.get(name, "").strip()
                # Moodle's worksheets say "Participant 123", in the teacher's language.
                for identifier in {cell, re.sub(r"^\D+\s(?=\d+$)", "", cell)} - {""}:
                    self._by.setdefault(f"id:{identifier}", set()).add(number)
            for name in self._names(cells):
                self._by.setdefault(f"name:{_squash(name)}", set()).add(number)

    def __call__(self, record: Record) -> int | None:
        for key in (f"id:{record.identifier}", f"name:{_squash(record.learner)}"):
            found = self._by.get(key, set())
            if len(found) == 1:
                return next(iter(found))
        return None

    @staticmethod
    def _names(cells: dict[str, Any]) -> Iterable[str]:
        """Yield the ways to write a learner's name; Canvas writes "Lovelace, Ada"."""
        for name in _NAMES:
            if cells.get(name):
                yield cells[name]
                last, comma, first = cells[name].partition(",")
                if comma:
                    yield first + last
        first = next((cells[name] for name in _FIRST if cells.get(name)), "")
        last = next((cells[name] for name in _LAST if cells.get(name)), "")
        if first or last:
            yield first + last


def _squash(name: str) -> str:
    """Return a name's letters and digits, as Canvas has them in the names of files."""
    return "".join(character for character in name.casefold() if character.isalnum())
