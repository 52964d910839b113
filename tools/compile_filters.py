"""Compile the rules of grader/jail/filter_rules.py to the programs that workers load.

    python tools/compile_filters.py

writes grader/worker/filters/<machine>.bpf. The compiler is libseccomp, through pyseccomp:
both are needed here and in the tests, never where submissions are graded.
"""

import tempfile
from pathlib import Path

import pyseccomp

from grader.jail import filter_rules as rules

FILTERS = Path(__file__).parent.parent / "grader" / "worker" / "filters"
MACHINES = {"x86_64": pyseccomp.Arch.X86_64, "aarch64": pyseccomp.Arch.AARCH64}


def compile_filter(machine: str) -> bytes:
    """Return the filter for a processor, as classic BPF."""
    arch = MACHINES[machine]
    program = pyseccomp.SyscallFilter(pyseccomp.ERRNO(rules.ERRNO["eperm"]))
    if arch != pyseccomp.system_arch():
        program.add_arch(arch)
        program.remove_arch(pyseccomp.system_arch())
    program.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    allow = pyseccomp.ALLOW

    def add(action: int, name: str, *conditions: pyseccomp.Arg) -> None:
        if pyseccomp.resolve_syscall(arch, name) >= 0:
            program.add_rule_exactly(action, name, *conditions)

    for name in sorted(rules.ALLOWED):
        add(allow, name)
    for name in rules.CLOCK_CALLS:
        add(allow, name, pyseccomp.Arg(0, pyseccomp.LT, rules.CLOCKS))
    add(allow, "sched_getaffinity", pyseccomp.Arg(0, pyseccomp.EQ, 0))
    for command in rules.FCNTL_COMMANDS:
        add(allow, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, command))
    for request in rules.IOCTL_REQUESTS:
        add(allow, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    zero = [pyseccomp.Arg(index, pyseccomp.EQ, 0) for index in (0, 2)]
    add(allow, "prlimit64", *zero)
    thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, rules.THREAD_MASK, rules.THREAD_FLAGS)
    add(allow, "clone", thread)
    add(pyseccomp.ERRNO(rules.ERRNO["enosys"]), "clone3")
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()


if __name__ == "__main__":
    for name in MACHINES:
        (FILTERS / f"{name}.bpf").write_bytes(compile_filter(name))
