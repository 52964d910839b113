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
from grader.files import UNREADABLE
from grader.jail.isolation import LEVELS, Level
from grader.reading import read_regular

FILE = "run.json"
_FORMAT = "reports of a class by attention-kata, 1"
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
        place: where it lies in the folder of the class; empty if it lies elsewhere.
    """

    of: str
    name: str
    seed: int
    files: frozenset[str]
    level: Level | None = None
    place: str = ""

    def text(self) -> str:
        """Return the mark as it is written."""
        about: dict[str, Any] = {"format": _FORMAT, "class": self.of, "name": self.name}
        about |= {"seed": self.seed, "level": self.level, "place": self.place}
        about |= {"files": sorted(self.files)}
        return json.dumps(about) + "\n"


@dataclass(frozen=True)
class Claim:
    """A folder of reports that a run may write into.

    Attributes:
        mark: of the run.
        kept: whether the reports that are there may be kept, as only runs of this class can
            have written them.
        stale: the names of another class's reports, which this run does not write.
        left: those of this class's that no run would write any more, of learners who are gone.
    """

    mark: Mark
    kept: bool
    stale: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


def is_ours(content: bytes, root: Path, place: str) -> bool:
    """Say whether a run of a class has left a mark in the class, and in that very place.

    No learner can: where the class will be is not known when it is handed in. A mark that was
    copied, or moved along with the class, says nothing.
    """
    mark = _parse(content)
    return mark is not None and (mark.of, mark.place) == (_digest(root), place)


def lies_within(out: Path, root: Path) -> bool:
    """Say whether a folder of reports lies in that of the class, where learners may write."""
    named = Path(os.path.abspath(out)).is_relative_to(os.path.abspath(root))
    return named or out.resolve().is_relative_to(root.resolve())


def claim(out: Path, root: Path, names: Iterable[str], seed: int | None, *, fresh: bool) -> Claim:
    """Return what a run that is to write into a folder may do there; write nothing.

    Args:
        out: the folder; it need not exist.
        root: the class.
        names: the files that the run may write.
        seed: the one that was asked for; else it is that of the last run, or a new one.
        fresh: whether reports of another class may be written over.

    Raises:
        UsageError: what is in the folder is not this class's, or cannot be written over.
    """
    wanted = {FILE, *names}
    where = _digest(root)
    there = _look_into(out)
    old = _read(out)
    inside = lies_within(out, root)
    if inside and old is None and any(not name.startswith(".") for name in there):
        raise UsageError(
            f"{out} lies in the folder of the class and no run has made it, so it may be "
            "somebody's submission. Name another folder with --out."
        )
    if odd := [name for name in wanted if not there.get(name, True)]:
        raise UsageError(
            f"{out} has what is no regular file where a report goes ({_listed(odd)}). Move it "
            "and grade again, or name another folder with --out."
        )
    foreign = (wanted & set(there)) - (old.files if old else set())
    if foreign:
        found = _listed(foreign)
        if FILE not in there:
            raise UsageError(
                f"{out} has files with the names of reports ({found}), but {FILE} is missing, in "
                "which a run notes what it has written; they are as they were. If they are "
                f"reports of before, put {FILE} back or delete them. Else name another folder "
                "with --out."
            )
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
    mark = Mark(where, root.resolve().name, seed, files, level, _place(out, root))
    stale = old.files - wanted if old and old.of != where and not inside else frozenset()
    same = old is not None and old.of == where and not inside
    left = (old.files - wanted) & set(there) if old and same else frozenset()
    return Claim(mark, ours and not fresh, stale, left)


def _digest(root: Path) -> str:
    return hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]


def _place(out: Path, root: Path) -> str:
    with suppress(ValueError):
        return os.fsdecode(out.resolve().relative_to(root.resolve()))
    return ""


def _listed(names: Iterable[str]) -> str:
    """Return the first of some names, for a sentence."""
    ordered = sorted(names)
    return ", ".join(ordered[:_NAMED]) + (" and more" if ordered[_NAMED:] else "")


def _look_into(out: Path) -> dict[str, bool]:
    """Return what is in a folder, which need not exist, and whether it is a regular file."""
    try:
        with os.scandir(out) as entries:
            return {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
    except FileNotFoundError:
        for path in (out, *out.parents):
            if path.is_symlink() and not path.exists():
                raise UsageError(
                    f"{path} is a symbolic link to nothing ({os.readlink(path)}). Make that "
                    "folder, or name another one with --out."
                ) from None
        return {}
    except OSError as error:
        raise UsageError(f"{out} cannot be looked into ({error.strerror}).") from error


def _read(out: Path) -> Mark | None:
    """Return the mark of a folder, if it has a good one."""
    with suppress(OSError):
        return _parse(read_regular(out / FILE))
    return None


def _parse(content: bytes) -> Mark | None:
    """Return the mark that a file holds, if it is a good one."""
    with suppress(*UNREADABLE):
        mark = json.loads(content.decode("utf-8"))
        if mark["format"] != _FORMAT:
            return None
        files, seed = mark["files"], mark["seed"]
        place = mark.get("place", "")
        texts = [mark["class"], mark["name"], place, *files]
        if all(type(text) is str for text in texts) and type(seed) is int and 0 <= seed < 2**32:
            level = mark["level"] if mark["level"] in LEVELS else None
            names = frozenset(name for name in files if name == os.path.basename(name))
            return Mark(mark["class"], mark["name"], seed, names, level, place)
    return None
