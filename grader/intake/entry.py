"""What somebody handed in: the files of each attempt, and what is judged of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from grader.intake.people import Person
from grader.intake.pick import Handed, pick, without_names
from grader.intake.platforms import Told
from grader.intake.roster import Roster, known
from grader.reading import reason

Attempts = Literal["last", "best"]
_FLAT = ("blackboard", "canvas")
"""Platforms that make no folder for a learner."""
_MAY_BE = (".py", ".ipynb", ".py.txt")


@dataclass(frozen=True)
class Entry:
    """What one learner handed in, or one group.

    Attributes:
        key: unique in the class, and fit to be a file's name.
        learner: the name, as the layout tells it.
        identifier: the platform's for the learner or the submission; may be empty.
        file: the file's path in the class.
        read: returns its bytes.
        problem: why there is nothing to grade, for the learner; empty if there is.
        unreadable: whether that is no fault of the learner's: it could not be read.
        called: what the learner called the file.
        people: who gets the result; several in a group.
        platform: whose names these are; empty if nobody's.
        late: whether the platform marks it as late.
        when: when it was handed in, if the platform tells.
        attempt: which of how many, if there are several: "2 of 3".
        earlier_of: the key of the learner, if this is an earlier attempt.
        note: what a teacher should know: what else was handed in.
        place: the name of the file or folder at the top of the class.
    """

    key: str
    learner: str
    identifier: str
    file: str
    read: Callable[[], bytes]
    problem: str = ""
    unreadable: bool = False
    called: str = ""
    people: tuple[Person, ...] = ()
    platform: str = ""
    late: bool = False
    when: datetime | None = None
    attempt: str = ""
    earlier_of: str = ""
    note: str = ""
    place: str = ""

    def take(self) -> tuple[bytes, str, bool]:
        """Read the file; return its bytes, or none with `problem` and `unreadable`."""
        if self.problem:
            return b"", self.problem, self.unreadable
        try:
            return self.read(), "", False
        except OSError as error:
            return b"", f"The file could not be read ({reason(error)}).", True

    @property
    def name(self) -> str:
        """What the file is called in the report."""
        return self.called or self.file.rpartition("/")[2]


@dataclass
class _Attempt:
    """What was handed in at one time."""

    files: list[Handed] = field(default_factory=list)
    late: bool = False
    when: datetime | None = None


@dataclass
class LearnerFiles:
    """What there is of a learner: files by the names that the learner gave them."""

    name: str
    identifier: str
    place: str
    platform: str = ""
    people: tuple[Person, ...] = ()
    attempts: dict[str, _Attempt] = field(default_factory=dict)

    def add(self, attempt: str, file: Handed | None, told: Told | None = None) -> None:
        """Take up a file, or that there was an attempt."""
        one = self.attempts.setdefault(attempt, _Attempt())
        if file is not None:
            one.files.append(file)
        if told is not None:
            one.late = one.late or told.late
            one.when = one.when or told.when

    @property
    def is_sure(self) -> bool:
        """Whether this may be a learner's, and not just any folder."""
        files = (file for attempt in self.attempts.values() for file in attempt.files)
        return bool(self.platform) or any(
            file.name.lower().endswith(_MAY_BE) or file.item.problem for file in files
        )

    def _members(self, roster: Roster) -> tuple[Person, ...]:
        """Return who is in the group that this is, by the roster."""
        if self.people:  # the platform knows it better
            return ()
        return roster.members(self.name) or roster.members(self.identifier)

    def listed(self, roster: Roster) -> list[Person | None]:
        """Take names from a roster; return who was found there."""
        if members := self._members(roster):
            # The platform's number is the group's, or that of one of them.
            self.people = tuple(
                one._replace(identifier="", also=(one.identifier, *one.also)) for one in members
            )
            return list(members)
        people = self.people or (Person(self.name, self.identifier),)
        found = [roster.find(person) for person in people]
        self.people = tuple(map(known, people, found))
        if any(found):
            self.name = ", ".join(person.name for person in self.people)
        return found

    def entries(self, key: str, wanted: str, attempts: Attempts, *, anonymous: bool) -> list[Entry]:
        """Return the entry of the last attempt, and those of earlier ones if all count."""
        ordered = sorted(self.attempts)
        made = []
        for number, name in enumerate(ordered, 1):
            last = number == len(ordered)
            if not last and attempts == "last":
                continue
            attempt = self.attempts[name]
            empty = "No file was handed in" if self.platform in _FLAT else "The folder is empty"
            picked = pick(attempt.files, wanted, empty)
            file, item = picked.file, picked.file.item if picked.file else None
            several = f"{number} of {len(ordered)}" if len(ordered) > 1 else ""
            before = (self.attempts[one].when or one or "without a date" for one in ordered[:-1])
            earlier = ", ".join(map(str, before))
            if anonymous:  # what files are called may name their learner
                picked = without_names(picked, attempt.files)
            note = picked.note
            if last and earlier:
                note = f"{note} Handed in before, too: {earlier}.".strip()
            entry = Entry(
                key=key if last else f"{key}~attempt-{number}",
                learner=key if anonymous else self.name,
                identifier="" if anonymous else self.identifier,
                file=str(item.path) if item else self.place,
                read=item.read if item else bytes,
                problem=picked.problem,
                unreadable=picked.unreadable,
                called=wanted if anonymous else file.name if file else "",
                people=self.people or (Person(self.name, self.identifier),),
                platform=self.platform,
                late=attempt.late,
                when=attempt.when,
                attempt=several,
                earlier_of="" if last else key,
                note=note,
                place=item.path.parts[0] if item else self.place,
            )
            made.append(entry)
        return made
