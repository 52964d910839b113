"""Who handed in what: learners and their files, out of a folder or a zip.

Known layouts, each of them as a folder or as a zip, with or without one folder around all:

- a file for each learner: `ada.py`
- a folder for each learner: `ada/multi_head_attention.py`, or the one Python file in it
- Moodle, "Download all submissions": `Ada Lovelace_12345_assignsubmission_file_/name.py`, or
  without folders `Ada Lovelace_12345_assignsubmission_file_name.py`
- Canvas, "Download Submissions": `lovelaceada_12345_67890_name.py`, with `LATE_` after the
  name for late ones
- Gradescope, "Export Submissions": `submission_123456/name.py`, with the learners' names in
  `submission_metadata.yml`
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import UsageError
from grader.intake import layouts, marks
from grader.intake.tree import Item, list_tree
from grader.reading import reason
from grader.text import without_unseen

_KEY_BYTES = 200
RESERVED = ("summary", "run", "changes", "class", "gradebook", "index")
"""Names of files in the folder of the reports that are no learner's."""


@dataclass(frozen=True)
class Entry:
    """What one learner handed in.

    Attributes:
        key: unique in the class, and fit to be a file's name.
        learner: the name, as the layout tells it.
        identifier: the LMS's number for the learner or the submission; may be empty.
        file: the file's path in the class.
        read: returns its bytes.
        problem: why there is nothing to grade, for the learner; empty if there is.
        unreadable: whether that is no fault of the learner's: it could not be read.
    """

    key: str
    learner: str
    identifier: str
    file: str
    read: Callable[[], bytes]
    problem: str = ""
    unreadable: bool = False

    def take(self) -> tuple[bytes, str, bool]:
        """Read the file; return its bytes, or none with `problem` and `unreadable`."""
        if self.problem:
            return b"", self.problem, self.unreadable
        try:
            return self.read(), "", False
        except OSError as error:
            return b"", f"The file could not be read ({reason(error)}).", True


@dataclass(frozen=True)
class Class:
    """What was found.

    Attributes:
        entries: one for each learner, sorted by key.
        ignored: the paths of files, and of folders of reports, that are nobody's submission.
    """

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...] = ()


def discover(root: Path, wanted: str, without: Path | None = None) -> Class:
    """Find the learners of a class; nobody is left out silently.

    Args:
        root: a folder or a zip.
        wanted: the name that a file to judge should have.
        without: a folder inside that is not looked into, of the reports for example.

    Raises:
        UsageError: there is nobody, or the class cannot be read.
    """
    listed, reports = _without_reports(list_tree(root, without), root)
    items = _without_common_folder(listed, wanted)
    names = layouts.gradescope_names(items)
    learners, ignored = _group(items, names)
    if not learners:
        raise UsageError(f"There is no Python file in {root}. Is it the right folder?")
    ordered = sorted(learners, key=lambda one: (one.name.casefold(), one.identifier, one.place))
    keys = _unique([(one.name, one.identifier) for one in ordered])
    entries = (one.entry(key, wanted) for key, one in zip(keys, ordered, strict=True))
    return Class(
        tuple(sorted(entries, key=lambda entry: entry.key.casefold())), (*reports, *ignored)
    )


def pick(folder: Path, wanted: str) -> Entry:
    """Return the submission in a folder that holds one learner's, or why there is none.

    Args:
        folder: the folder.
        wanted: the name that the file to judge should have.

    Raises:
        UsageError: the folder cannot be read.
    """
    items = list_tree(folder, one=True)
    files = [(item.path.name, item) for item in items if item.problem or not item.is_folder]
    return _Learner(folder.name, "", folder.name, files).entry(wanted, wanted)


@dataclass
class _Learner:
    """What there is of a learner: files by the names that the learner gave them."""

    name: str
    identifier: str
    place: str
    files: list[tuple[str, Item]]

    def entry(self, key: str, wanted: str) -> Entry:
        """Pick the file, which should have the name `wanted`, or say why none can be picked."""
        python = [(name, item) for name, item in self.files if name.lower().endswith(".py")]
        exact = [(name, item) for name, item in python if _is_the_file(name, wanted)]
        unread = [(name, item) for name, item in self.files if item.problem and not python]
        # Behind what cannot be read may be the right one.
        lost = [(name, item) for name, item in self.files if item.unreadable][:1]
        choices = (exact, lost, python, unread)
        for name, item in next((some for some in choices if len(some) == 1), []):
            problem = f"{name} was not read: {item.problem}." if item.problem else ""
            file = str(item.path)
            return Entry(key, self.name, self.identifier, file, item.read, problem, item.unreadable)
        unreadable = False
        if python:
            found = ", ".join(name for name, _ in python[:5])
            several = f"There are several Python files ({found})"
            problem = f"{several}; name the right one {wanted}."
            if len({item.path for _, item in exact or python}) == 1:
                # No learner can hand in two of one name; who packed the archive put both in.
                problem, unreadable = f"{several} of one name in the archive; pack it again.", True
        elif self.files:
            found = ", ".join(name for name, _ in self.files[:5])
            problem = f"There is no Python file, but {found}; {wanted} was expected."
        else:
            problem = f"The folder is empty; {wanted} was expected."
        return Entry(key, self.name, self.identifier, self.place, bytes, problem, unreadable)


def _group(
    items: list[Item], names: dict[str, tuple[str, str]]
) -> tuple[list[_Learner], list[str]]:
    """Give each file to its learner; return the learners, and the files that are nobody's."""
    learners: dict[tuple[str, str, str], _Learner] = {}
    ignored = []
    for item in items:
        top = item.path.parts[0]
        if item.is_folder or len(item.path.parts) > 1:
            name, identifier, _ = (*names[top], "") if top in names else layouts.identify(top)
            file = item.path.name
        else:
            name, identifier, file = layouts.identify(item.path.name)
            if not file:
                name, file = item.path.stem, item.path.name
            if not identifier and not _may_be_a_submission(item):
                ignored.append(str(item.path))
                continue
        place = "" if identifier else top
        learner = learners.setdefault(
            (name, identifier, place), _Learner(name, identifier, top, [])
        )
        if item.problem or not item.is_folder:
            learner.files.append((file, item))
    return list(learners.values()), ignored


def _may_be_a_submission(item: Item) -> bool:
    """Say whether a file beside others, with no name of an LMS's, is some learner's.

    What has no suffix and cannot be read may have been a folder.
    """
    suffix = item.path.suffix.lower()
    return suffix == ".py" or bool(item.problem and not suffix)


def _is_the_file(name: str, wanted: str) -> bool:
    """Say whether a file has the name, but for a number that Canvas adds to new versions."""
    return re.sub(r"-\d+(?=\.py$)", "", name) == wanted


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


def _without_common_folder(items: list[Item], wanted: str) -> list[Item]:
    """Take off a folder that only stands around all the others, as zips often have it.

    A folder that an LMS made for a learner never does: what is in it is the learner's.
    """
    tops = {item.path.parts[0] for item in items}
    if any(map(layouts.is_a_learners, tops)):
        return items
    if len(tops) != 1 or any(len(item.path.parts) == 1 and not item.is_folder for item in items):
        return items
    inner = [
        replace(item, path=item.path.relative_to(item.path.parts[0]))
        for item in items
        if len(item.path.parts) > 1
    ]
    here = [item.path.name for item in inner if len(item.path.parts) == 1 and not item.is_folder]
    python = {name for name in here if name.endswith(".py")}
    deeper = any(item.is_folder or len(item.path.parts) > 1 for item in inner)
    if wanted in here or not (deeper or len(python) > 1):
        return items
    return inner


def _unique(learners: Sequence[tuple[str, str]]) -> list[str]:
    """Return a file name for each (name, identifier): readable, short, unlike all others.

    The identifier is part of it where names are the same.
    """
    taken = {name.casefold() for name in RESERVED}
    count_of = Counter(name.casefold() for name, _ in learners)
    keys = []
    for name, identifier in learners:
        if identifier and count_of[name.casefold()] > 1:
            name = f"{name}_{identifier}"
        text = unicodedata.normalize("NFC", name)
        text = re.sub(r'[/\\:*?"<>|]', "_", without_unseen(text, "_")).strip(" .") or "_"
        if len(text.encode()) > _KEY_BYTES:
            digest = hashlib.sha256(text.encode()).hexdigest()[:8]
            text = text.encode()[: _KEY_BYTES - 9].decode("utf-8", "ignore") + f"~{digest}"
        key, count = text, 1
        while key.casefold() in taken:
            count += 1
            key = f"{text}~{count}"
        taken.add(key.casefold())
        keys.append(key)
    return keys
