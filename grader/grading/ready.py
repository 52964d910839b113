"""What must be there before anything can be graded, which takes long to import."""

import importlib
import mmap
from functools import cache
from typing import TYPE_CHECKING

from grader.kata import Kata

if TYPE_CHECKING:
    from grader.cases.session import Session

_MEMORY = 144 * 2**20  # bytes of address space for NumPy and pytest, one thread, and some more


@cache
def load(*, numpy: bool = True) -> None:
    """Import what runs the cases, and NumPy, which not every kata needs."""
    _need_memory()
    if numpy:
        importlib.import_module("numpy")
    importlib.import_module("grader.cases.session")


def begin_session(kata: Kata) -> "Session":
    """Return a session for the cases of a kata.

    This takes as long as the jail needs to start, so it is for the time between.
    """
    load(numpy=kata.names_numpy)
    from grader.cases.session import Session

    return Session(kata)


def _need_memory() -> None:
    """Ask for the memory that all of it takes, as OpenBLAS ends the process if it gets none.

    Raises:
        MemoryError: there is not as much.
    """
    try:
        mmap.mmap(-1, _MEMORY, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as error:
        raise MemoryError from error
