"""Who handed in what: learners and their files, out of a folder or a zip.

As a folder or as a zip, with or without one folder around all:

- a file for each learner: `ada.py`
- a folder, or a zip, for each learner: `ada/`, and in it a file of the kata's name
- what a platform exports (`platforms`)

Everybody has an entry, whatever it is that was handed in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.intake import keys
from grader.intake.archive import NAMELESS, Names
from grader.intake.around import of_course, without_common_folder, without_reports
from grader.intake.entry import Attempts, Entry, LearnerFiles
from grader.intake.item import Item
from grader.intake.people import Person
from grader.intake.pick import Handed
from grader.intake.platforms import Told, recognize, tops
from grader.intake.platforms.sakai import is_typed
from grader.intake.roster import Roster
from grader.intake.tree import list_tree

# What lies beside the learners' and is of no learner.
_NOBODYS = re.compile(
    r"index\.html?|submission_metadata\.yml|desktop\.ini|thumbs\.db|grades\.xlsx?|.*\.csv|.*\.log"
    r"|(?:readme|licen[cs]e)(?:\.[a-z]+)?",
    re.IGNORECASE,
)


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
    listed, reports = without_reports(list_tree(root, without, names=names), root)
    items = without_common_folder(listed, wanted)
    items, beside = of_course(items)
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
    learner = LearnerFiles(folder.name, "", folder.name)
    learner.add("", None)  # be it of no file at all
    for item in list_tree(folder, one=True):
        if item.problem or not item.is_folder:
            learner.add("", Handed(item.path.name, item, str(item.path)))
    return learner.entries(wanted, wanted, "last", anonymous=False)[0]


def _group(items: Sequence[Item], told: dict[str, Told]) -> tuple[list[LearnerFiles], list[str]]:
    """Give each file to its learner; return the learners, and the files that are nobody's."""
    learners: dict[tuple[str, str, str], LearnerFiles] = {}
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
            LearnerFiles(one.name, one.identifier, top, one.platform, one.people),
        )
        is_file = bool(item.problem) or not item.is_folder
        outside = bool(one.within) and (len(parts) < 3 or parts[1] != one.within)
        outside = outside and not is_typed(item.path.name)
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
    """Return a file's name without its ending: `ada` for ada.py, ada.py.txt and ada.tar.gz."""
    return PurePosixPath(re.sub(r"(?i)\.(?:py\.txt|tar\.[a-z0-9]+)\Z", ".py", name)).stem
