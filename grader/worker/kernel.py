"""Calls to the Linux kernel that give rights up for good. Each raises OSError if refused.

Sources: prctl(2), capset(2), seccomp(2), landlock(7) and the kernel's uapi headers.
"""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 1, 4, 22, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
_SECCOMP_MODE_FILTER = 2
_M_ARENA_MAX = -8
_CLONE_NEWUSER = 0x10000000
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63

_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446  # the same numbers on every processor
_LANDLOCK_VERSION = 1


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


class _LandlockRuleset(ctypes.Structure):
    _fields_ = (
        ("handled_fs", ctypes.c_uint64),
        ("handled_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends."""
    _prctl(_PR_SET_PDEATHSIG, 9)


def forbid_inspection() -> None:
    """Keep other processes of the same user from reading this one's memory."""
    _prctl(_PR_SET_DUMPABLE, 0)


def forbid_new_privileges() -> None:
    """Gain no right by an exec, ever; landlock and seccomp ask for it."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def be_counted_apart() -> None:
    """Enter a user namespace of one's own, in which only one's own threads are counted."""
    _check(_libc.unshare(_CLONE_NEWUSER))


def share_arenas() -> None:
    """Let threads share memory from few places: glibc would map 64 MiB for each of them."""
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(_M_ARENA_MAX, 2)


def drop_capabilities() -> None:
    """Empty the capability sets, where there is anything in them."""
    for capability in range(_LAST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(ctypes.byref(header), ctypes.byref((_CapabilityData * 2)())))


def landlock_abi() -> int:
    """Return the version of Landlock that the kernel offers."""
    version = _libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    _check(version)
    return int(version)


def restrict_by_landlock(abi: int) -> None:
    """Give up every right over files, TCP, abstract sockets and signals that `abi` knows."""
    ruleset = _LandlockRuleset(
        handled_fs=_rights(abi, {1: 13, 2: 14, 3: 15, 5: 16}),
        handled_net=_rights(abi, {4: 2}),
        scoped=_rights(abi, {6: 2}),
    )
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    descriptor = _libc.syscall(_LANDLOCK_CREATE, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    _check(descriptor)
    try:
        _check(_libc.syscall(_LANDLOCK_RESTRICT, descriptor, 0))
    finally:
        os.close(descriptor)


def filter_path(folder: str) -> str:
    """Return where the seccomp program for this processor is, or would be."""
    return os.path.join(folder, "filters", f"{os.uname().machine}.bpf")


def restrict_by_seccomp(program: bytes) -> None:
    """Let the kernel judge every further system call of this process by `program`."""
    description = _Filter(len(program) // 8, program)
    _check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(description), 0, 0))


def _rights(abi: int, known: dict[int, int]) -> int:
    """Return as many bits as the newest version up to `abi` knows rights."""
    bits = [count for version, count in known.items() if version <= abi]
    return (1 << bits[-1]) - 1 if bits else 0


def _prctl(operation: int, value: int) -> None:
    _check(_libc.prctl(operation, ctypes.c_ulong(value), 0, 0, 0))


def _check(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
