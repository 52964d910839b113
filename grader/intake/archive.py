"""A zip as a list of members with their names as they were meant, and what can be read of them.

Nothing is unpacked. Zips say with a flag that a name is in UTF-8; macOS, and whatever packs on
Linux without it, leave the flag away, and Windows writes names in the code page of the country.
"""

import io
import os
import stat
import struct
import weakref
import zipfile
from collections.abc import Callable
from typing import NamedTuple

from grader.intake.item import DEEP, Item, place
from grader.reading import MAX_FILE, open_regular

MOST_MEMBERS = 10_000
"""Files that a zip which somebody handed in may have."""
_LARGEST_DIRECTORY = 400 * MOST_MEMBERS
NAMELESS = "(a file without a name)"
_UTF8 = 0x800
_UNICODE_PATH = 0x7075


class Names(NamedTuple):
    """How names are read that do not say how they are written.

    Attributes:
        encoding: the one that was named; empty takes UTF-8 if it is valid, else cp437.
        odd: takes up the names that were guessed.
    """

    encoding: str = ""
    odd: list[str] | None = None


def list_archive(root: str, names: Names) -> list[Item]:
    """Return what is in a zip.

    Raises:
        OSError: it cannot be read.
        zipfile.BadZipFile: it is none.
    """
    file = os.fdopen(open_regular(root), "rb")
    try:
        archive = zipfile.ZipFile(file)
    except BaseException:
        file.close()
        raise
    weakref.finalize(archive, file.close)  # it does not close what it was given
    return _items(archive, names, lambda info: _reader(archive, info))


def look_into(item: Item, names: Names) -> list[Item]:
    """Return a zip that somebody handed in as a folder with what is in it.

    It is opened again for each member that is read: a class of them would not fit in memory.
    """
    try:
        data = item.read()
        if _directory(data) > _LARGEST_DIRECTORY:
            return [item._replace(problem=f"it has more than {MOST_MEMBERS} files")]
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except OSError as error:
        return [item._replace(problem=str(error), unreadable=True)]
    except Exception:  # what a damaged archive raises has no base in common
        return [item._replace(problem="it is no zip that can be opened")]
    if len(infos) > MOST_MEMBERS:
        return [item._replace(problem=f"it has more than {MOST_MEMBERS} files")]
    if any(info.flag_bits & 1 for info in infos):
        return [item._replace(problem="it is locked with a password")]

    def read_again(info: zipfile.ZipInfo) -> Callable[[], bytes]:
        return lambda: _reader(zipfile.ZipFile(io.BytesIO(item.read())), info)()

    inside = _items(archive, names, read_again)
    folder = Item(item.path, bytes, is_folder=True, is_zip=True)
    # Whoever packed it is who handed it in: a path that leads out is no fault of a reader's.
    below = (one._replace(path=item.path / one.path, unreadable=False) for one in inside)
    return [folder, *below]


def _directory(data: bytes) -> int:
    """Return how many bytes a zip has for the names of its files: more take long to look at."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 2**16 - 22))
    return int(struct.unpack_from("<L", data, at + 12)[0]) if 0 <= at <= len(data) - 22 else 0


def _items(
    archive: zipfile.ZipFile,
    names: Names,
    reader: Callable[[zipfile.ZipInfo], Callable[[], bytes]],
) -> list[Item]:
    items = []
    for info in archive.infolist():
        name = _name(info, names).replace("\\", "/")
        path, leads_out = place(name)
        problem = "its path leads out of the archive; pack it again" if leads_out else ""
        if path.parts[DEEP:]:
            problem = f"it lies more than {DEEP} folders deep"
            path = type(path)(*path.parts[:DEEP])
        elif stat.S_ISLNK(info.external_attr >> 16):
            problem = problem or "it is a link"
        elif info.file_size > MAX_FILE:
            problem = problem or f"it has more than {MAX_FILE // 2**20} MiB"
        is_folder = name.endswith("/")
        if path.parts:
            items.append(Item(path, reader(info), problem, is_folder, leads_out))
        elif not is_folder:
            items.append(Item(type(path)(NAMELESS), bytes))
    clones = {item.path.parent for item in items if item.path.name == ".git"}
    clones |= {item.path.parent.parent for item in items if item.path.parent.name == ".git"}
    folders = {folder for item in items for folder in item.path.parents if folder.name}
    items += [Item(folder, bytes, is_folder=True) for folder in folders]
    return [
        item._replace(is_clone=True) if item.is_folder and item.path in clones else item
        for item in items
    ]


def _name(info: zipfile.ZipInfo, names: Names) -> str:
    """Return a member's name: as it says, else as it was asked for, else in UTF-8 if it can be."""
    if info.flag_bits & _UTF8 or info.filename.isascii():
        return info.filename
    told = _told_apart(info.extra)
    if told:
        return told
    try:
        raw = info.filename.encode("cp437")  # how zipfile has read it
    except UnicodeEncodeError:
        return info.filename
    for encoding in (names.encoding, "utf-8"):
        try:
            if encoding:
                return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    if names.odd is not None:
        names.odd.append(info.filename)
    return info.filename


def _told_apart(extra: bytes) -> str:
    """Return the name in UTF-8 that Info-ZIP and 7-Zip put beside the other one."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _UNICODE_PATH and size > 5:
            return extra[at + 9 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return ""


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
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
