"""The memory that is left for a worker."""

from collections.abc import Iterator

from grader.jail import groups

_MIB = 2**20
_FILES = ("inactive_file", "active_file")  # what the kernel drops first


def left_mib() -> float:
    """Return how many MiB can still be had in the control groups that this process is in."""
    return max(0.0, min(_left(), default=float("inf")) / _MIB)


def _left() -> Iterator[float]:
    for folder in groups.folders("memory"):
        for most, now in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            limit, used = groups.number(folder, most), groups.number(folder, now)
            if limit is not None and used is not None:
                held = groups.counts(folder, "memory.stat")
                yield limit - used + sum(held.get(name, 0) for name in _FILES)
