"""The shipped seccomp programs are what the rules say, instruction by instruction."""

import errno
import importlib.util
import random
import struct
from pathlib import Path
from types import ModuleType

import pytest

from grader.jail import filter_rules as rules

ROOT = Path(__file__).parent.parent.parent
FILTERS = ROOT / "grader" / "worker" / "filters"
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
RESULTS = {
    "allow": 0x7FFF0000,
    "eperm": 0x00050000 | errno.EPERM,
    "enosys": 0x00050000 | errno.ENOSYS,
    "kill": 0x80000000,
}
CALLS = 220_000


@pytest.fixture(scope="module")
def compiler() -> ModuleType:
    """The tool that compiles the rules, where libseccomp is installed."""
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, RuntimeError, OSError) as error:
        pytest.skip(f"libseccomp is not installed: {error}")
    spec = importlib.util.spec_from_file_location("compiler", ROOT / "tools/compile_filters.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def interpret(program: list[tuple[int, int, int, int]], data: bytes) -> int:
    """Run a classic BPF program on seccomp's data and return its verdict."""
    accumulator, position = 0, 0
    while True:
        code, if_true, if_false, k = program[position]
        position += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, k)
            case 0x54:
                accumulator &= k
            case 0x15:
                position += if_true if accumulator == k else if_false
            case 0x25:
                position += if_true if accumulator > k else if_false
            case 0x35:
                position += if_true if accumulator >= k else if_false
            case 0x45:
                position += if_true if accumulator & k else if_false
            case 0x05:
                position += k
            case 0x06:
                return k
            case _:
                raise AssertionError(f"an instruction that no filter needs: {code:#x}")


@pytest.mark.parametrize("machine", MACHINES)
def test_shipped_is_compiled(machine: str, compiler: ModuleType) -> None:
    """A shipped program is, byte for byte, what its rules compile to today."""
    assert (FILTERS / f"{machine}.bpf").read_bytes() == compiler.compile_filter(machine)


@pytest.mark.long
@pytest.mark.parametrize("machine", MACHINES)
def test_program_means_its_rules(machine: str, compiler: ModuleType) -> None:
    """On random calls a program's verdict is the plain meaning of the rules."""
    import pyseccomp

    raw = (FILTERS / f"{machine}.bpf").read_bytes()
    program = [struct.unpack("<HBBI", raw[at : at + 8]) for at in range(0, len(raw), 8)]
    arch = compiler.MACHINES[machine]
    special = ("fcntl", "ioctl", "prlimit64", "clone", "clone3", "sched_getaffinity")
    others = ("openat", "execve", "kill", "socket", "ptrace", "unshare", "prctl", "dup2", "stat")
    names = {
        pyseccomp.resolve_syscall(arch, name): name
        for name in (*rules.ALLOWED, *rules.CLOCK_CALLS, *special, *others)
    }
    names = {number: name for number, name in names.items() if number >= 0}
    numbers = list(names)
    draw = random.Random(2017)
    interesting = [0, 0, 1, 2, 3, 4, 8, 10, 11, 12, 1030, 0x5401, rules.THREAD_FLAGS, 0x3D0F00]
    interesting += [0x3D0F00 | 0x10000000, 0x1200011, 1 << 32, (1 << 32) | 0x5401, (1 << 32) | 1]
    interesting += [~(77 << 3) & 0xFFFFFFFF, ~(77 << 3) & 0xFFFFFFFFFFFFFFFF]  # process 76's
    seen = set()
    for _ in range(CALLS):
        number = draw.choice(
            [draw.choice(numbers), draw.choice(numbers), draw.randrange(600), draw.getrandbits(32)]
        )
        number = number | 0x40000000 if draw.random() < 0.05 else number
        here = (
            MACHINES[machine] if draw.random() < 0.95 else draw.choice([0x40000003, 0, 0xC00000B7])
        )
        arguments = [
            draw.choice([draw.choice(interesting), draw.getrandbits(32), draw.getrandbits(64)])
            for _ in range(6)
        ]
        data = struct.pack("<IIQ6Q", number, here, 0, *arguments)
        wanted = rules.verdict(names.get(number), arguments)
        if here != MACHINES[machine] or (machine == "x86_64" and 0x40000000 <= number < 0xFFFFFFFF):
            wanted = "kill"  # another processor's call, or x32's
        assert interpret(program, data) == RESULTS[wanted], (number, hex(here), arguments)
        seen.add(wanted)
    assert seen == set(RESULTS)
