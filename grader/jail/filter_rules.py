"""The plain meaning of the seccomp filter: which system calls a worker may make.

Everything else is refused with EPERM: all that takes a path, makes a process, a socket or a
pipe, sends a signal, changes rights or reaches another process. `tools/compile_filters.py`
turns these rules into the programs that workers load; the tests interpret those programs
against `verdict`, below.
"""

import errno
from collections.abc import Sequence
from typing import Literal

Verdict = Literal["allow", "eperm", "enosys", "kill"]

ALLOWED = frozenset(
    """
    read write readv writev close dup lseek fstat
    mmap mprotect munmap mremap madvise brk
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack
    getpid gettid getppid getuid geteuid getgid getegid
    gettimeofday time nanosleep
    getrusage getrandom sched_yield getcpu
    futex set_robust_list rseq membarrier
    poll ppoll select pselect6
    exit exit_group restart_syscall
    """.split()
)
"""Calls that touch nothing but the process itself and descriptors that it already has."""

CLOCK_CALLS = ("clock_gettime", "clock_getres", "clock_nanosleep")
"""Calls whose first argument names a clock."""

CLOCKS = 12
"""The clocks below this number are the system's own and this process's. Others, of which the
kernel takes the sign of 32 bits, stand for the time that another process or thread has used."""

FCNTL_COMMANDS = (1, 2, 3, 1030)
"""F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC. Never F_SETOWN: it makes a signal of a write."""

IOCTL_REQUESTS = (0x5401,)
"""TCGETS, by which `isatty` asks whether a stream is a terminal."""

THREAD_FLAGS = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000
"""CLONE_VM, _FS, _FILES, _SIGHAND and _THREAD: what a clone that is only a thread sets."""

THREAD_MASK = THREAD_FLAGS | 0x7E020080
"""Those, and all flags of new namespaces, none of which may be set."""

ERRNO = {"eperm": errno.EPERM, "enosys": errno.ENOSYS}


def verdict(name: str | None, arguments: Sequence[int]) -> Verdict:
    """Say what becomes of a system call.

    Args:
        name: its name on the processor that the filter is for; None for a number without one.
        arguments: its six arguments, as unsigned 64-bit numbers.
    """
    if name in ALLOWED:
        return "allow"
    if name in CLOCK_CALLS:
        return "allow" if arguments[0] < CLOCKS else "eperm"
    if name == "sched_getaffinity":  # its own cores; by number it would find other processes
        return "allow" if arguments[0] == 0 else "eperm"
    if name == "fcntl":
        return "allow" if arguments[1] in FCNTL_COMMANDS else "eperm"
    if name == "ioctl":
        return "allow" if arguments[1] in IOCTL_REQUESTS else "eperm"
    if name == "prlimit64":  # reading its own limits
        return "allow" if arguments[0] == 0 and arguments[2] == 0 else "eperm"
    if name == "clone":
        return "allow" if arguments[0] & THREAD_MASK == THREAD_FLAGS else "eperm"
    if name == "clone3":  # its flags lie in memory, where no filter sees them; libc falls back
        return "enosys"
    return "eperm"
