"""A folder or a zip as the same thing: paths with slashes, and what can be read there.

Nothing is ever unpacked. What must not be read (a link out of the folder, a member whose
path leaves the archive, one that is far too large) is there all the same, with its problem; so
is what cannot be read, which is nobody's fault.
"""

import os
import stat
import weakref
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.reading import MAX_FILE, Unfit, open_regular, read_below, reason

_DEEP = 16  # folders that may lie in each other
_IGNORED = ("__pycache__", "__MACOSX")


@dataclass(frozen=True)
class Item:
    """A file or a folder.

    Attributes:
        path: where it is, from the root.
        read: returns a file's bytes; raises OSError.
        problem: why it is not read; empty if it may be.
        is_folder: whether it is a folder.
        unreadable: whether the problem is that it cannot be read, and not what it is.
    """

    path: PurePosixPath
    read: Callable[[], bytes]
    problem: str = ""
    is_folder: bool = False
    unreadable: bool = False


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
    except Unfit as error:
        raise UsageError(f"{root} {error}.") from error
    except Exception as error:  # what a damaged archive raises has no base in common either
        as_class = "" if one else " as a class"
        raise UsageError(f"{root} cannot be read{as_class}: {error}.") from error
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
            problem = f"the folder cannot be read ({reason(error)})"
            path = _path(folder, root)
            items.append(Item(path, bytes, problem, is_folder=True, unreadable=True))
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
    """Return a file of a folder; a link must stay within what is the same learner's.

    Where it leads is looked up now, and read from there: a link that is put in its place later
    is not followed.
    """
    path = _path(full, root)
    top, real, where = os.path.realpath(root), full, os.path.relpath(full, root)
    problem = ""
    is_folder = os.path.isdir(full)  # through a link: it may be somebody's
    try:
        if stat.S_ISLNK(os.lstat(full).st_mode):
            real = os.path.realpath(full)
            learner = where.split(os.sep)[:-1][:1]
            own = os.path.realpath(os.path.join(root, *learner)) if one or learner else ""
            if not _lies_in(real, top):
                problem = "it is a symbolic link that leads out of what was handed in"
            elif not os.path.exists(real):
                problem = "it is a symbolic link to nothing"
            elif not own or not _lies_in(real, own):
                problem = "it is a symbolic link to somebody else's file"
            where = os.path.relpath(real, top)
        status = None if problem else os.lstat(real)
    except OSError as error:
        return Item(path, bytes, f"it cannot be read ({reason(error)})", unreadable=True)
    if status and not stat.S_ISREG(status.st_mode):
        problem = "it is no regular file"
    elif status and status.st_size > MAX_FILE:
        problem = f"it has more than {MAX_FILE // 2**20} MiB"
    return Item(path, partial(_read, root, where.split(os.sep)), problem, is_folder)


def _lies_in(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


def _read(root: Path, parts: list[str]) -> bytes:
    """Read a file that may have become something else since it was listed."""
    try:
        return read_below(root, parts)
    except Unfit as error:
        raise OSError(f"it is no file any more as it was listed: it {error}") from error


def _archive(root: Path) -> list[Item]:
    file = os.fdopen(open_regular(root), "rb")
    try:
        archive = zipfile.ZipFile(file)
    except BaseException:
        file.close()
        raise
    weakref.finalize(archive, file.close)  # it does not close what it was given
    items = []
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")
        path, problem = _place(name), ""
        leads_out = path != PurePosixPath(name)  # no learner names paths: who packed it did
        if leads_out:
            problem = "its path leads out of the archive; pack it again"
        if path.parts[_DEEP:]:
            problem = f"it lies more than {_DEEP} folders deep"
            path = PurePosixPath(*path.parts[:_DEEP])
        elif stat.S_ISLNK(info.external_attr >> 16):
            problem = problem or "it is a link"
        elif info.file_size > MAX_FILE:
            problem = problem or f"it has more than {MAX_FILE // 2**20} MiB"
        is_folder = name.endswith("/")
        if path.parts:
            items.append(Item(path, _member(archive, info), problem, is_folder, leads_out))
        elif not is_folder:
            items.append(Item(PurePosixPath("(a file without a name)"), bytes))
    folders = {folder for item in items for folder in item.path.parents if folder.name}
    return items + [Item(folder, bytes, is_folder=True) for folder in folders]


def _place(name: str) -> PurePosixPath:
    """Return where a member is, from its name; one that leads out is where its path begins.

    Who handed it in stands at the beginning; nobody becomes another by what comes after.
    """
    path = PurePosixPath(name)
    if not path.is_absolute() and ".." not in path.parts:
        return path
    begin = [] if path.is_absolute() else list(takewhile(lambda part: part != "..", path.parts))
    inside = [part for part in path.parts[len(begin) :] if part not in ("..", path.anchor)]
    return PurePosixPath(*begin, *inside[-1:])


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(info) as file:
                data = file.read(MAX_FILE + 1)
        except Exception as error:  # what decompressors raise has no base in common
            why = "it is encrypted" if info.flag_bits & 1 else f"the archive is damaged ({error})"
            raise OSError(why) from error
        if len(data) != info.file_size:
            raise OSError("the archive is damaged (it has less of the file than it says)")
        return data

    return read
