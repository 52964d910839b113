"""A folder or a zip as the same thing: paths with slashes, and what can be read there.

Nothing is ever unpacked. What must not be read (a link out of the folder, a member whose
path leaves the archive, one that is far too large) is there all the same, with its problem.
"""

import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.intake import MAX_FILE

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


def list_tree(root: Path, without: Path | None = None) -> list[Item]:
    """Return what is in a folder or in a zip, sorted by path, without what is hidden.

    Args:
        root: the folder, or the zip.
        without: a folder inside that is not looked into, of the reports for example.

    Raises:
        UsageError: it is neither, or cannot be read.
    """
    try:
        items = _folder(root, without) if root.is_dir() else _archive(root)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise UsageError(f"{root} cannot be read as a class: {error}.") from error
    shown = (item for item in items if not _is_hidden(item.path))
    return sorted(shown, key=lambda item: str(item.path))


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part in _IGNORED or part.startswith(".") for part in path.parts if part != "..")


def _folder(root: Path, without: Path | None) -> list[Item]:
    items = []
    real_root = os.path.realpath(root)
    left_out = without and os.path.realpath(without)

    def note_unreadable(error: OSError) -> None:
        if error.filename == str(root):
            raise error
        path = PurePosixPath(Path(error.filename).relative_to(root).as_posix())
        reason = (error.strerror or "unknown error").lower()
        items.append(Item(path, bytes, f"the folder cannot be read ({reason})", is_folder=True))

    for folder, folders, files in os.walk(root, onerror=note_unreadable):
        folders[:] = [
            name for name in folders if os.path.realpath(os.path.join(folder, name)) != left_out
        ]
        if folder != str(root):
            path = PurePosixPath(Path(folder).relative_to(root).as_posix())
            items.append(Item(path, bytes, is_folder=True))
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in (*files, *links):
            full = os.path.join(folder, name)
            relative = PurePosixPath(Path(full).relative_to(root).as_posix())
            real = os.path.realpath(full)
            problem = ""
            if os.path.islink(full) and os.path.commonpath([real, real_root]) != real_root:
                problem = "it is a link that leaves the folder of the class"
            elif not os.path.exists(real):
                problem = "it is a link to nothing"
            elif not os.path.isfile(real):
                problem = "it is not a file"
            elif os.path.getsize(real) > MAX_FILE:
                problem = f"it has more than {MAX_FILE // 2**20} MiB"
            items.append(Item(relative, Path(full).read_bytes, problem))
    return items


def _archive(root: Path) -> list[Item]:
    archive = zipfile.ZipFile(root)
    items = []
    for info in archive.infolist():
        path = PurePosixPath(info.filename.replace("\\", "/"))
        problem = ""
        if path.is_absolute() or ".." in path.parts:
            problem = "its path leads out of the archive"
            path = PurePosixPath(path.name)
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
        except Exception as error:  # what the decompressors raise has no base in common
            raise OSError(f"the archive is damaged ({error})") from error

    return read
