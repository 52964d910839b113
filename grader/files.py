"""Writing files so that nobody ever reads half of one."""

import os
from pathlib import Path

from grader.errors import GraderFault


def write_atomically(target: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all; text as UTF-8.

    A symbolic link is followed; what is no regular file, such as a pipe, is written to as
    it is.

    Raises:
        GraderFault: it cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    real = Path(os.path.realpath(target))
    try:
        if real.exists() and not real.is_file():
            real.write_bytes(data)
            return
        draft = real.with_name(f".{os.getpid()}.{real.name}"[:255])
        try:
            draft.write_bytes(data)
            draft.replace(real)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise GraderFault(f"{target} cannot be written ({reason}).") from error
