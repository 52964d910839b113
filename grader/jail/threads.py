"""How many threads a worker may start: few, and never so many that others find no room."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

MOST = 32
"""Threads that a worker may have beside its first."""
_SHARE = 4  # so many workers must have room for theirs at once
_GROUPS = Path("/sys/fs/cgroup")


@cache
def allowed() -> int:
    """Return how many threads a worker may start on this machine, as it is now."""
    left = min(_left(), default=MOST * _SHARE)
    return max(1, min(MOST, left // _SHARE))


def _left() -> Iterator[int]:
    """Yield how many tasks can still be made in each control group that this process is in."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "pids" not in controllers.split(","):
            continue
        root = _GROUPS / "pids" if controllers else _GROUPS
        folder = os.path.normpath(f"{root}/{path}")
        while folder.startswith(str(root)):
            try:
                most = Path(folder, "pids.max").read_text().strip()
                now = int(Path(folder, "pids.current").read_text())
            except (OSError, ValueError):
                most, now = "max", 0
            if most.isdigit():
                yield int(most) - now
            folder = os.path.dirname(folder)
