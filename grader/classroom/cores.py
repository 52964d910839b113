"""Whose core it is: the share of each grading process, and whether its time was its own."""

import contextlib
import os
import sys

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def count_cores() -> int:
    """Return how many cores this process may use, where the platform tells."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def keep_to_share(place: int, jobs: int) -> None:
    """Keep this process, and all that it will start, to its share of the cores.

    Shares do not overlap, so that no submission computes where another is judged. Where there
    are more jobs than cores, they take turns.

    Args:
        place: the number of this process, from 0.
        jobs: how many there are.
    """
    if sys.platform != "linux":
        return
    cores = sorted(os.sched_getaffinity(0))
    share = cores[place::jobs] or [cores[place % len(cores)]]
    with contextlib.suppress(OSError):  # where it is forbidden the scheduler shares out
        os.sched_setaffinity(0, share)


def seconds_used() -> float:
    """Return the CPU time of this process and all that it started, running or reaped.

    What cannot be looked up counts nothing: too little is the side on which doubt is.
    """
    if sys.platform != "linux":
        import resource

        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in used)
    ticks, waiting = 0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # its own, and that of its reaped children
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                    waiting.extend(map(int, file.read().split()))
    return ticks / _TICKS
