"""A folder or a zip as the same thing: paths with slashes, and what can be read there.

Nothing is ever unpacked. What must not be read (a link out of the folder, a member whose
path leaves the archive, one that is far too large) is there all the same, with its problem; so
is what cannot be read, which is nobody's fault.
"""

import os
import stat
from functools import partial
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.intake.archive import Names, list_archive, look_into
from grader.intake.item import DEEP, Item, composed
from grader.reading import MAX_FILE, Unfit, read_below, reason

_IGNORED = ("__pycache__", "__MACOSX", "$RECYCLE.BIN")
_INSIDE = 2  # zips that may lie in each other: a class's, and a learner's


def list_tree(
    root: Path, without: Path | None = None, *, one: bool = False, names: Names | None = None
) -> list[Item]:
    """Return what is in a folder or in a zip, sorted by path, without what is hidden.

    Zips in it are folders, with what is in them.

    Args:
        root: the folder, or the zip.
        without: a folder inside that is not looked into, of the reports for example.
        one: whether all of it is one learner's.
        names: how the names in zips are read.

    Raises:
        UsageError: it is neither, or cannot be read.
    """
    names = names or Names()
    try:
        is_dir = root.is_dir()
        items = _folder(root, without, one) if is_dir else list_archive(str(root), names)
    except Unfit as error:
        raise UsageError(f"{root} {error}.") from error
    except Exception as error:  # what a damaged archive raises has no base in common either
        as_class = "" if one else " as a class"
        raise UsageError(f"{root} cannot be read{as_class}: {error}.") from error
    for _ in range(_INSIDE if is_dir else _INSIDE - 1):
        items = [one for item in items for one in _opened(item, names)]
    shown = (item for item in items if not _is_hidden(item.path))
    return sorted(shown, key=lambda item: str(item.path))


def _opened(item: Item, names: Names) -> list[Item]:
    """Return an item; if it is a zip, what is in it."""
    is_zip = item.path.suffix.lower() == ".zip" and not item.is_folder and not item.problem
    return look_into(item, names) if is_zip and not _is_hidden(item.path) else [item]


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
            is_clone = any(entry.name == ".git" for entry in entries)
            items.append(Item(_path(folder, root), bytes, is_folder=True, is_clone=is_clone))
        for entry in entries:
            path = _path(entry.path, root)
            if not entry.is_dir(follow_symlinks=False):
                items.append(_file(entry.path, root, one))
            elif len(path.parts) > DEEP:
                problem = f"it lies more than {DEEP} folders deep"
                items.append(Item(path, bytes, problem, is_folder=True))
            elif not _is_hidden(path) and os.path.realpath(entry.path) != left_out:
                waiting.append(entry.path)
    return items


def _path(full: str, root: Path) -> PurePosixPath:
    """Return a path from the root; bytes that are no text are written out."""
    text = Path(full).relative_to(root).as_posix()
    return PurePosixPath(composed(os.fsencode(text).decode("utf-8", "backslashreplace")))


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
