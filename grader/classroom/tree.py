"""A folder or a zip as the same thing: paths with slashes, and what can be read there.

Nothing is ever unpacked. What must not be read (a link out of the folder, a member whose
path leaves the archive, one that is far too large) is there all the same, with its problem.
"""

import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.intake import MAX_FILE

_DEEP = 16  # folders that may lie in each other
_IGNORED = ("__pycache__", "__MACOSX")


@dataclass(frozen=True)
class Item:
    """A file or a folder.

    Attributes:
        path: where it is, from the root.
        read: returns a file's bytes; raises OSError.
        problem: why it must not be read; empty if it may.
        is_folder: whether it is a folder.
    """

    path: PurePosixPath
    read: Callable[[], bytes]
    problem: str = ""
    is_folder: bool = False


def list_tree(root: Path, without: Path | None = None, *, one: bool = False) -> list[Item]:
    """Return what is in a folder or in a zip, sorted by path, without what is hidden.

    Args:
        root: the folder, or the zip.
        without: a folder inside that is not looked into, of the reports for example.
        one: whether all of it is one learner's.

    Raises:
        UsageError: it is neither, or cannot be read.
    """
    try:
        items = _folder(root, without, one) if root.is_dir() else _archive(root)
    except Exception as error:  # what a damaged archive raises has no base in common either
        raise UsageError(f"{root} cannot be read as a class: {error}.") from error
    shown = (item for item in items if not _is_hidden(item.path))
    return sorted(shown, key=lambda item: str(item.path))


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part in _IGNORED or part.startswith(".") for part in path.parts if part != "..")


def _folder(root: Path, without: Path | None, one: bool) -> list[Item]:
    items: list[Item] = []
    left_out = without and os.path.realpath(without)
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            if folder == str(root):
                raise
            reason = (error.strerror or "unknown error").lower()
            problem = f"the folder cannot be read ({reason})"
            items.append(Item(_path(folder, root), bytes, problem, is_folder=True))
            continue
        if folder != str(root):
            items.append(Item(_path(folder, root), bytes, is_folder=True))
        for entry in entries:
            path = _path(entry.path, root)
            if not entry.is_dir(follow_symlinks=False):
                items.append(_file(entry.path, root, one))
            elif len(path.parts) > _DEEP:
                problem = f"it lies more than {_DEEP} folders deep"
                items.append(Item(path, bytes, problem, is_folder=True))
            elif not _is_hidden(path) and os.path.realpath(entry.path) != left_out:
                waiting.append(entry.path)
    return items


def _path(full: str, root: Path) -> PurePosixPath:
    """Return a path from the root; bytes that are no text are written out."""
    text = Path(full).relative_to(root).as_posix()
    return PurePosixPath(os.fsencode(text).decode("utf-8", "backslashreplace"))


def _file(full: str, root: Path, one: bool) -> Item:
    """Return a file of a folder; a link must stay within what is the same learner's."""
    path = _path(full, root)
    real = os.path.realpath(full)
    problem = ""
    if os.path.islink(full):
        top = os.path.relpath(full, root).split(os.sep)[:-1][:1]
        own = os.path.realpath(os.path.join(root, *top)) if one or top else ""
        if not _lies_in(real, os.path.realpath(root)):
            problem = "it is a link that leaves the folder of the class"
        elif not os.path.exists(real):
            problem = "it is a link to nothing"
        elif not own or not _lies_in(real, own):
            problem = "it is a link to somebody else's file"
    if not problem and not os.path.isfile(real):
        problem = "it is not a file"
    elif not problem and os.path.getsize(real) > MAX_FILE:
        problem = f"it has more than {MAX_FILE // 2**20} MiB"
    return Item(path, partial(_read, full), problem)


def _lies_in(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


def _read(full: str) -> bytes:
    """Read a file that may have become something else since it was listed."""
    descriptor = os.open(full, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is no file any more")
        return file.read(MAX_FILE + 1)


def _archive(root: Path) -> list[Item]:
    archive = zipfile.ZipFile(root)
    items = []
    for info in archive.infolist():
        path = PurePosixPath(info.filename.replace("\\", "/"))
        problem = ""
        if path.is_absolute() or ".." in path.parts:
            problem = "its path leads out of the archive"
            path = PurePosixPath(path.name)
        elif path.parts[_DEEP:]:
            problem = f"it lies more than {_DEEP} folders deep"
            path = PurePosixPath(*path.parts[:_DEEP])
        elif stat.S_ISLNK(info.external_attr >> 16):
            problem = "it is a link"
        elif info.flag_bits & 1:
            problem = "it is encrypted"
        elif info.file_size > MAX_FILE:
            problem = f"it has more than {MAX_FILE // 2**20} MiB"
        items.append(Item(path, _member(archive, info), problem, info.is_dir()))
    folders = {folder for item in items for folder in item.path.parents if folder.name}
    return items + [Item(folder, bytes, is_folder=True) for folder in folders]


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(info) as file:
                return file.read(MAX_FILE + 1)
        except Exception as error:  # what decompressors raise has no base in common
            raise OSError(f"the archive is damaged ({error})") from error

    return read
