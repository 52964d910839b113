"""Giving up every right for good, in the order that works, before the learner's code runs.

What fails raises: the caller must end the process then. Nothing is ever skipped quietly.
"""

import math
import mmap
import os
import resource
import sys
import threading
from collections.abc import Iterator
from typing import NamedTuple

from . import kernel

NOBODY = 65534
_MIB = 1024 * 1024
_DESCRIPTORS = 32
_TOGETHER = 8  # workers that may be nobody at the same time
_USERS = 0x6B000000  # far above what systems give out


class Orders(NamedTuple):
    """What the trusted side tells a worker to give up.

    Attributes:
        layers: of "limits", "identity", "capabilities", "landlock" and "seccomp", those to
            apply.
        landlock_abi: the version of Landlock to use.
        cpu_seconds: CPU time of the process.
        memory_mib: memory to map beyond what is mapped already, in MiB; Linux alone keeps it.
        threads: threads beside the first.
        counted: tasks of this user that the kernel counts already, if it cannot be given a
            count of its own.
    """

    layers: tuple[str, ...]
    landlock_abi: int
    cpu_seconds: float
    memory_mib: int
    threads: int
    counted: int | None = None


def limit_resources(orders: Orders) -> None:
    """Set the limits that hold while modules are still imported."""
    if sys.platform == "linux":
        kernel.die_with_parent()
        kernel.forbid_inspection()
    if "limits" not in orders.layers:
        return
    cpu = math.ceil(orders.cpu_seconds)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    if sys.platform == "linux":
        _limit(resource.RLIMIT_MEMLOCK, 0)
        _limit(resource.RLIMIT_MSGQUEUE, 0)
        _limit(resource.RLIMIT_AS, _mapped() + orders.memory_mib * _MIB)
    _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    _limit(resource.RLIMIT_CPU, cpu, cpu + 1)


def give_up_rights(orders: Orders, program: bytes) -> Iterator[str]:
    """Apply the layers one by one, yielding each one's name once it holds.

    Args:
        orders: what to give up.
        program: the seccomp program.

    Raises:
        OSError: the kernel refused.
        RuntimeError: another thread runs, which would keep its rights.
    """
    if sys.platform == "linux":
        kernel.forbid_new_privileges()
    if "identity" in orders.layers:
        if os.geteuid() == 0:
            tasks = _become_nobody() * (1 + orders.threads)
        else:
            if sys.platform == "linux" and orders.counted is None:
                kernel.be_counted_apart()
            tasks = (orders.counted or 1) + orders.threads
        _limit(resource.RLIMIT_NPROC, tasks)
        kernel.die_with_parent()  # a change of user resets both of these
        kernel.forbid_inspection()
        yield "identity"
    if "capabilities" in orders.layers:
        kernel.drop_capabilities()
        yield "capabilities"
    if threading.active_count() != 1:
        raise RuntimeError("a second thread runs before the door is shut")
    if "landlock" in orders.layers:
        kernel.restrict_by_landlock(orders.landlock_abi)
        yield "landlock"
    if "seccomp" in orders.layers:
        kernel.restrict_by_seccomp(program)
        yield "seccomp"


def _become_nobody() -> int:
    """Give up root for a user that no other process has, or for nobody where there is none.

    Threads are counted by user: what one worker starts must not keep another from starting its
    own.

    Returns:
        With how many workers at most this one shares its user.
    """
    os.setgroups([])
    for user, workers in ((_USERS + int.from_bytes(os.urandom(3)), 1), (NOBODY, _TOGETHER)):
        try:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        except OSError:  # a user that this namespace does not know
            if user == NOBODY:
                raise
        else:
            return workers
    raise AssertionError("there is no user to become")


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    most = resource.getrlimit(which)[1]
    hard = soft if hard is None else hard
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(which, (soft, hard))


def _mapped() -> int:
    """Return how many bytes this process has mapped, to a page, without `/proc`.

    The limit itself tells: it is tried in halves, and below what is mapped no page is given.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    page = mmap.PAGESIZE
    too_little, enough = 0, 1 << 47 if hard == resource.RLIM_INFINITY else hard
    while enough - too_little > page:
        middle = (too_little + enough) // 2
        resource.setrlimit(resource.RLIMIT_AS, (middle, hard))
        try:
            mmap.mmap(-1, page).close()
        except OSError:
            too_little = middle
        else:
            enough = middle
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    return enough
