"""Kits: all that a platform needs to grade with this grader, written into a folder."""

import shutil
import stat
import zipfile
from pathlib import Path

from grader import __version__, kata
from grader.errors import UsageError
from grader.files import write_atomically
from grader.kits.wheel import build_wheel

TEMPLATES = Path(__file__).parent / "templates"
PLATFORMS = {
    "gradescope": "Gradescope: the autograder's zip",
    "prairielearn": "PrairieLearn: a question, and the image that grades it",
    "github": "Classroom 50 and GitHub Actions: a repository's workflow and autograder",
    "coderunner": "Moodle CodeRunner: a question type to import",
    "docker": "Docker: an image for any other platform",
}


def export(platform: str, folder: Path) -> list[Path]:
    """Write the kit of a platform.

    Args:
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
    folder.mkdir(parents=True, exist_ok=True)
    root = TEMPLATES / platform
    wheel = build_wheel(folder) if (root / "WHEEL").exists() else None
    words = {
        "@VERSION@": __version__,
        "@FILE@": kata.FILE,
        "@WHEEL@": wheel.name if wheel else "",
        "@STATEMENT@": kata.statement().read_text(encoding="utf-8"),
        "@STUB@": kata.stub().read_text(encoding="utf-8"),
    }
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name != "WHEEL":
            _write(folder / path.relative_to(root), path.read_text(encoding="utf-8"), words)
    if wheel and (place := (root / "WHEEL").read_text().strip()):
        (folder / place).mkdir(parents=True, exist_ok=True)
        shutil.move(wheel, folder / place / wheel.name)
    if platform == "gradescope":
        _zip(folder)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _write(target: Path, text: str, words: dict[str, str]) -> None:
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, text)
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
