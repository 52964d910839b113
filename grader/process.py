"""What a command changes about the process that it runs in; the library changes nothing."""

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator


def make_ours() -> None:
    """Undo what a parent left that would mislead us, before anything is started or imported.

    A daemon that ignores SIGCHLD hands this on, and then no child's end is ever learned.
    """
    if sys.platform != "win32" and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more cost time at these sizes


@contextlib.contextmanager
def imports_for_good() -> Iterator[None]:
    """Import without looking for garbage, and never look at what was imported again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def held_interrupts() -> Iterator[list[int]]:
    """Let Ctrl-C do nothing for a while but be noted in the list that is given."""
    came: list[int] = []
    main = threading.current_thread() is threading.main_thread()
    if not main or not callable(signal.getsignal(signal.SIGINT)):  # nobody listens to it
        yield came
        return
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until this is left."""
    with held_interrupts() as came:
        yield
    if came:
        raise KeyboardInterrupt
