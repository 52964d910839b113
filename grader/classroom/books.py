"""The kinds of gradebooks: whose one is, which column takes the grades, what full marks are.

- Canvas: "Import grades to gradebook" (Instructor Guide, 2026; lib/gradebook_importer.rb)
- Moodle: the grading worksheet of an assignment, in any language (mod/assign/feedback/offline),
  and the export of the grader report (docs, 5.0)
- D2L Brightspace: "Export grades": `Kata Points Grade <Numeric MaxPoints:10>`, `#` before
  identifiers and in the last column, which marks the end of the line
- Blackboard: "Download grades": `Kata [Total Pts: 10 Score] |4711`, with tabs in UTF-16
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grader.classroom.cells import Table
from grader.classroom.numbers import read_number
from grader.errors import UsageError

Kind = Literal["canvas", "worksheet", "brightspace", "blackboard", "other"]

NAMES = ("student", "full name", "name")
_CANVAS_ITEM = re.compile(r"(?P<item>.*\S)\s\(\d+\)", re.DOTALL)
_D2L_ITEM = re.compile(r"(?P<item>.*\S) Points Grade(?:\s*<(?P<about>.*)>)?", re.DOTALL)
_D2L_MAXIMUM = re.compile(r"MaxPoints:\s*([^\s>]+)")
_BLACKBOARD_ITEM = re.compile(r"(?P<item>.*?)\s*(?:\[(?P<about>[^\[\]]*)\])?\s*\|\d+", re.DOTALL)
_NUMBER = re.compile(r"\d[\d.,' \u00a0\u202f\u2019]*")
_PARTICIPANT = re.compile(r"(?P<word>\D+?)\s*(?P<id>[0-9]+)", re.DOTALL)
_LETTERS = 2  # that a word for "participant" has at least
_CANVAS_ID = "id"
_STATUS = 2  # the column after the status, where names are left out


@dataclass(frozen=True)
class Book:
    """A gradebook as it is understood.

    Attributes:
        table: its cells.
        kind: whose it is.
        column: the index of the column to fill in.
        most: the points that are full marks, if it tells them.
        participants: the number of each row, for a worksheet of Moodle's.
        word: which is written in front of them.
        nobodys: rows that are no learner's.
    """

    table: Table
    kind: Kind
    column: int
    most: float | None
    participants: tuple[str, ...] = ()
    word: str = ""
    nobodys: frozenset[int] = frozenset()


def read_book(data: bytes, column: str | None, exercise: str = "") -> Book:
    """Return a gradebook as it is understood.

    Args:
        data: the file.
        column: the title of the one to fill in, if it is named.
        exercise: by whose name it is found.

    Raises:
        UsageError: it is none, it is unclear which column is meant, or its full marks are
            there and cannot be read.
    """
    table = Table(data)
    word, participants = _participants(table)
    kind = _kind(table, bool(participants))
    where = _column(table, kind, column, exercise)
    nobodys = frozenset(_nobodys(table, kind))
    most = _maximum(table, kind, where, nobodys)
    if most is not None and most <= 0:
        title = table.titles[where]
        raise UsageError(f"{title} gives no points; set them on the platform and export again.")
    return Book(table, kind, where, most, participants, word, nobodys)


def _kind(table: Table, has_participants: bool) -> Kind:
    if "orgdefinedid" in table.header or "end-of-line indicator" in table.header:
        return "brightspace"
    if any(re.search(r"\|\d+\Z", title) for title in table.titles):
        return "blackboard"
    if _CANVAS_ID in table.header[1:] or table.header[0] in NAMES:
        return "canvas"
    return "worksheet" if has_participants else "other"


def _participants(table: Table) -> tuple[str, tuple[str, ...]]:
    """Return the word for "participant" and the numbers below it, if it is a worksheet.

    Each language joins them as it likes; but it is one word for all, and a maximum stands
    beside the grade, or a scale.
    """
    if "username" in table.header or table.header[0] in NAMES:
        return "", ()
    found = [
        _PARTICIPANT.fullmatch(table.cell(row, 0)) for row in table.rows if _filled(table, row)
    ]
    words = {match["word"].strip() for match in found if match}
    word = next(iter(words), "")
    if not all(found) or len(words) != 1 or sum(map(str.isalpha, word)) < _LETTERS:
        return "", ()
    cells = (_PARTICIPANT.fullmatch(table.cell(row, 0)) for row in table.rows)
    return word, tuple(match["id"] if match else "" for match in cells)


def _filled(table: Table, row: int) -> bool:
    return bool(table.cell(row, 0))


def _items(table: Table, kind: Kind) -> dict[int, str]:
    """Return the columns that take grades, and what is graded there."""
    pattern = {"canvas": _CANVAS_ITEM, "brightspace": _D2L_ITEM, "blackboard": _BLACKBOARD_ITEM}
    if kind not in pattern:
        return {}
    matches = ((at, pattern[kind].fullmatch(title)) for at, title in enumerate(table.titles))
    return {at: match["item"] for at, match in matches if match}


def _column(table: Table, kind: Kind, column: str | None, exercise: str) -> int:
    """Return the index of the column to fill in."""
    items = _items(table, kind)
    if column is not None:
        wanted = column.strip()
        fits = [at for at, title in enumerate(table.titles) if title == wanted]
        fits = fits or [at for at, item in items.items() if item == wanted]
    elif kind == "worksheet" and "grade" in table.header:
        fits = [table.header.index("grade")]
    elif kind == "worksheet":
        # The headings are in the teacher's language, but the maximum stands beside the grade.
        fits = [at for at in range(len(table.titles)) if _same_in_all(table, at + 1)][-1:]
    elif items:
        words = exercise.replace("-", " ")
        named = [at for at, item in items.items() if words in item.lower().replace("-", " ")]
        fits = named or [*items]
    else:
        fits = [at for at, title in enumerate(table.header) if title == "grade"]
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(table.titles)
    raise UsageError(f"Name the gradebook's column with --column; there are: {known}.")


def _nobodys(table: Table, kind: Kind) -> list[int]:
    """Return the rows of Canvas' that are no learner's: how grades are posted, and of how many."""
    if kind != "canvas":
        return []
    numbers = table.column(_CANVAS_ID)
    top = [row for row in table.rows[:2] if _has_points(table, row)]
    return sorted({row for row, number in enumerate(numbers[:2]) if not number} | {*top})


def _has_points(table: Table, row: int) -> bool:
    return "points possible" in table.cell(row, 0).lower()


def _maximum(table: Table, kind: Kind, where: int, nobodys: frozenset[int]) -> float | None:
    """Return the points that are full marks, if the file tells them.

    Raises:
        UsageError: they are there and cannot be read.
    """
    title = table.titles[where]
    if kind == "worksheet":
        most = _same_in_all(table, where + 1)
        if not most and (cell := _only(table, where + 1)) and _NUMBER.fullmatch(cell):
            raise _unreadable(title, cell)
        if not most:
            raise UsageError(
                f"The column {title} has no maximum beside it, so it takes no points. Is it a "
                "scale, or was another column meant? --column names it."
            )
        return most
    told = ""
    if kind == "canvas":
        named = [row for row in nobodys if _has_points(table, row)]  # beside "Manual Posting"
        cells = (table.cell(row, where) for row in named or sorted(nobodys))
        told = next(filter(None, cells), "")
    elif kind == "brightspace" and (match := _D2L_ITEM.fullmatch(title)) and match["about"]:
        found = _D2L_MAXIMUM.search(match["about"])
        told = found[1] if found else ""
    elif kind == "blackboard" and (match := _BLACKBOARD_ITEM.fullmatch(title)) and match["about"]:
        found = _NUMBER.search(match["about"])
        told = found[0].strip() if found else match["about"]
    elif kind == "other" and (beside := f"{title.lower()} - max points") in table.header:
        told = _only(table, table.header.index(beside))  # as Gradescope has it
    if not told:
        return None
    number = read_number(told)
    if number is None:
        raise _unreadable(title, told)
    return number


def _unreadable(title: str, told: str) -> UsageError:
    return UsageError(
        f"The full marks of {title} cannot be read ({told}): if a program has changed the "
        "number, write it plainly, as 1000 or 12.5; if the platform fills that column "
        "itself, name another one with --column."
    )


def _same_in_all(table: Table, column: int) -> float:
    """Return the positive number that stands in all rows of a column; 0 if none does."""
    return max(read_number(_only(table, column)) or 0.0, 0.0)


def _only(table: Table, column: int) -> str:
    """Return what stands in all rows of a column; empty if that is not the same."""
    cells = {table.cell(row, column) for row in table.rows if _filled(table, row)}
    return cells.pop() if len(cells) == 1 else ""


def names_in(book: Book, row: int) -> Sequence[str]:
    """Return the ways in which a row has its learner's name, the best for people first."""
    table = book.table
    cells = {title: table.cell(row, at) for at, title in reversed([*enumerate(table.header)])}
    first = next((cells[title] for title in _FIRST if cells.get(title)), "")
    last = next((cells[title] for title in _LAST if cells.get(title)), "")
    both = [f"{first} {last}".strip()] if first or last else []
    found = [cells[title] for title in NAMES if cells.get(title)]
    if book.kind == "worksheet" and book.column > _STATUS and _has_names(table):
        found.insert(0, table.cell(row, 1))
    return [name for name in (*both, *found) if name]


def _has_names(table: Table) -> bool:
    """Say whether names stand beside the participants; in blind marking it is what they did."""
    cells = [table.cell(row, 1) for row in table.rows if _filled(table, row)]
    return table.header[1] in NAMES or 2 * len(set(cells)) > len(cells)


_FIRST = ("first name", "firstname", "vorname", "prénom")
_LAST = ("last name", "lastname", "surname", "nachname", "nom de famille", "nom")
