"""The list of a class, as a teacher has it: it gives names, and tells who handed in nothing."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from grader.errors import UsageError
from grader.intake.item import composed
from grader.intake.people import Person, spellings, squash


def _titles(text: str) -> frozenset[str]:
    return frozenset(text.split(", "))


_IDENTIFIERS = _titles(
    "identifier, id, sid, uid, student id, student number, student no, student nr, "
    "sis id, sis user id, sis login id, login id, id number, idnumber, user id, "
    "username, user name, user, login, netid, net id, orgdefinedid, org defined id, "
    "github username, github, canvas id, matriculation number, matrikelnummer, "
    "matrikel nr, benutzername, kennung, anmeldename, identifiant, numéro étudiant, "
    "numéro d étudiant, matricule, usuario, identificador, número, matrícula, matricola, "
    "学号"
)
_NAMES = _titles(
    "name, full name, fullname, student, student name, learner, display name, "
    "last name first name, vollständiger name, nom complet, nombre completo, "
    "nome completo, 姓名, 全名"
)
_FIRST = _titles(
    "first name, firstname, given name, forename, first, vorname, vornamen, prénom, "
    "prenom, nombre, nombres, nome"
)
_LAST = _titles(
    "last name, lastname, surname, family name, last, nachname, familienname, nom, "
    "nom de famille, apellido, apellidos, cognome, sobrenome"
)
_GROUPS = _titles("group, group name, team, team name, gruppe, groupe, grupo")
_MAIL = re.compile(r"\be ?mail|\bmail|\bcourriel|\bcorreo")


class Roster:
    """The people of a class, and which group each is in, by its name; empty for none."""

    def __init__(self, people: Sequence[Person], groups: Sequence[str] = ()) -> None:
        self.people = tuple(people)
        self._marks = _index((person, _marks(person)) for person in people)
        self._names = _index((person, spellings(person.name)) for person in people)
        listed = zip(people, groups, strict=False)
        self._groups = _index((person, {squash(group)} - {""}) for person, group in listed)

    def members(self, group: str) -> tuple[Person, ...]:
        """Return who is in a group by the name that a platform has for it."""
        return tuple(self._groups.get(squash(group), ()))

    def find(self, person: Person) -> Person | None:
        """Return the one on the list whom a platform tells of; nobody if it may be two."""
        own = (person.identifier or person.name, person.email)  # files may be named after logins
        marks = {mark.casefold() for mark in own if mark}
        by_mark = _all(self._marks, marks)
        if len(by_mark) == 1:
            return by_mark[0]
        named = _all(self._names, spellings(person.name))
        by_name = [one for one in named if not by_mark or one in by_mark]
        return by_name[0] if len(by_name) == 1 else None

    def missing(self, found: Iterable[Person], unsure: Iterable[str]) -> tuple[Person, ...]:
        """Return those of whom nothing was found, nor anything of one with the same name."""
        there = set(found)
        named = {spelling for name in unsure for spelling in spellings(name)}
        left = (one for one in self.people if one not in there)
        return tuple(one for one in left if not named & spellings(one.name))


def _index(pairs: Iterable[tuple[Person, set[str]]]) -> dict[str, list[Person]]:
    index: dict[str, list[Person]] = {}
    for person, words in pairs:
        for word in words:
            index.setdefault(word, []).append(person)
    return index


def _all(index: dict[str, list[Person]], words: Iterable[str]) -> list[Person]:
    return list(dict.fromkeys(one for word in sorted(words) for one in index.get(word, ())))


def read_roster(data: bytes) -> Roster:
    """Return the people of a CSV file with a column for names, identifiers or addresses.

    Raises:
        UsageError: it has none of these columns, or is no such file.
    """
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("The roster is not in UTF-8; save it as CSV in UTF-8.") from error
    first = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)))
    header = [_plain(cell) for cell in rows[0]] if rows else []
    ids = [at for at, title in enumerate(header) if title in _IDENTIFIERS]
    emails = next((at for at, title in enumerate(header) if _MAIL.search(title)), None)
    names, firsts, lasts, groups = (
        next((at for at, title in enumerate(header) if title in titles), None)
        for titles in (_NAMES, _FIRST, _LAST, _GROUPS)
    )
    if not ids and names is None and emails is None and lasts is None:
        raise UsageError(
            "The roster has no column that tells people; its first line names them: identifier, "
            f"name, email. It has: {', '.join(rows[0]) if rows else 'nothing'}."
        )
    people, of_group = [], []
    for row in rows[1:]:
        name = _cell(row, names) or f"{_cell(row, firsts)} {_cell(row, lasts)}".strip()
        own = [cell for at in ids if (cell := _cell(row, at).removeprefix("#"))]
        email = _cell(row, emails)
        if name or own or email:
            first_id = own[0] if own else ""
            people.append(Person(name or first_id or email, first_id, email, tuple(own[1:])))
            of_group.append(_cell(row, groups))
    return Roster(people, of_group)


def _plain(title: str) -> str:
    """Return a title in small letters, with a blank for all that is no letter."""
    return re.sub(r"[\W_]+", " ", composed(title).lower()).strip()


def known(person: Person, listed: Person | None) -> Person:
    """Return a person with what the roster knows; the platform's own identifier stays."""
    if listed is None:
        return person
    also = [listed.identifier, *listed.also]
    identifier = person.identifier or listed.identifier
    return Person(
        listed.name or person.name,
        identifier,
        person.email or listed.email,
        tuple(one for one in dict.fromkeys(also) if one and one != identifier),
    )


def _marks(person: Person) -> set[str]:
    email = person.email.casefold()
    own = (person.identifier, *person.also, email, email.partition("@")[0])
    return {one.casefold() for one in own if one}


def _cell(row: Sequence[str], at: int | None) -> str:
    return composed(row[at].strip()) if at is not None and at < len(row) else ""
