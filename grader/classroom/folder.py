"""The folder of a class's reports: kept to one run, and what that writes into it."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.classroom.task import Graded
from grader.errors import UsageError
from grader.files import is_regular, remove, write_atomically
from grader.intake import marks
from grader.intake.entry import Entry
from grader.screen.terminal import named

_CLAIMS, _CLAIM_SECONDS = 20, 0.1  # how often a folder is claimed, and the time between


@contextlib.contextmanager
def claimed(out: Path) -> Iterator[None]:
    """Keep a folder of reports to this class: two that write to it would mix their seeds.

    Raises:
        UsageError: another class is being graded into it.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    folder = os.open(out, os.O_RDONLY)
    try:
        for left in reversed(range(_CLAIMS)):  # what a killed one had started ends in a moment
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if not left:
                    raise UsageError(
                        f"Another class is being graded into {named(out)}. Wait for it to end, or "
                        "take another folder."
                    ) from error
                time.sleep(_CLAIM_SECONDS)
            except OSError:  # a file system without locks
                break
        yield
    finally:
        os.close(folder)


def leave_mark(out: Path, mark: marks.Mark) -> None:
    """Write the mark of a run, before anything else of it.

    Raises:
        GraderFault: it cannot be written.
    """
    write_atomically(out / marks.FILE, mark.text(), anew=True)


def take_over(out: Path, claim: marks.Claim, *, prune: bool = False) -> marks.Mark:
    """Make a folder a run's own: leave its mark, remove another class's reports.

    Args:
        out: the folder.
        claim: what may be done there.
        prune: whether reports of learners who are gone are removed, too.

    Returns:
        The mark from now on.

    Raises:
        GraderFault: the mark cannot be written, or a report not be removed.
    """
    leave_mark(out, claim.mark)  # with their names, until they are gone
    gone = claim.stale | claim.left if prune else claim.stale
    for name in sorted(gone):
        if is_regular(out / name):
            remove(out / name)
    return replace(claim.mark, files=claim.mark.files - gone)


def write_report(out: Path, entry: Entry, graded: Graded) -> None:
    """Write the report of an entry, and what formats make of it.

    Raises:
        GraderFault: one of them cannot be written.
    """
    for name, data in graded.formats.items():
        if data is None:  # an older one would be taken for the result
            remove(report_path(out, entry, name))
        else:
            write_atomically(report_path(out, entry, name), data, anew=True)
    write_atomically(report_path(out, entry), graded.report, anew=True)


def report_path(out: Path, entry: Entry, kind: str = "json") -> Path:
    """Return where the report of an entry is written, or what a format makes of it."""
    return out / f"{entry.key}.{kind}"
