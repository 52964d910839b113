"""Threads that a worker may start, the room for them, and who is to blame where one is refused."""

import os
import resource
import sys
from collections.abc import Iterator

from grader.errors import Doubtful, GraderFault
from grader.jail import groups

MOST = 32
"""Threads that a worker may have beside its first, on every machine alike."""
_WORKERS = 3  # of one submission that may hold theirs at once
_ROOM = _WORKERS * (1 + MOST)
_TASKS = 128  # with which a container has room for those and for the grader
_MANY = 1 << 12  # tasks that a user may have without anybody counting them
_WORDS = (b"thread", b"concurrent", b"multiprocessing", b"asyncio")


def check_room() -> None:
    """See to it that there is room for all threads that a submission may start.

    To be asked while no submission runs, as what one holds is no lack of the machine.

    Raises:
        GraderFault: there is not; the message names the limit.
    """
    lack = _lack()
    if lack:
        raise GraderFault(lack)


class Watch:
    """Whether the machine refused a thread while a submission was judged.

    The kernel counts what a control group refuses, so nobody's word is needed. Up to its own
    limit a submission that runs alone has room: what fills the group then is a flood of its own.

    Args:
        source: the submission; what starts no threads cannot miss any.
        alone: nothing else runs, so that what comes now counts.
    """

    def __init__(self, source: bytes, *, alone: bool) -> None:
        self._alone = alone
        self._starts_threads = any(word in source for word in _WORDS)
        self._before = _refusals() if self._starts_threads else 0
        self._lack = _lack() if self._starts_threads and alone else ""

    def check(self, *, apart: bool) -> None:
        """Doubt a verdict below full marks that a refusal may be the reason for.

        To be asked when nothing of the submission runs any more.

        Args:
            apart: whether the kernel counts each worker's threads apart from others'. What it
                refuses for others' it does not tell.

        Raises:
            Doubtful: the machine may have refused threads that the submission may start.
        """
        if not self._starts_threads:
            return
        shared = not apart and not self._alone
        if _refusals() == self._before and not shared:
            return
        lack = self._lack or _lack()
        if lack or not self._alone:
            raise Doubtful(lack or "Threads of the file may have been refused for those of others.")


def _lack() -> str:
    """Say which limit leaves too little room; empty if none does."""
    for folder in groups.folders("pids"):
        most, now = groups.number(folder, "pids.max"), groups.number(folder, "pids.current")
        if most is not None and now is not None and most - now < _ROOM:
            limit = f"The container's pids limit of {most} processes and threads"
            return _sentence(limit, max(_TASKS, now + _ROOM))
    most = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if sys.platform != "linux" or most == resource.RLIM_INFINITY or most >= _MANY:
        return ""
    now, room = (0, 1 + MOST) if os.geteuid() == 0 else (sum(_tasks(os.getuid())), _ROOM)
    if most - now < room:
        return _sentence(f"The limit of {most} processes and threads (`ulimit -u`)", now + room)
    return ""


def _sentence(limit: str, enough: int) -> str:
    return (
        f"{limit} leaves no room for those that a submission may start; "
        f"raise it to at least {enough}."
    )


def _refusals() -> int:
    """Return how often a control group that this process is in has refused a task."""
    return sum(
        groups.counts(folder, "pids.events").get("max", 0) for folder in groups.folders("pids")
    )


def _tasks(user: int) -> Iterator[int]:
    """Yield how many tasks each process of a user has."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{name}").st_uid == user:
                yield len(os.listdir(f"/proc/{name}/task"))
        except OSError:  # it has ended
            continue
