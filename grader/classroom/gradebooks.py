"""The gradebook that a teacher exported, with the grades filled in and no other byte changed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from grader.classroom.books import Book, read_book
from grader.classroom.finder import Finder, Found
from grader.classroom.numbers import read_number, written
from grader.classroom.records import Record
from grader.errors import UsageError

_EXCUSED = "EX"  # in Canvas
_BLANK = ("", "-")
_USUAL = 100.0
_NAMED = 3  # learners that a refusal names


@dataclass(frozen=True)
class Filled:
    """A gradebook with grades in it.

    Attributes:
        data: the file.
        column: the column that was filled in.
        count: how many grades were written.
        unknown: the names of learners whom the file does not know, or not one of them alone.
        total: how many learners there are grades for.
        most: the points that are full marks.
        is_told: whether the file tells them.
        replaced: (name, before, now) of each grade that was there and is another.
        kept: how many were there and stay.
        missing: who is in the gradebook and handed in nothing.
        odd: sentences on what does not fit, for the teacher.
    """

    data: bytes
    column: str
    count: int
    unknown: tuple[str, ...]
    total: int = 0
    most: float = _USUAL
    is_told: bool = True
    replaced: tuple[tuple[str, str, str], ...] = ()
    kept: int = 0
    missing: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Claim:
    """One learner's grade on its way into a row."""

    who: str
    score: float | None
    found: Found


def fill(
    exported: bytes,
    records: Iterable[Record],
    column: str | None = None,
    exercise: str = "",
    *,
    keep: bool = False,
    out_of: float | None = None,
) -> Filled:
    """Fill the grades of a class into an exported gradebook.

    Args:
        exported: the file, in UTF-8 with or without a byte order mark, or in UTF-16 with one.
        records: the class; who has no score, or is excused, is left as he is.
        column: the heading of the column to fill in; guessed if there is but one that fits.
        exercise: by whose name it is guessed.
        keep: whether a grade that is there stays.
        out_of: the points that are full marks, where the file does not tell.

    Raises:
        UsageError: the file is no gradebook, it is unclear which column is meant or what its
            full marks are, or it knows nobody of the class.
    """
    book = read_book(exported, column, exercise)
    class_ = list(records)
    finder = Finder(book, class_)
    claims = [claim for record in class_ for claim in _claims(finder, record)]
    count_of = Counter(row for claim in claims for row in claim.found.rows)
    most = book.most if book.most is not None else out_of or _USUAL
    unknown, odd = [], []
    values: dict[int, str] = {}
    replaced: list[tuple[str, str, str]] = []
    kept = 0
    for claim in claims:
        if claim.score is None:
            continue
        row = next(iter(claim.found.rows)) if len(claim.found.rows) == 1 else None
        if row is None or count_of[row] > 1 or claim.found.conflict:
            unknown.append(claim.who)
            if claim.found.conflict:
                odd.append(_conflict(claim))
            continue
        if claim.found.otherwise:
            odd.append(
                f"{claim.who} is {claim.found.otherwise} in the gradebook, by the number; the "
                "grade is in that row."
            )
        before, now = book.table.cell(row, book.column), written(claim.score * most)
        if before.upper() == _EXCUSED:
            continue
        differs = not _is_blank(book, before) and read_number(before) != read_number(now)
        if differs and keep:
            kept += 1
            continue
        if differs:
            replaced.append((claim.who, before, now))
        values[row] = now
    asked = [claim for claim in claims if claim.score is not None]
    if asked and len(unknown) == len(asked):
        if any(claim.found.conflict for claim in asked):
            raise UsageError(f"No grade was written. {odd[0]}")
        if any(len(claim.found.rows) > 1 for claim in asked):
            raise UsageError(
                "The gradebook has each of these names more than once and no number that tells "
                f"them apart ({', '.join(sorted(set(unknown))[:_NAMED])}), so no grade was "
                "written. Export it with identifiers."
            )
        raise UsageError(
            "The gradebook knows nobody of the class, neither by the numbers in the names of the "
            "files nor, where it has no such numbers, by name. Is it this class's gradebook?"
        )
    if finder.cut:
        odd.append(
            f"A spreadsheet has cut digits off {finder.cut} identifiers (as in 1.23E+07), so they "
            "tell nobody; export the gradebook again and do not save it there."
        )
    there = {row for claim in claims for row in claim.found.rows}
    missing = [
        finder.name_of(row)
        for row in finder.learners
        if row not in there and not finder.is_test_student(row)
    ]
    return Filled(
        data=book.table.with_cells(book.column, values.items()),
        column=book.table.titles[book.column],
        count=len(values),
        unknown=tuple(unknown),
        total=len(asked),
        most=most,
        is_told=book.most is not None or out_of is not None,
        replaced=tuple(replaced),
        kept=kept,
        missing=tuple(missing),
        odd=tuple(odd),
    )


def _is_blank(book: Book, cell: str) -> bool:
    """Say whether a cell has no grade: Blackboard writes words for those that wait for one."""
    waits = book.kind == "blackboard" and not any(map(str.isdigit, cell)) and " " in cell
    return cell in _BLANK or waits


def check(exported: bytes, column: str | None, exercise: str) -> Book:
    """Look whether a file is a gradebook that can be filled in.

    Raises:
        UsageError: it is not.
    """
    return read_book(exported, column, exercise)


def _claims(finder: Finder, record: Record) -> list[_Claim]:
    """Return what each learner of a record claims."""
    score = _score(record)
    if rows := finder.group(record):
        return [_Claim(record.key, score, Found(frozenset((row,)))) for row in sorted(rows)]
    several = len(record.people) > 1
    return [
        _Claim(person.name if several else record.key, score, finder.find(person, record))
        for person in record.people
    ]


def _conflict(claim: _Claim) -> str:
    return (
        f"{claim.who} has the number of {claim.found.otherwise} and the name of another in the "
        "gradebook; nothing was written for either. Was a part of it sorted?"
    )


def _score(record: Record) -> float | None:
    """Return a learner's score, if there is one that the cases gave."""
    score = record.score
    if record.status == "grader_error" or score is None or not 0 <= score <= 1:
        return None
    return record.counted
