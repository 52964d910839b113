"""Which file of all that a learner handed in is the one."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from grader.intake.item import Item
from grader.intake.people import squash
from grader.intake.platforms.sakai import is_typed

_LISTED = 5  # files that a sentence names
_COUNTED = re.compile(r"-(\d+)(?=\.py\Z)")  # as Canvas names the new ones of a name
_COPY = re.compile(r"(?:[ _-]*\(\d+\)|[ _-]+copy(?: ?\d+)?|_\d+)(?=\.py\Z)", re.IGNORECASE)
_CODE = re.compile(rb"^(?:def|import|from|class)\s+\w", re.MULTILINE)
_TEST = re.compile(
    r"test_.*\.py|.*_test\.py|tests?\.py|conftest\.py|setup\.py|__init__\.py", re.IGNORECASE
)


class Handed(NamedTuple):
    """A file that a learner handed in.

    Attributes:
        name: what the learner called it.
        item: the file.
        shown: where it is, from the learner's folder.
    """

    name: str
    item: Item
    shown: str

    @property
    def depth(self) -> int:
        """How many folders it lies in."""
        return len(PurePosixPath(self.shown).parts)


class Picked(NamedTuple):
    """What is to be judged, or why nothing is.

    Attributes:
        file: it; None if there is none.
        problem: why nothing is judged, for the learner; empty if something is.
        unreadable: whether that is no fault of the learner's.
        note: what else there is that might have been meant, for the teacher.
    """

    file: Handed | None
    problem: str = ""
    unreadable: bool = False
    note: str = ""


def pick(files: Sequence[Handed], wanted: str, empty: str = "The folder is empty") -> Picked:
    """Return the one file that is judged: of the name `wanted`, or the only one there is.

    Args:
        files: what was handed in.
        wanted: the name.
        empty: what is said where there is nothing.
    """
    python = [file for file in files if file.name.lower().endswith((".py", ".pyw"))]
    exact = [file for file in python if _COUNTED.sub("", file.name) == wanted]
    copies = [file for file in python if file not in exact and _COPY.sub("", file.name) == wanted]
    versions = [*exact, *copies]
    if exact:
        return _nearest(exact, versions, wanted)
    # Behind what cannot be read may be the right one.
    lost = [file for file in files if file.item.unreadable][:1]
    if lost:
        return _take(lost[0])
    if copies:
        return _nearest(copies, versions, wanted)
    own = [file for file in python if not _TEST.fullmatch(file.name)] or python
    for fits in (own, *_nearly_so_called(own, wanted)):
        if len(fits) == 1:
            notebooks = [file for file in files if file.name.lower().endswith(".ipynb")]
            others = [file for file in own if file is not fits[0]]
            return _take(fits[0])._replace(note=_too(fits[0], [*others, *notebooks]))
    if own:
        return _several(own, wanted)
    stem = wanted.removesuffix(".py").lower()
    for ending, what in (
        (".py.txt", "is a text by its name; it was read as Python"),
        (".ipynb", ""),
    ):
        fits = [file for file in files if file.name.lower().endswith(ending)]
        named = [file for file in fits if file.name.lower() == stem + ending] or fits
        if len(named) == 1:
            return _take(named[0])._replace(note=f"{named[0].shown} {what}." if what else "")
        if named:
            return _several(named, wanted)
    texts = list(filter(_holds_code, files))
    if len(texts) == 1:
        note = f"{texts[0].shown} is no Python file by its name; it was read as one."
        return _take(texts[0])._replace(note=note)
    return _nothing(files, wanted, empty)


def without_names(picked: Picked, files: Sequence[Handed]) -> Picked:
    """Return the same with no file called by its name in what is said."""
    names = {name for file in files for name in (file.shown, file.name)}

    def blanked(text: str) -> str:
        for name in sorted(names, key=len, reverse=True):  # one may be a part of another
            text = text.replace(name, f"…{PurePosixPath(name).suffix}")
        return text

    return picked._replace(problem=blanked(picked.problem), note=blanked(picked.note))


def _take(file: Handed) -> Picked:
    item = file.item
    problem = f"{file.name} was not read: {item.problem}." if item.problem else ""
    return Picked(file, problem, item.unreadable)


def _nearest(choices: Sequence[Handed], versions: Sequence[Handed], wanted: str) -> Picked:
    """Return the file nearest to the top; of those that Canvas has counted, the last."""
    best = min(map(_rank, choices))
    first = [file for file in choices if _rank(file) == best]
    if len({file.item.path for file in first}) < len(first):
        # No learner can hand in two of one name; who packed the archive put both in.
        several = f"There are several Python files ({_listed(first)})"
        problem = f"{several} of one name in the archive; pack it again."
        return Picked(None, problem, unreadable=True)
    if len(first) > 1 and not _same(first):
        return _several(first, wanted)
    others = [file for file in versions if file is not first[0]]
    return _take(first[0])._replace(note=_too(first[0], others))


def _too(judged: Handed, others: Sequence[Handed]) -> str:
    return f"{judged.shown} was judged; there is {_listed(others)} too." if others else ""


def _nearly_so_called(files: Sequence[Handed], wanted: str) -> Iterator[list[Handed]]:
    """Yield the files that have the name but for its signs and capitals; that have it in theirs."""
    name = squash(wanted.removesuffix(".py"))
    stems = [(squash(PurePosixPath(file.name).stem), file) for file in files]
    yield [file for stem, file in stems if stem == name]
    yield [file for stem, file in stems if name in stem]


def _holds_code(file: Handed) -> bool:
    """Say whether a file that is none by its name holds Python."""
    ending = PurePosixPath(file.name).suffix.lower()
    if file.item.problem or ending not in ("", ".txt", ".text", ".md"):
        return False
    try:
        return _CODE.search(file.item.read()) is not None
    except OSError:
        return False


def _rank(file: Handed) -> tuple[int, int]:
    match = _COUNTED.search(file.name)
    return file.depth, -int(match[1]) if match else 0


def _same(files: Sequence[Handed]) -> bool:
    try:
        return len({file.item.read() for file in files if not file.item.problem}) == 1
    except OSError:
        return False


def _several(files: Sequence[Handed], wanted: str) -> Picked:
    several = f"There are several Python files ({_listed(files)})"
    if len({file.item.path for file in files}) < len(files):
        return Picked(None, f"{several} of one name in the archive; pack it again.", True)
    if len({file.name for file in files}) == 1:
        return Picked(None, f"{several}; hand in the right one alone.")
    return Picked(None, f"{several}; name the right one {wanted}.")


def _nothing(files: Sequence[Handed], wanted: str, empty: str) -> Picked:
    unread = [file for file in files if file.item.problem]
    if len(unread) == 1:
        return _take(unread[0])
    if files:
        found = "a text that was typed in" if _is_typed(files) else _listed(files)
        return Picked(None, f"There is no Python file, but {found}; {wanted} was expected.")
    return Picked(None, f"{empty}; {wanted} was expected.")


def _is_typed(files: Sequence[Handed]) -> bool:
    """Say whether all there is was typed into a box of Moodle's, Canvas' or Sakai's."""
    return all(
        file.name in ("onlinetext.html", "text.html") or is_typed(file.name) for file in files
    )


def _listed(files: Sequence[Handed]) -> str:
    more = f" and {len(files) - _LISTED} more" if len(files) > _LISTED else ""
    return ", ".join(file.shown for file in files[:_LISTED]) + more
