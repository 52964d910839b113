"""The one way in which a file that somebody handed in is read.

Regular files only. No link is followed at the last step, nobody waits for a pipe, no more is
read than `MAX_FILE` bytes, and what cannot be read whole is not read at all.
"""

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path

MAX_FILE = 64 * 1024 * 1024
"""Bytes up to which a file is read at all."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Unfit(OSError):
    """What is there is not to be read: a link, a pipe, a device, or far too much.

    The message goes on from "it" or from a path: "is a symbolic link; …".
    """


class NotWhole(OSError):
    """A file was there and could be opened, but not be read to its end."""


def open_regular(path: str | Path, folder: int | None = None) -> int:
    """Open a regular file to read and return its descriptor.

    Args:
        path: the file; a link is followed nowhere but on the way to its folder.
        folder: the descriptor of the folder in which a relative path begins.

    Raises:
        Unfit: there is something else of that name.
        OSError: it cannot be opened.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unfit("is a symbolic link; only the file itself is read") from None
        if error.errno in (errno.ENXIO, errno.ENODEV):  # a socket, a device that is not there
            raise Unfit("is no regular file") from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unfit("is no regular file")
    return descriptor


def read_regular(path: str | Path, folder: int | None = None) -> bytes:
    """Return all bytes of a regular file.

    Args:
        path: as for `open_regular`.
        folder: the same.

    Raises:
        Unfit: there is something else of that name, or it is far too large.
        NotWhole: it could be read in part at the most.
        OSError: it cannot be opened.
    """
    with open(open_regular(path, folder), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_FILE:
            raise too_large()
        try:
            data = file.read(size + 1)
        except OSError as error:
            raise NotWhole(reason(error)) from error
    if len(data) != size:
        raise NotWhole("it changed while it was read")
    return data


def read_below(root: str | Path, parts: Sequence[str]) -> bytes:
    """Return all bytes of a regular file below a folder, following no link on the way to it.

    Args:
        root: the folder, which may itself be reached by a link.
        parts: the names of the folders from there, and of the file.

    Raises:
        OSError: as for `read_regular`.
    """
    folder = os.open(root, _FOLDER)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return read_regular(parts[-1], folder)
    finally:
        os.close(folder)


def read_stream(number: int) -> bytes:
    """Return all that comes from an open descriptor, such as standard input, to its end.

    Raises:
        Unfit: it is far too much.
        OSError: it cannot be read.
    """
    with open(os.dup(number), "rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise too_large()
    return data


def too_large() -> Unfit:
    """Return the error for a file of more than `MAX_FILE`."""
    return Unfit(f"has more than {MAX_FILE // 2**20} MiB; no file of that size is read")


def reason(error: OSError) -> str:
    """Return why something could not be read, without the path, to stand within a sentence."""
    return error.strerror.lower() if error.strerror else str(error) or "unknown error"
