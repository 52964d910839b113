"""Whose row of a gradebook is whose, and never one of several."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from grader.classroom.books import Book, names_in
from grader.classroom.numbers import whole_identifier
from grader.classroom.records import Record
from grader.intake.people import Person, spellings, squash

_STUDENT_IDS = (
    "sis user id",
    "sis login id",
    "integration id",
    "id number",
    "sid",
    "student id",
    "orgdefinedid",
    "username",
)
_EMAILS = ("email", "email address", "e-mail", "e-mail-adresse", "adresse de courriel")
_LOOSE = ("github", "nbgrader", "brightspace")  # their identifiers are in no gradebook
_SURE = ("blackboard", "gradescope", "sakai")  # theirs are those by which gradebooks tell people
_TEST_STUDENT = "studenttest"  # whom Canvas makes for a teacher


class Found(NamedTuple):
    """Where a learner is.

    Attributes:
        rows: the rows that may be the learner's; one if it is sure.
        otherwise: what the gradebook calls the learner whom the number names, if that is not
            how the hand-in has it.
        conflict: whether the name is that of another row alone.
    """

    rows: frozenset[int]
    otherwise: str = ""
    conflict: bool = False


class Finder:
    """Finds a learner's row.

    Where the gradebook has numbers of the kind that the learner's files are named after, the
    number decides alone: another learner may have the same name.

    Attributes:
        cut: how many identifiers a spreadsheet has cut digits off.
    """

    def __init__(self, book: Book, records: Sequence[Record]) -> None:
        self._book = book
        self.cut = 0
        table = book.table
        self._participants: dict[str, set[int]] = {}
        for row, number in enumerate(book.participants):
            if number:
                self._participants.setdefault(number, set()).add(row)
        self._canvas = self._index(["id"]) if book.kind == "canvas" else {}
        self._students = self._index(_STUDENT_IDS)
        self._emails = self._index(_EMAILS)
        self._names: dict[str, set[int]] = {}
        for row in self.learners:
            for name in names_in(book, row):
                for spelling in spellings(name):
                    self._names.setdefault(spelling, set()).add(row)
        self._groups: dict[str, set[int]] = {}
        for row in self.learners if book.participants else ():
            for at in range(2, len(table.titles)):
                if at != book.column and (cell := squash(table.cell(row, at))):
                    self._groups.setdefault(cell, set()).add(row)
        people = [(person, record) for record in records for person in record.people]
        # Moodle's report has student numbers too, but names files after other ones.
        self._by_student = bool(self._students) and (
            bool(self._canvas) or any(self._is_by_student(*one) for one in people)
        )

    @property
    def learners(self) -> Iterable[int]:
        """The rows that are some learner's."""
        rows = (row for row in self._book.table.rows if row not in self._book.nobodys)
        return (row for row in rows if any(self._book.table.cell(row, at) for at in range(3)))

    def name_of(self, row: int) -> str:
        """Return what the gradebook calls the learner of a row."""
        names = names_in(self._book, row)
        return names[0] if names else self._book.table.cell(row, 0)

    def is_test_student(self, row: int) -> bool:
        """Say whether a row is that of the learner whom Canvas makes for a teacher."""
        return any(squash(name) == _TEST_STUDENT for name in names_in(self._book, row))

    def group(self, record: Record) -> frozenset[int]:
        """Return the rows of a group of Moodle's, whose files are named after the group."""
        if record.platform not in ("moodle", "") or not self._participants:
            return frozenset()
        name = squash(record.learner)
        return frozenset(() if name in self._names else self._groups.get(name, ()))

    def find(self, person: Person, record: Record) -> Found:
        """Return where a learner is."""
        identifier = person.identifier
        if not identifier or person.name == f"submission_{identifier}":
            marked = self._marked(person, also_first=False)
            called = self._students.get(_plain(person.name)) or self._emails.get(
                _plain(person.name)
            )
            return Found(frozenset(marked or self._named(person) or called or ()))
        platform = record.platform
        if self._participants and platform in ("moodle", ""):
            return self._sure(person, self._participants.get(identifier, set()))
        names_files = platform == "canvas" or (
            platform == "" and person.name == squash(person.name)
        )
        if self._canvas and names_files:
            return self._sure(person, self._canvas.get(identifier, set()))
        marked = self._marked(person)
        if marked:
            return self._sure(person, marked)
        if self._by_student and platform not in _LOOSE:
            return Found(frozenset())
        return Found(frozenset(self._agreed(person) or self._named(person)))

    def _is_by_student(self, person: Person, record: Record) -> bool:
        """Say whether a learner shows that the gradebook's numbers are those of the class."""
        if record.platform in _SURE and _plain(person.identifier) in self._students:
            return True
        return bool(self._agreed(person))

    def _sure(self, person: Person, rows: set[int]) -> Found:
        """Return what a number says, and whether the name says otherwise."""
        if len(rows) != 1:
            return Found(frozenset(rows))
        row = next(iter(rows))
        named = self._named(person)
        own = {one for name in names_in(self._book, row) for one in spellings(name)}
        name = squash(person.name)
        is_blind = name in (squash(self._book.word), squash(person.identifier))
        agrees = not own or not name or is_blind or row in named
        # Moodle writes a group before the name: "Group 1-Ada Lovelace".
        agrees = agrees or any(name.endswith(spelling) for spelling in own)
        if agrees:
            return Found(frozenset(rows))
        return Found(frozenset(rows), self.name_of(row), len(named) == 1)

    def _named(self, person: Person) -> set[int]:
        rows = [self._names.get(spelling, set()) for spelling in spellings(person.name)]
        return set().union(*rows)

    def _agreed(self, person: Person) -> set[int]:
        return self._students.get(_plain(person.identifier), set()) & self._named(person)

    def _marked(self, person: Person, *, also_first: bool = True) -> set[int]:
        """Return the rows with an identifier or an address of a learner."""
        own = [*([person.identifier] if also_first and self._by_student else []), *person.also]
        rows = [self._students.get(_plain(one), set()) for one in own if one]
        rows += [self._emails.get(_plain(person.email), set())] if person.email else []
        return next((found for found in rows if found), set())

    def _index(self, titles: Iterable[str]) -> dict[str, set[int]]:
        """Return the rows by what stands in some columns, as a spreadsheet may have left it."""
        index: dict[str, set[int]] = {}
        table = self._book.table
        for title in titles:
            if title not in table.header:
                continue
            at = table.header.index(title)
            for row in table.rows:
                cell, was_cut = whole_identifier(table.cell(row, at))
                self.cut += was_cut
                if row not in self._book.nobodys and (plain := _plain(cell)):
                    index.setdefault(plain, set()).add(row)
        return index


def _plain(identifier: str) -> str:
    """Return an identifier to be compared: D2L writes a # before it, spreadsheets drop zeros."""
    text = identifier.strip().removeprefix("#").casefold()
    return text.lstrip("0") or text if text.isdecimal() else text
