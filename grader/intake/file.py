"""What is handed in: a file, a folder with one, or a class of them."""

import re
from pathlib import Path
from typing import NamedTuple

from grader.errors import GraderFault, UsageError
from grader.reading import MAX_FILE as MAX_FILE
from grader.reading import NotWhole, Unfit, read_regular, read_stream, reason

STDIN = Path("/dev/stdin")
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})")


class HandedIn(NamedTuple):
    """One file that is to be judged, or why it is not.

    Attributes:
        name: the file's name.
        source: its bytes.
        problem: why there is nothing to judge; empty if there is.
        unreadable: whether that is no fault of the learner's: the file could not be read.
    """

    name: str
    source: bytes = b""
    problem: str = ""
    unreadable: bool = False


def is_class(path: Path) -> bool:
    """Say whether a path is a class of submissions: a folder, or a zip of one."""
    try:
        return path.is_dir() or (path.suffix.lower() == ".zip" and path.is_file())
    except OSError:
        return False


def read_one(folder: Path, wanted: str) -> HandedIn:
    """Return the file in a learner's folder, or why there is none.

    Args:
        folder: the folder.
        wanted: the name that the file to judge should have.

    Raises:
        UsageError: there is no such folder.
    """
    from grader.intake.learners import pick_one

    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; --one takes the folder of one submission.")
    entry = pick_one(folder, wanted)
    source, problem, unreadable = entry.take()
    return HandedIn(entry.name, source, problem, unreadable)


def _instead(path: Path) -> str:
    """Say what may have been meant by a path at which there is nothing."""
    from grader.text import nearest

    try:
        there = {one.stem: one for one in path.parent.iterdir() if one.suffix in (".py", ".ipynb")}
    except OSError:
        return f"There is no folder {path.parent} either. Is the path spelled right?"
    near = nearest(path.stem, there)
    if near is not None:
        return f"Did you mean {there[near]}?"
    return "Is the path spelled right? `kata start` writes a file to begin with."


def read_submission(path: Path) -> bytes:
    """Return the bytes of the file that is to be judged.

    Raises:
        UsageError: there is none, or it is nothing to read.
        GraderFault: it could not be read whole.
    """
    try:
        return read_named(path)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}. {_instead(path)}") from None


def read_named(path: Path) -> bytes:
    """Return the bytes of a file that somebody names.

    Standard input and other open descriptors are read to their end, if they are asked for by
    their own names: `/dev/stdin`, `/dev/fd/63`.

    Raises:
        FileNotFoundError: there is none.
        UsageError: it is nothing to read.
        GraderFault: it could not be read whole.
    """
    number = _descriptor(path)
    try:
        if number is None:
            return read_regular(path)
        if not (data := read_stream(number)):
            where = f"{path} is" if number else "Standard input is"
            raise UsageError(f"{where} empty, so nothing was handed in. Name a file, or pipe one.")
        return data
    except FileNotFoundError:
        raise
    except Unfit as error:
        raise UsageError(f"{path} {error}.") from error
    except NotWhole as error:
        raise GraderFault(f"{path} cannot be read whole ({error}). Try again.") from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({reason(error)}). Check its permissions."
        ) from error


def _descriptor(path: Path) -> int | None:
    """Return the number of the open descriptor that a path is the name of."""
    if path == STDIN:
        return 0
    match = _DESCRIPTOR.fullmatch(str(path))
    return int(match[1]) if match else None
