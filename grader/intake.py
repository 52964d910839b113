"""What is handed in: a file, a folder with one, or a class of them."""

from pathlib import Path

from grader.errors import UsageError

MAX_FILE = 64 * 1024 * 1024
"""Bytes up to which a file is read at all."""


def is_class(path: Path) -> bool:
    """Say whether a path is a class of submissions: a folder, or a zip of one."""
    try:
        return path.is_dir() or (path.suffix.lower() == ".zip" and path.is_file())
    except OSError:
        return False


def read_one(folder: Path) -> tuple[str, bytes, str]:
    """Return the name and the bytes of the file in a learner's folder, or why there is none.

    Raises:
        UsageError: there is no such folder.
    """
    from grader.classroom.discovery import pick

    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; --one takes the folder of one submission.")
    entry = pick(folder)
    return Path(entry.file).name, b"" if entry.problem else entry.read(), entry.problem


def _instead(path: Path) -> str:
    """Say what may have been meant by a path at which there is nothing."""
    import difflib

    try:
        names = [one.name for one in path.parent.iterdir() if one.suffix == ".py"]
    except OSError:
        return f"There is no folder {path.parent} either. Is the path spelled right?"
    near = difflib.get_close_matches(path.name, names, n=1)
    if near:
        return f"Did you mean {path.with_name(near[0])}?"
    return "Is the path spelled right? `kata start` writes a file to begin with."


def read_submission(path: Path) -> bytes:
    """Return the bytes of the file that is to be judged.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            source = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}. {_instead(path)}") from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise UsageError(f"{path} cannot be read ({reason}). Check its permissions.") from error
    if len(source) > MAX_FILE:
        raise UsageError(f"{path} has more than {MAX_FILE // 2**20} MiB; that is no submission.")
    return source
