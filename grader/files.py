"""Writing files so that nobody ever reads half of one, and reading those of before."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from typing import Any

from grader.console import Unwinding
from grader.errors import GraderFault, UsageError
from grader.reading import read_regular


def write_atomically(target: Path, content: str | bytes, *, anew: bool = False) -> None:
    """Write a file so that it is there whole or not at all; text as UTF-8.

    A symbolic link is followed; what is no regular file, such as a pipe, is written to as
    it is.

    Args:
        target: where to.
        content: what.
        anew: refuse whatever is there and is no regular file, a link too.

    Raises:
        GraderFault: it cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    real = target if anew else Path(os.path.realpath(target))
    try:
        if anew and os.path.lexists(real) and not is_regular(real):
            raise GraderFault(f"{target} is in the way: it is no file. Move it and grade again.")
        if real.exists() and not real.is_file():
            real.write_bytes(data)
            return
        draft = real.with_name(f"{DRAFT}{os.getpid()}.{real.name}"[:255])
        try:
            draft.unlink(missing_ok=True)
            with Unwinding():
                with draft.open("xb") as file:  # nor is a link of that name followed
                    file.write(data)
                draft.replace(real)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise GraderFault(f"{target} cannot be written ({reason}).") from error


def remove(target: Path) -> None:
    """Remove a file or a link, if it is there.

    Raises:
        GraderFault: it cannot be removed.
    """
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise GraderFault(f"{target} is out of date and cannot be removed ({reason}).") from error


DRAFT = ".draft-"
"""How the name of a file begins that is being written; one that is left was being written."""


def remove_drafts(folder: Path) -> None:
    """Remove what writers that were killed left behind in a folder."""
    for draft in folder.glob(f"{DRAFT}*"):
        if is_regular(draft):
            with suppress(OSError):  # one that stays is in nobody's way
                draft.unlink()


def is_regular(path: Path) -> bool:
    """Say whether there is a regular file, and no link to one."""
    try:
        return S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


UNREADABLE = (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError)
"""What `read_json`, and a look into what it returned, may raise."""


def read_json(path: Path) -> Any:
    """Return what a file of JSON holds; nobody waits for what is no regular file."""
    return json.loads(read_regular(path).decode("utf-8"))


def leave_deleted_folder(paths: Iterable[str | Path | None]) -> None:
    """Go to the root if the current folder is gone: much that is used asks where it is.

    Args:
        paths: what the command was given; none of them may be sought from there.

    Raises:
        UsageError: one of them was.
    """
    with suppress(OSError):
        os.getcwd()
        return
    for path in paths:
        if path is not None and not os.path.isabs(path):
            raise UsageError(
                f"The current folder was deleted, so {path} leads nowhere. Go to another folder "
                "(cd), or name it from the root."
            )
    os.chdir("/")
