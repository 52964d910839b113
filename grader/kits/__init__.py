"""Kits: all that a platform needs to grade with this grader, written into a folder."""

import os
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader import __version__
from grader.errors import GraderFault, UsageError
from grader.kata import Kata
from grader.kits.wheel import build_wheel

TEMPLATES = Path(__file__).parent / "templates"
PLATFORMS = {
    "gradescope": "Gradescope: the autograder's zip",
    "prairielearn": "PrairieLearn: a question, and the image that grades it",
    "github": "GitHub Actions and Classroom 50: a workflow, and an autograder's bundle",
    "coderunner": "Moodle CodeRunner: a question type to import",
    "docker": "Docker: an image for any other platform",
}
_WHEEL = "WHEEL"
"""The file of a template that tells the folders that get the wheel, one a line."""


def export(kata: Kata, platform: str, folder: Path) -> list[Path]:
    """Write the kit of a platform: all of it or nothing.

    Args:
        kata: what is to be graded.
        platform: a key of `PLATFORMS`.
        folder: where to; made if need be, and otherwise empty.

    Returns:
        The files.

    Raises:
        UsageError: there is no such platform, or something is in the folder.
        GraderFault: a file cannot be written.
    """
    if platform not in PLATFORMS:
        raise UsageError(f"There is no kit for {platform}; there are: {', '.join(PLATFORMS)}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; name a new folder, so that nothing is lost.")
    place = Path(os.path.realpath(folder))
    draft = place.with_name(f".{os.getpid()}.{place.name}"[:255])
    try:
        draft.mkdir(parents=True)
        try:
            _fill(kata, draft, platform)
            _move(draft, place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise GraderFault(f"The kit cannot be written to {folder} ({reason}).") from error
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _fill(kata: Kata, folder: Path, platform: str) -> None:
    """Write the files of a kit."""
    root = TEMPLATES / platform
    wheel = build_wheel(kata, folder)
    words = {
        "@VERSION@": __version__,
        "@FILE@": kata.file,
        "@TITLE@": kata.title,
        "@WHEEL@": wheel.name,
        "@STATEMENT@": kata.statement.read_text(encoding="utf-8"),
        "@STUB@": kata.stub.read_text(encoding="utf-8"),
    }
    for path in _templates(root):
        name = str(path.relative_to(root)).replace("@FILE@", kata.file)
        _write(folder / name, path.read_text(encoding="utf-8"), words)
    made = wheel.read_bytes()
    wheel.unlink()
    for place in (root / _WHEEL).read_text(encoding="utf-8").split():
        (folder / place).mkdir(parents=True, exist_ok=True)
        (folder / place / wheel.name).write_bytes(made)
    if platform == "gradescope":
        _zip(folder)


def _templates(root: Path) -> Iterator[Path]:
    """Yield a template's files; installers leave compiled ones beside those in Python."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name != _WHEEL and "__pycache__" not in path.parts:
            yield path


def _move(draft: Path, place: Path) -> None:
    """Put what is finished in its place; a folder that is there already stays the same one."""
    if not place.exists():
        draft.rename(place)
        return
    for path in draft.iterdir():
        shutil.move(path, place / path.name)


def _write(target: Path, text: str, words: dict[str, str]) -> None:
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    if text.startswith("#!"):
        target.chmod(target.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _zip(folder: Path) -> None:
    """Put everything but the README into a zip whose root is the platform's."""
    files = [path for path in sorted(folder.iterdir()) if path.name != "README.md"]
    with zipfile.ZipFile(folder / "autograder.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.name)
    for path in files:
        path.unlink()
