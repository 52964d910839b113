"""Who handed in what: learners and their files, out of a folder or a zip.

As a folder or as a zip, with or without one folder around all:

- a file for each learner: `ada.py`
- a folder, or a zip, for each learner: `ada/multi_head_attention.py`, or its one Python file
- what a platform exports (`platforms`)

Everybody has an entry, whatever it is that was handed in.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from grader.errors import UsageError
from grader.intake import keys, marks
from grader.intake.archive import NAMELESS, Names
from grader.intake.item import Item
from grader.intake.keys import RESERVED as RESERVED
from grader.intake.people import Person
from grader.intake.pick import Handed, pick
from grader.intake.platforms import Told, nbgrader, recognize, tops
from grader.intake.roster import Roster, known
from grader.intake.tree import list_tree
from grader.reading import reason

Attempts = Literal["last", "best"]

# What lies beside the learners' and is of no learner.
_NOBODYS = re.compile(
    r"index\.html?|submission_metadata\.yml|desktop\.ini|thumbs\.db|grades\.xlsx?|.*\.csv|.*\.log"
    r"|(?:readme|licen[cs]e)(?:\.[a-z]+)?",
    re.IGNORECASE,
)
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


@dataclass(frozen=True)
class Class:
    """What was found.

    Attributes:
        entries: one for each learner, sorted by key; with earlier attempts if all count.
        ignored: the paths of files, and of folders of reports, that are nobody's submission.
        missing: who is on the roster and handed in nothing.
        strangers: the names of those who are not on it.
        odd: names in an archive that may be wrong, as nothing tells how they are written.
    """

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...] = ()
    missing: tuple[Person, ...] = ()
    strangers: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


def discover(
    root: Path,
    wanted: str,
    without: Path | None = None,
    *,
    roster: Roster | None = None,
    attempts: Attempts = "last",
    encoding: str = "",
    anonymous: bool = False,
) -> Class:
    """Find the learners of a class; nobody is left out silently.

    Args:
        root: a folder or a zip.
        wanted: the name that a file to judge should have.
        without: a folder inside that is not looked into, of the reports for example.
        roster: the people of the class.
        attempts: whether the last attempt counts, or all are graded for the best.
        encoding: how names in zips are written that do not say so.
        anonymous: whether keys and names tell nothing.

    Raises:
        UsageError: there is nobody, or the class cannot be read.
    """
    names = Names(encoding, [])
    listed, reports = _without_reports(list_tree(root, without, names=names), root)
    items = _without_common_folder(listed, wanted)
    items, beside = _of_course(items)
    learners, ignored = _group(items, recognize(items))
    if not any(learner.is_sure for learner in learners):
        raise UsageError(f"There is no Python file in {root}. Is it the right folder?")
    found = [learner.listed(roster) for learner in learners] if roster else []
    strangers = [one.name for one, some in zip(learners, found, strict=False) if not all(some)]
    ordered = sorted(learners, key=lambda one: (one.name.casefold(), one.identifier, one.place))
    called = [(one.name, one.identifier) for one in ordered]
    if anonymous:
        salt = str(root.resolve())
        called = [
            (keys.pseudonym((*one, at.place), salt), "")
            for one, at in zip(called, ordered, strict=True)
        ]
    entries = [
        entry
        for key, one in zip(keys.unique(called), ordered, strict=True)
        for entry in one.entries(key, wanted, attempts, anonymous=anonymous)
    ]
    return Class(
        tuple(sorted(entries, key=lambda entry: entry.key.casefold())),
        (*reports, *beside, *ignored),
        roster.missing((one for some in found for one in some if one), strangers) if roster else (),
        tuple(strangers),
        tuple(names.odd or ()),
    )


def pick_one(folder: Path, wanted: str) -> Entry:
    """Return the submission in a folder that holds one learner's, or why there is none.

    Args:
        folder: the folder.
        wanted: the name that the file to judge should have.

    Raises:
        UsageError: the folder cannot be read.
    """
    learner = _Learner(folder.name, "", folder.name)
    for item in list_tree(folder, one=True):
        if item.problem or not item.is_folder:
            learner.add("", Handed(item.path.name, item, str(item.path)))
    return learner.entries(wanted, wanted, "last", anonymous=False)[0]


@dataclass
class _Attempt:
    """What was handed in at one time."""

    files: list[Handed] = field(default_factory=list)
    late: bool = False
    when: datetime | None = None


@dataclass
class _Learner:
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
            picked, attempt = pick(self.attempts[name].files, wanted), self.attempts[name]
            file, item = picked.file, picked.file.item if picked.file else None
            several = f"{number} of {len(ordered)}" if len(ordered) > 1 else ""
            before = (self.attempts[one].when or one or "without a date" for one in ordered[:-1])
            earlier = ", ".join(map(str, before))
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


def _group(items: Sequence[Item], told: dict[str, Told]) -> tuple[list[_Learner], list[str]]:
    """Give each file to its learner; return the learners, and the files that are nobody's."""
    learners: dict[tuple[str, str, str], _Learner] = {}
    ignored = []
    opened = {item.path.parts[0] for item in items if item.is_zip and len(item.path.parts) == 1}
    folders = tops(items)
    for item in items:
        parts = item.path.parts
        top = parts[0]
        one = told.get(top) or Told("", top if folders[top] and top not in opened else _stem(top))
        if one.nobodys or (not one.platform and not folders[top] and _is_nobodys(top)):
            ignored.append(str(item.path))
            continue
        place = "" if one.identifier else top
        learner = learners.setdefault(
            (one.name, one.identifier, place),
            _Learner(one.name, one.identifier, top, one.platform, one.people),
        )
        is_file = bool(item.problem) or not item.is_folder
        outside = bool(one.within) and (len(parts) < 3 or parts[1] != one.within)
        if not is_file or one.beside or outside:
            learner.add(one.attempt, None, one)
            continue
        name = one.file if one.file and len(parts) == 1 else item.path.name
        shown = str(item.path.relative_to(top)) if len(parts) > 1 else name
        learner.add(one.attempt, Handed(name, item, shown), one)
    return list(learners.values()), ignored


def _is_nobodys(name: str) -> bool:
    return name == NAMELESS or _NOBODYS.fullmatch(name) is not None


def _stem(name: str) -> str:
    """Return a file's name without its ending: `ada` for ada.py, ada.py.txt and ada.zip."""
    return PurePosixPath(re.sub(r"(?i)\.py\.txt\Z", ".py", name)).stem


def _without_reports(items: list[Item], root: Path) -> tuple[list[Item], list[str]]:
    """Leave out the folders of reports that runs of this class made; return the rest, and them.

    What has Python files is a submission, whatever it bears.
    """
    python = {folder for item in items if _is_python(item) for folder in item.path.parents}
    marked = {
        item.path.parent
        for item in items
        if item.path.name == marks.FILE
        and item.path.parent.parts
        and item.path.parent not in python
        and _is_ours(item, root)
    }
    kept = [item for item in items if not marked.intersection([item.path, *item.path.parents])]
    return kept, sorted(map(str, marked))


def _is_python(item: Item) -> bool:
    return not item.is_folder and item.path.suffix.lower() == ".py"


def _is_ours(mark: Item, root: Path) -> bool:
    try:
        place = str(mark.path.parent)
        return not mark.problem and marks.is_ours(mark.read(), root, place)
    except OSError:
        return False


def _of_course(items: list[Item]) -> tuple[list[Item], list[str]]:
    """Return what was submitted of nbgrader's course, and the names beside it."""
    names = list(tops(items))
    if not nbgrader.is_course(names):
        return items, []
    inside = [item for item in items if item.path.parts[0] == nbgrader.SUBMITTED]
    below = [_below(item) for item in inside if len(item.path.parts) > 1]
    return below, [name for name in names if name != nbgrader.SUBMITTED]


def _below(item: Item) -> Item:
    return item._replace(path=item.path.relative_to(item.path.parts[0]))


def _without_common_folder(items: list[Item], wanted: str) -> list[Item]:
    """Take off a folder that only stands around all the others, as zips often have it.

    A folder that a platform made for a learner never does: what is in it is the learner's.
    """
    found = tops(items)
    if len(found) != 1 or not all(found.values()) or recognize(items):
        return items
    inner = [_below(item) for item in items if len(item.path.parts) > 1]
    here = [item.path.name for item in inner if len(item.path.parts) == 1 and not item.is_folder]
    python = {name for name in here if name.endswith(".py")}
    deeper = any(item.is_folder or len(item.path.parts) > 1 for item in inner)
    if wanted in here or not (deeper or len(python) > 1):
        return items
    return inner
