"""Whose a folder of reports is: the mark that a run leaves in it.

The mark (`run.json`) tells the class and every file that runs have written there. What a run
would write and has not written before is somebody else's, and stays.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.files import UNREADABLE, read_json
from grader.jail.isolation import LEVELS, Level

FILE = "run.json"
_FORMAT = "reports of a class by attention-kata, 1"
_BEGIN = json.dumps({"format": _FORMAT})[:-1].encode()
_NAMED = 3  # files that a refusal names


@dataclass(frozen=True)
class Mark:
    """What a folder of reports says of itself.

    Attributes:
        of: a digest of where the class is.
        name: the name of the class's folder, or of its zip.
        seed: of the last run.
        files: the names of all that runs have written, or may have.
        level: the level of isolation at which everybody was judged, once that is known.
    """

    of: str
    name: str
    seed: int
    files: frozenset[str]
    level: Level | None = None

    def text(self) -> str:
        """Return the mark as it is written."""
        about: dict[str, Any] = {"format": _FORMAT, "class": self.of, "name": self.name}
        about |= {"seed": self.seed, "level": self.level, "files": sorted(self.files)}
        return json.dumps(about) + "\n"


def is_mark(content: bytes) -> bool:
    """Say whether a file of the name `run.json` is the mark of a folder of reports."""
    return content.startswith(_BEGIN)


def lies_within(out: Path, root: Path) -> bool:
    """Say whether a folder of reports lies in that of the class, where learners may write."""
    named = Path(os.path.abspath(out)).is_relative_to(os.path.abspath(root))
    return named or out.resolve().is_relative_to(root.resolve())


def claim(
    out: Path, root: Path, names: Iterable[str], seed: int | None, *, fresh: bool
) -> tuple[Mark, bool]:
    """Return the mark of a run that is to write into a folder; write nothing.

    Args:
        out: the folder; it need not exist.
        root: the class.
        names: the files that the run may write.
        seed: the one that was asked for; else it is that of the last run, or a new one.
        fresh: whether reports of another class may be written over.

    Returns:
        The mark; and whether the reports that are there may be kept, as only runs of this class
        can have written them.

    Raises:
        UsageError: what is in the folder is not this class's.
    """
    wanted = {FILE, *names}
    where = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
    there = _names_in(out)
    old = _read(out)
    inside = lies_within(out, root)
    if inside and old is None and any(not name.startswith(".") for name in there):
        raise UsageError(
            f"{out} lies in the folder of the class and no run has made it, so it may be "
            "somebody's submission. Name another folder with --out."
        )
    foreign = sorted(wanted & there - (old.files if old else set()))
    if foreign:
        found = ", ".join(foreign[:_NAMED]) + (" and more" if foreign[_NAMED:] else "")
        raise UsageError(
            f"{out} has files that no run has written and this one would ({found}); they are as "
            "they were. Name another folder with --out."
        )
    if old and old.of != where and not fresh:
        raise UsageError(
            f"{out} has the reports of another class ({old.name}), or this one was elsewhere "
            "then. Name another folder with --out, or grade anew into this one with --fresh."
        )
    # What lies in the class may be the learners' work, the mark and its seed too.
    ours = not inside and (old is None or old.of == where)
    if seed is None:
        seed = old.seed if old and ours else secrets.randbits(32)
    files = frozenset(wanted | (old.files if old else set()))
    level = old.level if old and ours else None
    return Mark(where, root.resolve().name, seed, files, level), ours and not fresh


def _names_in(out: Path) -> set[str]:
    try:
        return set(os.listdir(out))
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise UsageError(f"{out} cannot be looked into ({error.strerror}).") from error


def _read(out: Path) -> Mark | None:
    """Return the mark of a folder, if it has a good one."""
    with suppress(*UNREADABLE):
        mark = read_json(out / FILE)
        if mark["format"] != _FORMAT:
            return None
        files, seed = mark["files"], mark["seed"]
        texts = [mark["class"], mark["name"], *files]
        if all(type(text) is str for text in texts) and type(seed) is int and 0 <= seed < 2**32:
            level = mark["level"] if mark["level"] in LEVELS else None
            return Mark(mark["class"], mark["name"], seed, frozenset(files), level)
    return None
