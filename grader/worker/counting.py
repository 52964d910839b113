"""How many tasks of a user the kernel counts already, where a worker has no count of its own."""

import _thread
import contextlib
import os
import resource

_ENOUGH = 1 << 22  # more tasks than Linux can have


def counted() -> int:
    """Return the number: the limit itself tells, as below it no thread can be started."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    most = _ENOUGH if hard == resource.RLIM_INFINITY else hard
    too_few, enough = 0, min(4, most)
    try:
        while enough < most and not _suffices(enough, hard):
            too_few, enough = enough, min(2 * enough, most)
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            if _suffices(middle, hard):
                enough = middle
            else:
                too_few = middle
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    return enough - 1


def _suffices(limit: int, hard: int) -> bool:
    """Say whether with this limit one more thread can be started; none is left of it."""
    resource.setrlimit(resource.RLIMIT_NPROC, (limit, hard))
    running, named = _thread.allocate_lock(), []

    def run() -> None:
        named.append(_thread.get_native_id())
        running.release()

    running.acquire()
    try:
        _thread.start_new_thread(run, ())
    except RuntimeError:
        return False
    running.acquire()
    with contextlib.suppress(ProcessLookupError):
        while True:  # it is counted until it is gone, though it has run
            os.kill(named[0], 0)
            os.sched_yield()
    return True
