"""How a worker's process ended, and whether that was the doing of the code in it."""

import math
import signal
from typing import NamedTuple

from grader.errors import Doubtful

_OWN = {
    "SIGSEGV": "crashed the interpreter (segmentation fault)",
    "SIGBUS": "crashed the interpreter (bus error)",
    "SIGABRT": "aborted the interpreter",
    "SIGXCPU": "used up its CPU time",
    **{name: f"was ended by {name}" for name in ("SIGILL", "SIGFPE", "SIGTRAP", "SIGSYS")},
    **{name: f"was ended by {name}" for name in ("SIGXFSZ", "SIGPIPE")},
}
"""The signals that the kernel sends to a process for what it did itself. No worker can send one."""


class Ending(NamedTuple):
    """How a worker's process ended that did not have to be killed.

    Attributes:
        status: its exit status as `subprocess` has it (negative: the signal).
        cpu_seconds: CPU time that it had used.
        memory_mib: the most memory that it had at a time beyond what it began with, in MiB.
    """

    status: int
    cpu_seconds: float = 0.0
    memory_mib: float = 0.0


class Circumstances(NamedTuple):
    """What tells a worker's own end from one that came from outside.

    Attributes:
        cpu_seconds: CPU time after which the kernel kills it, which is its own doing.
        memory_mib: memory that it may have, or that is left for it if that is less.
        again: whether this is the second try, when nothing else runs.
        jailed: whether it can send no signal, not even to itself.
    """

    cpu_seconds: float = math.inf
    memory_mib: float = math.inf
    again: bool = False
    jailed: bool = True

    def reason(self, ending: Ending | None) -> str:
        """Say what the code did, as the end of a sentence that begins with "your code".

        Raises:
            Doubtful: somebody else ended it, or the system, for a reason that is not known.
        """
        if ending is None:
            return "closed a pipe that belongs to the grader"
        if ending.status >= 0:
            return "ended the process it runs in"
        name = _name(-ending.status)
        if name in _OWN:
            return _OWN[name]
        if name == "SIGKILL" and ending.cpu_seconds >= self.cpu_seconds:
            return _OWN["SIGXCPU"]
        if self.again and not self.jailed:
            return f"was ended by {name}"
        if self.again and name == "SIGKILL" and ending.memory_mib >= self.memory_mib / 2:
            return "was ended by the system for the memory that it used"
        once_more = ", and so it was alone" if self.again else ""
        raise Doubtful(
            f"The process of the file was ended from outside ({name}){once_more}, as a system does "
            "that is short of memory. Give this machine more of it, or end what else runs here, "
            "and grade the file again."
        )


def comes_from_outside(number: int) -> bool:
    """Say whether a signal is one that a process does not bring upon itself."""
    return _name(number) not in _OWN


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
