"""A file or a folder of what was handed in, wherever it lies."""

import unicodedata
from collections.abc import Callable
from itertools import takewhile
from pathlib import PurePosixPath
from typing import NamedTuple

DEEP = 16
"""Folders that may lie in each other."""


class Item(NamedTuple):
    """A file or a folder.

    Attributes:
        path: where it is, from the root; its accents composed (NFC).
        read: returns a file's bytes; raises OSError.
        problem: why it is not read; empty if it may be.
        is_folder: whether it is a folder.
        unreadable: whether the problem is that it cannot be read, and not what it is.
        is_clone: whether it is a folder that git has cloned.
        is_zip: whether it is a zip, opened: a folder like any other.
    """

    path: PurePosixPath
    read: Callable[[], bytes]
    problem: str = ""
    is_folder: bool = False
    unreadable: bool = False
    is_clone: bool = False
    is_zip: bool = False


def composed(text: str) -> str:
    """Return a name with its accents composed: macOS takes them apart, and it is the same name."""
    return unicodedata.normalize("NFC", text)


def place(name: str) -> tuple[PurePosixPath, bool]:
    """Return where a member of an archive is, from its name, and whether that leads out.

    What leads out is where its path begins: who handed it in stands at the beginning, and
    nobody becomes another by what comes after.
    """
    path = PurePosixPath(composed(name))
    if not path.is_absolute() and ".." not in path.parts:
        return path, False
    begin = [] if path.is_absolute() else list(takewhile(lambda part: part != "..", path.parts))
    inside = [part for part in path.parts[len(begin) :] if part not in ("..", path.anchor)]
    return PurePosixPath(*begin, *inside[-1:]), True
