"""An end to a case that computes for ever with what the learner's code returned.

The learner's code has a deadline of its own, in its worker. But `for _ in range(answer)` runs here.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

CASE_SECONDS = 10.0
"""CPU time that a case may take in this process, which is not that of the learner's code."""


class TookTooLong(BaseException):
    """A case is broken off; no error that it might wait for."""

    def __init__(self) -> None:
        super().__init__(f"it took more than {CASE_SECONDS:g} seconds of the grader's own time")


class Deadline:
    """Breaks cases off that take too long, from another thread than theirs.

    What is written in C is not broken off before it returns.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began: float | None = None
        self._late = False

    def is_kept(self, run: Callable[[], object]) -> bool:
        """Run a case, in the thread of the cases, and say whether it was in time.

        Whatever it was that the exception met, a case that was late is late.
        """
        with self._lock:
            self._began, self._late = time.thread_time(), False
        with suppress(TookTooLong):
            run()
        while True:
            with suppress(TookTooLong), self._lock:  # it may arrive as late as here, and no later
                self._began = None
                if self._late:
                    _raise_in(threading.get_ident(), None)
                return not self._late

    def look(self, thread: threading.Thread) -> None:
        """Break off the case that a thread runs, if it is late."""
        clock = getattr(time, "pthread_getcpuclockid", None)  # macOS has none
        with self._lock:
            if self._began is None or clock is None or thread.ident is None:
                return
            if time.clock_gettime(clock(thread.ident)) > self._began + CASE_SECONDS:
                self._late = True
                _raise_in(thread.ident, TookTooLong)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread; None takes one back that has not arrived yet."""
    import ctypes  # seldom

    raised = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
