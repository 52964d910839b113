"""What can go wrong that is not the learner's fault.

    GraderError                 base of all, a sentence for the user of the package
    ├── UsageError              what was asked for cannot be done as asked      exit code 2
    └── GraderFault             the grader could not do its work                exit code 3
        └── Doubtful            the machine's doing, perhaps: once more, alone

What the learner's code does is none of these: it ends a case, as `learner.endings` has it.
"""

import errno
from collections.abc import Iterator
from typing import ClassVar


class GraderError(Exception):
    """The base of all errors of this package; the message is a sentence for its user.

    Attributes:
        exit_code: what a command that meets it exits with.
    """

    exit_code: ClassVar[int] = 3


class UsageError(GraderError):
    """What was asked for cannot be done as asked."""

    exit_code = 2


class GraderFault(GraderError):
    """The grader could not do its work."""


class Doubtful(GraderFault):
    """What happened may be the machine's fault: worth one more try, alone."""


MEMORY = (
    "There is too little memory for the grader; it needs 256 MiB: allow more of it (`ulimit -v`, "
    "or the container's limit)."
)
FILES = "The grader may not open enough files at once; it needs 64: raise the limit (`ulimit -n`)."
PROCESSES = (
    "No further process or thread can be started: raise the limit on them (`ulimit -u`, or the "
    "container's pids limit), or on memory."
)
_BY_NUMBER = {
    errno.ENOMEM: MEMORY,
    errno.EMFILE: FILES,
    errno.ENFILE: FILES,
    errno.EAGAIN: PROCESSES,
}
_BY_TEXT = {  # what loads libraries, starts threads or ran elsewhere tells without a number
    "failed to map segment": MEMORY,
    "annot allocate memory": MEMORY,
    "oo many open files": FILES,
    "can't start new thread": PROCESSES,
    "esource temporarily unavailable": PROCESSES,
}


def sentence(error: BaseException) -> str:
    """Say what broke in the grader, and what to do where it is something that it lacks."""
    for one in _causes(error):
        if isinstance(one, MemoryError):
            return MEMORY
        if isinstance(one, OSError) and one.errno in _BY_NUMBER:
            return _BY_NUMBER[one.errno]
        for text, lack in _BY_TEXT.items():
            if isinstance(one, ImportError | RuntimeError | GraderFault) and text in str(one):
                return lack
    if isinstance(error, GraderError):
        return str(error)
    return f"The grader failed ({type(error).__name__}: {error})."


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
