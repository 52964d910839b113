"""The gradebook that a teacher exported from Canvas or Moodle, with the grades filled in.

Canvas: "Import grades to gradebook" (Instructor Guide, 2026); Moodle: the grading worksheet of an
assignment, in any language, and the export of the grader report (docs, 5.0).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.classroom.cells import Table
from grader.classroom.records import Record
from grader.errors import UsageError

_CANVAS_ID = "id"
_STUDENT_IDS = ("sis user id", "integration id", "id number", "sid", "student id")
_NAMES = ("student", "full name", "name")
_FIRST = ("first name", "firstname", "vorname", "prénom")
_LAST = ("last name", "lastname", "surname", "nachname", "nom de famille", "nom")
_CANVAS_ASSIGNMENT = re.compile(r".*\s\(\d+\)")
_PARTICIPANT = re.compile(r"\D+\s(\d+)")  # "Participant 123", in the teacher's language
_EXCUSED = "EX"  # in Canvas


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


def fill(
    exported: bytes, records: Iterable[Record], column: str | None = None, exercise: str = ""
) -> Filled:
    """Fill the grades of a class into an exported gradebook.

    Args:
        exported: the file, in UTF-8 with or without a byte order mark.
        records: the class; who has no score, or is excused, is left as he is.
        column: the heading of the column to fill in; guessed if there is but one that fits.
        exercise: by whose name it is guessed.

    Raises:
        UsageError: the file is no gradebook, it is unclear which column is meant or what its
            full marks are, or it knows nobody of the class.
    """
    table = Table(exported)
    where = _column(table, column, exercise)
    most = _maximum(table, where)
    scores = [(record, score) for record in records if (score := _score(record)) is not None]
    find = _Finder(table, [record for record, _ in scores])
    rows = [find(record) for record, _ in scores]
    claims = Counter(rows)
    unknown, values = [], []
    for (record, score), row in zip(scores, rows, strict=True):
        if row is None or claims[row] > 1:
            unknown.append(record.key)
        elif table.cell(row, where).upper() != _EXCUSED:
            values.append((row, _number(score * most)))
    if scores and len(unknown) == len(scores):
        raise UsageError(
            "The gradebook knows nobody of the class, neither by the numbers in the names of the "
            "files nor, where it has no such numbers, by name. Is it this class's gradebook?"
        )
    data = table.with_cells(where, values)
    return Filled(data, table.titles[where], len(values), tuple(unknown))


def _score(record: Record) -> float | None:
    """Return a learner's score, if there is one that the cases gave."""
    score = record.score
    if record.status == "grader_error" or score is None or not 0 <= score <= 1:
        return None
    return score


def _is_worksheet(table: Table) -> bool:
    """Say whether it is a grading worksheet of Moodle: its first column tells participants."""
    if _CANVAS_ID in table.header[1:] or table.header[0] in _NAMES:
        return False
    cells = [cell for row in table.rows if (cell := table.cell(row, 0))]
    return bool(cells) and all(_PARTICIPANT.fullmatch(cell) for cell in cells)


def _column(table: Table, column: str | None, exercise: str) -> int:
    """Return the index of the column to fill in."""
    if column is not None:
        fits = [i for i, title in enumerate(table.titles) if title == column.strip()]
    elif "grade" in table.header:
        fits = [table.header.index("grade")]
    elif _is_worksheet(table):
        # The headings are in the teacher's language, but the maximum stands beside the grade.
        fits = [i for i in range(len(table.titles)) if _same_in_all(table, i + 1)][-1:]
    else:
        items = [i for i, title in enumerate(table.titles) if _CANVAS_ASSIGNMENT.fullmatch(title)]
        words = exercise.replace("-", " ")
        named = [i for i in items if words in table.header[i].replace("-", " ")]
        fits = named or items
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(table.titles)
    raise UsageError(f"Name the gradebook's column with --column; there are: {known}.")


def _maximum(table: Table, where: int) -> float:
    """Return the points that are full marks: those that the file tells, else 100."""
    title = table.titles[where]
    if _is_worksheet(table):
        most = _same_in_all(table, where + 1)
        if not most:
            raise UsageError(
                f"The column {title} has no maximum beside it, so it takes no points. Is it a "
                "scale, or was another column meant? --column names it."
            )
        return most
    # Canvas tells the points possible in one of the first rows, which is nobody's.
    nobody = [row for row, number in enumerate(table.column(_CANVAS_ID)[:2]) if not number]
    told = [_as_number(table.cell(row, where)) for row in nobody]
    most = next((points for points in told if points is not None), 100.0)
    if most <= 0:
        raise UsageError(f"{title} gives no points; set them in Canvas and export again.")
    return most


def _same_in_all(table: Table, column: int) -> float:
    """Return the positive number that stands in all rows of a column; 0 if none does."""
    cells = {table.cell(row, column) for row in table.rows if table.cell(row, 0)}
    number = _as_number(cells.pop()) if len(cells) == 1 else None
    return max(number or 0.0, 0.0)


def _as_number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


class _Finder:
    """Finds a learner's row, and never one of several.

    Where the gradebook has numbers of the kind that the learner's files are named after, the
    number decides alone: another learner may have the same name.
    """

    def __init__(self, table: Table, records: Sequence[Record]) -> None:
        self._participants: dict[str, set[int]] = {}
        self._canvas: dict[str, set[int]] = {}
        self._students: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        is_worksheet = _is_worksheet(table)
        for row in table.rows:
            participant = _PARTICIPANT.fullmatch(table.cell(row, 0)) if is_worksheet else None
            if participant:
                self._participants.setdefault(participant[1], set()).add(row)
            for name in _names(table, row, is_worksheet):
                self._names.setdefault(_squash(name), set()).add(row)
        for index, titles in ((self._canvas, (_CANVAS_ID,)), (self._students, _STUDENT_IDS)):
            for title in titles:
                for row, number in enumerate(table.column(title)):
                    if number:
                        index.setdefault(number, set()).add(row)
        # Moodle's report has student numbers too, but names files after other ones.
        self._by_student = bool(self._students) and (
            bool(self._canvas) or any(self._agreed(record) for record in records)
        )

    def __call__(self, record: Record) -> int | None:
        """Return the number of the learner's row, if there is one alone."""
        if not record.identifier or record.learner == f"submission_{record.identifier}":
            found = self._named(record)  # the number is none, or Gradescope's of the submission
        elif self._participants:
            found = self._participants.get(record.identifier, set())
        elif self._canvas and record.learner == _squash(record.learner):  # as Canvas names files
            found = self._canvas.get(record.identifier, set())
        elif self._by_student:
            found = self._students.get(record.identifier, set())
        else:
            found = self._agreed(record) or self._named(record)
        return next(iter(found)) if len(found) == 1 else None

    def _named(self, record: Record) -> set[int]:
        return self._names.get(_squash(record.learner), set())

    def _agreed(self, record: Record) -> set[int]:
        return self._students.get(record.identifier, set()) & self._named(record)


def _names(table: Table, row: int, is_worksheet: bool) -> Iterator[str]:
    """Yield the ways to write a learner's name; Canvas writes "Lovelace, Ada"."""
    cells = {title: table.cell(row, i) for i, title in enumerate(table.header)}
    if is_worksheet:
        yield table.cell(row, 1)
    for name in (cells[title] for title in _NAMES if cells.get(title)):
        yield name
        last, comma, first = name.partition(",")
        if comma:
            yield first + last
    first = next((cells[title] for title in _FIRST if cells.get(title)), "")
    last = next((cells[title] for title in _LAST if cells.get(title)), "")
    if first or last:
        yield first + last


def _squash(name: str) -> str:
    """Return a name's letters and digits, as Canvas has them in the names of files."""
    return "".join(character for character in name.casefold() if character.isalnum())
