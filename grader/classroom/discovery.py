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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader import kata
from grader.classroom.tree import Item, list_tree
from grader.errors import UsageError

_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_file(?:_(?P<file>.*))?")
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_(?P<submission>\d+)_(?P<file>.+)")
_GRADESCOPE = re.compile(r"submission_(?P<id>\d+)")
_METADATA = "submission_metadata.yml"
_KEY_BYTES = 200


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
    """

    key: str
    learner: str
    identifier: str
    file: str
    read: Callable[[], bytes]
    problem: str = ""


def discover(root: Path) -> list[Entry]:
    """Return an entry for each learner of a class, sorted by key; nobody is left out.

    Raises:
        UsageError: there is nobody, or the class cannot be read.
    """
    items = _without_common_folder(list_tree(root))
    names = _gradescope_names(items)
    found = sorted(_learners(items, names), key=lambda one: (one[0].casefold(), str(one[2])))
    if not found:
        raise UsageError(f"There is no Python file in {root}. Is it the right folder?")
    keys = _unique(learner for learner, *_ in found)
    return [
        Entry(key, learner, identifier, str(path), read, problem)
        for key, (learner, identifier, path, read, problem) in zip(keys, found, strict=True)
    ]


_Found = tuple[str, str, PurePosixPath, Callable[[], bytes], str]


def _learners(items: list[Item], names: dict[str, tuple[str, str]]) -> Iterator[_Found]:
    folders: dict[str, list[Item]] = {}
    for item in items:
        if len(item.path.parts) > 1:
            folders.setdefault(item.path.parts[0], []).append(item)
        elif item.path.suffix == ".py" or (item.problem and not item.path.suffix):
            learner, identifier = _identify(item.path.stem)
            yield learner, identifier, item.path, item.read, _complain(item)
    for folder, inside in folders.items():
        learner, identifier = names.get(folder) or _identify(folder)
        yield learner, identifier, *_choose(folder, inside)


def _choose(folder: str, inside: list[Item]) -> tuple[PurePosixPath, Callable[[], bytes], str]:
    """Pick the file of a learner's folder, or say why none can be picked."""
    python = [item for item in inside if item.path.suffix == ".py"]
    exact = [item for item in python if item.path.name == kata.FILE]
    if len(exact) == 1 or len(python) == 1:
        (item,) = exact if len(exact) == 1 else python
        return item.path, item.read, _complain(item)
    if not python:
        problem = f"There is no Python file in the submission; {kata.FILE} was expected."
    else:
        names = ", ".join(item.path.name for item in python[:5])
        problem = f"There are several Python files ({names}); name the right one {kata.FILE}."
    return PurePosixPath(folder), _nothing, problem


def _complain(item: Item) -> str:
    return f"{item.path.name} was not read: {item.problem}." if item.problem else ""


def _nothing() -> bytes:
    return b""


def _identify(name: str) -> tuple[str, str]:
    """Return the learner's name and identifier that a file's or folder's name tells."""
    for pattern in (_MOODLE, _CANVAS):
        match = pattern.fullmatch(name)
        if match:
            return match["name"], match["id"]
    match = _GRADESCOPE.fullmatch(name)
    return (name, match["id"]) if match else (name, "")


def _gradescope_names(items: list[Item]) -> dict[str, tuple[str, str]]:
    """Return (name, identifier) by folder, as Gradescope's metadata has them."""
    metadata = [item for item in items if str(item.path) == _METADATA and not item.problem]
    names: dict[str, tuple[str, str]] = {}
    if not metadata:
        return names
    folder = ""
    for line in metadata[0].read().decode("utf-8", "replace").splitlines():
        if line and not line[0].isspace() and line.rstrip().endswith(":"):
            folder = line.rstrip()[:-1].strip("'\"")
        field = re.match(r"\s+-?\s*:(name|sid):\s*(.*)", line)
        if folder and field:
            name, identifier = names.get(folder, ("", ""))
            value = field[2].strip().strip("'\"")
            if field[1] == "name":
                name = f"{name}, {value}" if name else value
            names[folder] = (name, identifier or (value if field[1] == "sid" else ""))
    return names


def _without_common_folder(items: list[Item]) -> list[Item]:
    """Take off a folder that only stands around all the others, as zips often have it."""
    tops = {item.path.parts[0] for item in items}
    if len(tops) != 1 or any(len(item.path.parts) == 1 for item in items):
        return items
    inner = [item.path.relative_to(item.path.parts[0]) for item in items]
    here = [path for path in inner if len(path.parts) == 1 and path.suffix == ".py"]
    deeper = any(len(path.parts) > 1 and path.suffix == ".py" for path in inner)
    if PurePosixPath(kata.FILE) in here or not (deeper or len(here) > 1):
        return items
    return [Item(path, item.read, item.problem) for path, item in zip(inner, items, strict=True)]


def _unique(names: Iterator[str]) -> list[str]:
    """Return a file name for each name: readable, short enough, different from all others."""
    taken: set[str] = set()
    keys = []
    for name in names:
        text = unicodedata.normalize("NFC", name)
        text = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff]', "_", text).strip(" .") or "_"
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
