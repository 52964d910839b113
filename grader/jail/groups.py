"""The control groups that this process is in, whose limits hold for all that it starts."""

import os
from collections.abc import Iterator

_GROUPS = "/sys/fs/cgroup"


def folders(controller: str) -> Iterator[str]:
    """Yield the folders of the groups that a controller limits, from the innermost to the root.

    In a container the innermost that can be seen is the root: what lies below is not there.
    """
    try:
        lines = read("/proc/self/cgroup").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        root = os.path.join(_GROUPS, controller) if controllers else _GROUPS
        folder = os.path.normpath(f"{root}/{path}")
        while folder.startswith(root):
            yield folder
            folder = os.path.dirname(folder)


def read(path: str) -> str:
    """Return the text of a small file of the kernel's."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def number(folder: str, name: str) -> int | None:
    """Return the number in a group's file; None if there is none, or no such file."""
    try:
        text = read(os.path.join(folder, name)).strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def counts(folder: str, name: str) -> dict[str, int]:
    """Return the numbers in a group's file that names each; none if there is no such file."""
    try:
        lines = read(os.path.join(folder, name)).splitlines()
    except OSError:
        return {}
    pairs = (line.split(" ", 1) for line in lines if " " in line)
    return {key: int(value) for key, value in pairs if value.strip().isdigit()}
