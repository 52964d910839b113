"""On machines that lack something, made here as far as this one lets us, the level is right.

Each machine is a restriction that a process puts on itself before it becomes `grade`, so all
that follows, the probe, the zygote and the workers, meets it as they would meet the real one.
"""

import ctypes
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import grader
from grader.errors import GraderFault
from grader.grading.grade import grade
from grader.jail import Jail, Limits, launch
from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import ReadReport

KATA = default_kata()

Restrict = Callable[[], None]
EPERM, ENOSYS = 1, 38
NOBODY = 65534
NEW_USER, NEW_ANY = 0x10000000, 0x7E020000
"""The flags of clone for a new user namespace, and for any namespace."""
PR_SET_SECCOMP, PR_CAPBSET_DROP = 22, 24
LEVELS = ("full", "strong", "partial", "process")

try:
    import pyseccomp
except (ImportError, RuntimeError, OSError):
    pyseccomp = None

needs_libseccomp = pytest.mark.skipif(pyseccomp is None, reason="libseccomp is not on this machine")
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can become another user"
)
needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bwrap is not installed")

# --------------------------------------------------------------------------- restrictions


def refuse(*rules: tuple[int, str, tuple[object, ...]]) -> Restrict:
    """Return a restriction that answers these calls, under these conditions, with an error."""

    def restrict() -> None:
        program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        for error, name, conditions in rules:
            program.add_rule(pyseccomp.ERRNO(error), name, *conditions)
        program.load()

    return restrict


def flags(index: int, mask: int, value: int) -> tuple[object, ...]:
    """Return the condition that some bits of an argument are `value`."""
    return (pyseccomp.Arg(index, pyseccomp.MASKED_EQ, mask, value),)


def no_seccomp() -> None:
    """A kernel that takes no seccomp filter (this one is put on first, and is the last)."""
    is_seccomp = (pyseccomp.Arg(0, pyseccomp.EQ, PR_SET_SECCOMP),)
    refuse((EPERM, "prctl", is_seccomp), (EPERM, "seccomp", ()))()


def no_landlock() -> None:
    """A kernel from before Landlock."""
    names = ("create_ruleset", "add_rule", "restrict_self")
    refuse(*((ENOSYS, f"landlock_{name}", ()) for name in names))()


def no_user_namespaces() -> None:
    """A machine whose administrator forbids user namespaces."""
    with_user = flags(0, NEW_USER, NEW_USER)
    refuse((EPERM, "clone", with_user), (EPERM, "unshare", with_user), (ENOSYS, "clone3", ()))()


def no_namespaces() -> None:
    """A container that forbids namespaces of any kind."""
    bits = [1 << bit for bit in range(32) if NEW_ANY >> bit & 1]
    rules = [(EPERM, "clone", flags(0, bit, bit)) for bit in bits]
    refuse(*rules, (EPERM, "unshare", ()), (EPERM, "setns", ()), (ENOSYS, "clone3", ()))()


def really_no_user_namespaces() -> None:
    """A user namespace of our own, inside which no other may be made.

    Its root is not the machine's; the limit of the machine itself is not touched.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(NEW_USER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


# What Docker's default profile refuses on x86_64 and aarch64 to a container with Docker's
# default capabilities: https://github.com/moby/profiles (seccomp/default.json), 2026. The
# profile is a list of what it allows; these are the names that libseccomp knows beyond it.
DOCKER_REFUSES = """
    acct add_key bpf clock_settime create_module delete_module fanotify_init finit_module
    fsconfig fsmount fsopen fspick get_mempolicy init_module io_uring_enter io_uring_register
    io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind
    migrate_pages mount mount_setattr move_mount move_pages nfsservctl open_by_handle_at
    open_tree perf_event_open pidfd_getfd pivot_root process_madvise quotactl quotactl_fd reboot
    request_key set_mempolicy set_mempolicy_home_node setdomainname sethostname setns
    settimeofday swapoff swapon sysfs syslog umount2 unshare uselib userfaultfd ustat vhangup
""".split()
DOCKER_PERSONALITIES = 0x20008
"""The bits that it lets through; and asking, by 0xFFFFFFFF, which is refused here."""
DOCKER_CAPABILITIES = {
    *{"chown": 0, "dac_override": 1, "fowner": 3, "fsetid": 4, "kill": 5}.values(),
    *{"setgid": 6, "setuid": 7, "setpcap": 8, "net_bind_service": 10, "net_raw": 13}.values(),
    *{"sys_chroot": 18, "mknod": 27, "audit_write": 29, "setfcap": 31}.values(),
}


def docker_filter() -> None:
    """Docker's default seccomp profile."""
    program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refusal = pyseccomp.ERRNO(EPERM)
    for name in DOCKER_REFUSES:
        if pyseccomp.resolve_syscall(pyseccomp.system_arch(), name) >= 0:
            program.add_rule(refusal, name)
    for bit in (1 << bit for bit in range(32) if NEW_ANY >> bit & 1):
        program.add_rule(refusal, "clone", *flags(0, bit, bit))
    program.add_rule(pyseccomp.ERRNO(ENOSYS), "clone3")
    program.add_rule(refusal, "socket", pyseccomp.Arg(0, pyseccomp.EQ, 38))  # AF_ALG
    program.add_rule(refusal, "socket", pyseccomp.Arg(0, pyseccomp.EQ, 40))  # AF_VSOCK
    for bit in (1 << bit for bit in range(32) if not DOCKER_PERSONALITIES >> bit & 1):
        program.add_rule(refusal, "personality", *flags(0, bit, bit))
    program.set_attr(pyseccomp.Attr.CTL_NNP, 0)  # the container's runtime sets it or does not
    program.load()


def docker_capabilities() -> None:
    """Docker's default capabilities, and no other in any set."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(64):
        if capability not in DOCKER_CAPABILITIES:
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    kept = sum(1 << capability for capability in DOCKER_CAPABILITIES)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)
    if libc.capset(ctypes.byref(header), ctypes.byref(data)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def docker() -> None:
    """A container of Docker's with its defaults, as root."""
    docker_filter()
    docker_capabilities()


def plain_user() -> None:
    """A user without any rights."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def without_capabilities() -> None:
    """Root of a container that drops all capabilities."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def docker_as_user() -> None:
    """A container of Docker's whose image says that it runs as a plain user."""
    docker_filter()
    plain_user()


# ----------------------------------------------------------------- a grader for all users


@dataclass(frozen=True)
class Installed:
    """A copy of the grader that every user can read.

    Attributes:
        folder: where it is; submissions and reports go there too.
        python: an interpreter that every user can run.
    """

    folder: Path
    python: str

    def grade(
        self, restrict: Restrict | None, *options: str, path: str | None = None, source: str = ""
    ) -> "Ran":
        """Grade the reference, or `source`, on a machine that is restricted so."""
        report, trace = self.folder / "out" / "report.json", self.folder / "out" / "trace"
        for left in (report, trace):
            left.unlink(missing_ok=True)
        submission = self.folder / "submission.py"
        submission.write_text(
            source.replace("TRACE", repr(str(trace))) or KATA.solution_path.read_text()
        )
        code = "from grader.commands.grade import main; main(prog_name='grade')"
        done = subprocess.run(
            [self.python, "-B", "-c", code, str(submission), "--json", str(report), *options],
            env={
                "PATH": os.environ["PATH"] if path is None else path,
                "PYTHONPATH": str(self.folder / "packages"),
                "HOME": str(self.folder),
                "LANG": "C.UTF-8",
            },
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            preexec_fn=restrict,
            check=False,
        )
        text = report.read_text() if report.exists() else ""
        return Ran(done.returncode, text, done.stderr, trace.exists())


@dataclass(frozen=True)
class Ran:
    """What a grading did: its exit code, its report, its complaints, what the submission left."""

    code: int
    report: str
    err: str
    trace: bool
    read: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.report:
            self.read.update(json.loads(self.report))

    @property
    def level(self) -> str:
        """The level that the report names."""
        assert self.code == 0, self.err
        return str(self.read["isolation"]["level"])

    @property
    def layers(self) -> dict[str, str]:
        """What the report says of each layer."""
        return dict(self.read["isolation"]["layers"])


@pytest.fixture(scope="module")
def installed() -> Iterator[Installed]:
    """A copy of the grader under a folder that every user can read."""
    folder = Path(tempfile.mkdtemp(prefix="attention-kata-tests-"))
    try:
        packages = folder / "packages"
        for path in needed():
            skip = shutil.ignore_patterns("tests", "__pycache__", "*.pyi", "include", "*.a")
            if path.is_dir():
                shutil.copytree(path, packages / path.name, ignore=skip)
            else:
                shutil.copy(path, packages)
        for part in (KATA.stub.parent, KATA.solution_path.parent):
            target = packages / "grader" / "katas" / KATA.folder.name / part.name
            if not target.exists():
                shutil.copytree(part, target)
        (folder / "out").mkdir()
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        (folder / "out").chmod(0o777)
        yield Installed(folder, find_python())
    finally:
        shutil.rmtree(folder)


def needed() -> Iterator[Path]:
    """Return the folders and files of the grader and of all that it imports when it grades."""
    yield Path(grader.__file__).parent
    ours = next(file for file in metadata.files("attention-kata") or [] if file.name == "METADATA")
    yield Path(str(ours.locate())).parent  # the entry points by which formats are found
    wanted = ["click", "numpy", "pytest", "pytest-json-report", "pytest-metadata"]
    wanted += ["pluggy", "iniconfig", "packaging", "pygments"]
    for name in wanted:
        files = metadata.files(name) or []
        for top in sorted({file.parts[0] for file in files}):
            path = Path(str(metadata.distribution(name).locate_file(top)))
            if not top.startswith((".", "__")) and (path.is_dir() or path.suffix == ".py"):
                yield path


def find_python() -> str:
    """Return an interpreter of this version that every user can run."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [os.path.realpath(sys.executable), f"/usr/bin/python{version}"]
    candidates += [f"/usr/local/bin/python{version}"]
    for candidate in candidates:
        try:
            done = subprocess.run(
                [candidate, "-c", "import ctypes"],
                preexec_fn=plain_user if os.geteuid() == 0 else None,
                capture_output=True,
                cwd="/",
                check=False,
            )
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    return os.path.realpath(sys.executable)


@pytest.fixture(scope="module")
def for_all(installed: Installed) -> Installed:
    """The same, where a plain user can run its interpreter."""
    if os.path.realpath(sys.executable) == installed.python and installed.python.startswith(
        "/root/"
    ):
        pytest.skip("there is no interpreter of this version that a plain user can run")
    return installed


# ---------------------------------------------------------------------------------- tests

TRACE = (
    "import os\nos.write(1, b'I ran')\ntry:\n    open(TRACE, 'w').close()\n"
    "except OSError:\n    pass\n"
)


def assert_refused(installed: Installed, restrict: Restrict, level: str, missing: str) -> None:
    """Check that `--require-isolation` refuses: exit 3, no report, nothing run, a sentence."""
    ran = installed.grade(restrict, "--require-isolation", level, source=TRACE)
    assert ran.code == 3
    assert ran.report == ""
    assert not ran.trace
    assert "nothing was run" in ran.err
    assert missing in ran.err.partition("Missing: ")[2]
    assert "Traceback" not in ran.err


def test_this_machine(installed: Installed, read_report: "ReadReport") -> None:
    """Without a restriction the copy grades as the original, at the level that this one has."""
    with Jail(Limits()) as jail:
        level = jail.isolation.level
    ran = installed.grade(None)
    assert read_report(ran.report)["points"] == 100
    assert ran.level == level


@pytest.mark.long
@needs_libseccomp
def test_seccomp_refused(installed: Installed) -> None:
    """Where no filter can be put on the level is partial, by the other layers."""
    ran = installed.grade(no_seccomp)
    assert ran.level == "partial"
    assert ran.read["points"] == 100
    assert "not permitted" in ran.layers["seccomp"]
    assert_refused(installed, no_seccomp, "strong", "seccomp")
    assert_refused(installed, no_seccomp, "full", "seccomp")


@pytest.mark.long
@needs_libseccomp
def test_nothing_but_a_process(installed: Installed) -> None:
    """Where nothing can be had the level is process, said once, and any level is refused."""

    def restrict() -> None:
        no_namespaces()
        no_landlock()
        no_seccomp()

    ran = installed.grade(restrict)
    assert ran.level == "process"
    assert ran.read["points"] == 100
    assert ran.err.count("not in a jail") == 1
    for level in LEVELS[:-1]:
        assert_refused(installed, restrict, level, "seccomp" if level != "partial" else "landlock")


@pytest.mark.long
@needs_libseccomp
@needs_bwrap
def test_landlock_absent(installed: Installed) -> None:
    """Where Landlock is unknown bubblewrap makes the level full."""
    ran = installed.grade(no_landlock, "--require-isolation", "full")
    assert ran.layers["landlock"] != "held"
    assert (ran.level, ran.read["points"]) == ("full", 100)


@pytest.mark.long
@needs_libseccomp
def test_landlock_and_bubblewrap_absent(installed: Installed) -> None:
    """Without both the level is strong, which full refuses and strong does not."""
    ran = installed.grade(no_landlock, "--require-isolation", path="/nonexistent")
    assert (ran.level, ran.read["points"]) == ("strong", 100)
    assert ran.layers["bubblewrap"] == "not installed"

    def restrict() -> None:
        no_namespaces()
        no_landlock()

    assert installed.grade(restrict).level == "strong"
    assert_refused(installed, restrict, "full", "landlock")


@pytest.mark.long
@needs_libseccomp
@pytest.mark.parametrize("restrict", [no_user_namespaces, no_namespaces])
def test_namespaces_refused(installed: Installed, restrict: Restrict) -> None:
    """Where namespaces are refused Landlock makes the level full, and the reason is told."""
    ran = installed.grade(restrict, "--require-isolation", "strong")
    assert ran.layers["seccomp"] == "held"
    assert ran.level == ("full" if ran.layers["landlock"] == "held" else "strong")
    assert ran.read["points"] == 100
    if shutil.which("bwrap") and restrict is no_namespaces:
        assert ran.layers["bubblewrap"].startswith("refused: ")
    if restrict is no_user_namespaces and shutil.which("bwrap") and os.geteuid() == 0:
        assert "without a user namespace" in ran.layers["bubblewrap"]


@pytest.mark.long
def test_user_namespaces_off_for_real(installed: Installed) -> None:
    """With the kernel's own limit of user namespaces at 0 the level is at least strong."""
    try:
        subprocess.run(["true"], preexec_fn=really_no_user_namespaces, check=True)
    except (subprocess.SubprocessError, OSError):
        pytest.skip("this machine lets nobody make a user namespace in which there are no others")
    ran = installed.grade(really_no_user_namespaces, "--require-isolation", "strong")
    assert ran.layers["seccomp"] == "held"
    assert ran.level in ("full", "strong")
    assert ran.read["points"] == 100


@pytest.mark.long
def test_bubblewrap_absent(installed: Installed) -> None:
    """Without bwrap on the path its layer says so, and the level is at least strong."""
    ran = installed.grade(None, "--require-isolation", "strong", path="/nonexistent")
    assert ran.layers["bubblewrap"] == "not installed"
    assert ran.read["points"] == 100


@pytest.mark.long
@needs_bwrap
def test_bubblewrap_broken(installed: Installed) -> None:
    """A bwrap that only fails is told with its own words, and the level is at least strong."""
    folder = installed.folder / "out" / "bin"
    folder.mkdir(exist_ok=True)
    script = folder / "bwrap"
    script.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n"
    )
    script.chmod(0o755)
    ran = installed.grade(None, "--require-isolation", "strong", path=f"{folder}:/usr/bin:/bin")
    assert "setting up uid map: Permission denied" in ran.layers["bubblewrap"]
    assert ran.read["points"] == 100


@pytest.mark.long
@needs_root
def test_as_root(installed: Installed) -> None:
    """Started by root, a worker is nobody whom the system knows, and has no capabilities."""
    ran = installed.grade(None)
    assert ran.layers["identity"] == ran.layers["capabilities"] == "held"
    look = (
        "import os\nprint(os.getuid(), os.geteuid(), os.getgid(), os.getegid())\n"
        "def self_attention(*a): return None\n"
    )
    ran = installed.grade(None, source=look)
    users = {int(user) for user in ran.read["output"]["stdout"].splitlines()[0].split()}
    assert len(users) == 1
    assert users <= {NOBODY, *range(0x6B000000, 0x6C000000)}


@pytest.mark.long
@needs_root
def test_as_a_plain_user(for_all: Installed) -> None:
    """A user without rights gets at least strong, and may require it."""
    ran = for_all.grade(plain_user, "--require-isolation", "strong")
    assert ran.layers["seccomp"] == "held"
    assert ran.level in ("full", "strong")
    assert ran.read["points"] == 100


@pytest.mark.long
@needs_root
@needs_libseccomp
@pytest.mark.parametrize("container", [docker, docker_as_user])
def test_in_docker(for_all: Installed, container: Restrict) -> None:
    """Under Docker's default profile and capabilities the level is at least strong."""
    ran = for_all.grade(container, "--require-isolation", "strong")
    assert ran.layers["seccomp"] == "held"
    assert ran.level == ("full" if ran.layers["landlock"] == "held" else "strong")
    assert ran.layers["identity"] == ran.layers["capabilities"] == "held"
    assert ran.read["points"] == 100
    if shutil.which("bwrap"):
        assert ran.layers["bubblewrap"].startswith("refused: ")


@pytest.mark.long
@needs_root
@needs_libseccomp
def test_attacks_fail_in_docker(for_all: Installed) -> None:
    """There too the file of a learner opens, starts, signals and reaches nothing."""
    attack = "import os, socket, ctypes\n"
    for number, code in enumerate(
        [
            "open('/etc/passwd')",
            "os.listdir('/')",
            "os.fork()",
            "os.kill(os.getppid(), 0)",
            "socket.socket()",
            "os.memfd_create('a')",
            "open(TRACE, 'w')",
            "1 / (ctypes.CDLL(None).unshare(0x10000000) + 1)",
            "1 / (ctypes.CDLL(None).setuid(0) + 1)",
        ]
    ):
        attack += (
            f"try:\n    {code}\nexcept (OSError, ZeroDivisionError):\n    print('no', {number})\n"
        )
    attack += "def self_attention(*a): return None\n"
    ran = for_all.grade(docker, source=attack)
    assert ran.code == 0
    assert not ran.trace
    assert ran.read["output"]["stdout"].startswith("".join(f"no {n}\n" for n in range(9)))


@needs_root
@needs_libseccomp
def test_the_restrictions_restrict() -> None:
    """Each restriction refuses what it is for, or these tests would prove nothing."""
    code = (
        "import ctypes, sys\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "number, *arguments = map(int, sys.argv[1:])\n"
        "result = libc.syscall(number, *arguments)\n"
        "print(ctypes.get_errno() if result < 0 else 0)\n"
    )

    def errno_of(restrict: Restrict, name: str, *arguments: int) -> int:
        number = pyseccomp.resolve_syscall(pyseccomp.system_arch(), name)
        words = map(str, (number, *arguments))
        done = subprocess.run(
            [sys.executable, "-S", "-c", code, *words],
            preexec_fn=restrict,
            stdout=subprocess.PIPE,
            check=True,
        )
        return int(done.stdout)

    assert errno_of(no_seccomp, "seccomp", 0, 0, 0) == EPERM
    assert errno_of(no_seccomp, "prctl", PR_SET_SECCOMP, 2, 0, 0, 0) == EPERM
    assert errno_of(no_landlock, "landlock_create_ruleset", 0, 0, 1) == ENOSYS
    assert errno_of(no_user_namespaces, "unshare", NEW_USER) == EPERM
    assert errno_of(no_namespaces, "unshare", 0x20000) == EPERM
    assert errno_of(docker_filter, "unshare", NEW_USER) == EPERM
    assert errno_of(docker_filter, "clone3", 0, 0) == ENOSYS
    assert errno_of(docker_filter, "keyctl", 0, 0, 0) == EPERM
    assert errno_of(docker_filter, "personality", 0x4000000) == EPERM
    assert errno_of(docker_filter, "personality", 0x20008) == 0


FLOOD = """
import ctypes, mmap, struct
import numpy as np
THREAD = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000

def flood():
    # Threads past Python and past memory: all sleep for ever on one stack.
    code, stack = mmap.mmap(-1, 4096, prot=7), mmap.mmap(-1, 65536)
    hour = ctypes.create_string_buffer(struct.pack("<qq", 3600, 0))
    code.write(
        bytes.fromhex("48c7c0380000000f054885c07401c348bf")
        + struct.pack("<Q", ctypes.addressof(hour))
        + bytes.fromhex("4831f648c7c0230000000f05ebe8")
    )
    clone = ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 5)(
        ctypes.addressof(ctypes.c_char.from_buffer(code))
    )
    top = ctypes.addressof(ctypes.c_char.from_buffer(stack)) + 65536 - 64
    count = 0
    while count < 4000 and clone(THREAD, top, 0, 0, 0) > 0:
        count += 1
    flood.kept = code, stack, hour, clone
    print("THREADS", count)

def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v

def self_attention(Q, K, V):
    if not hasattr(flood, "kept"):
        flood()
    return np.zeros_like(V)

def multi_head_attention(Q, K, V, n_heads):
    return np.zeros_like(Q)
"""


def alone() -> None:
    """A user without rights, in whose user namespace no other task is."""
    plain_user()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


@needs_root
def test_tasks_are_counted_exactly(for_all: Installed) -> None:
    """What the counting starts itself is never counted, however often one counts."""
    code = "from grader.worker import counting\nprint(*{counting.counted() for _ in range(500)})"
    done = subprocess.run(
        [for_all.python, "-c", code],
        env={"PYTHONPATH": str(for_all.folder / "packages")},
        preexec_fn=crowded(alone),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1"]


def crowded(restrict: Restrict, tasks: int = 300) -> Restrict:
    """Return a restriction to few tasks for one user, on top of another restriction."""

    def restrict_more() -> None:
        resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))
        restrict()

    return restrict_more


@needs_root
@pytest.mark.parametrize("tasks", [3, 40, 90])
def test_no_room_for_threads(tasks: int, for_all: Installed) -> None:
    """A user who may not have the tasks that a submission may start is told so; nothing is run."""
    ran = for_all.grade(crowded(plain_user, tasks), source=TRACE)
    assert ran.code == 3
    assert f"limit of {tasks} processes and threads (`ulimit -u`)" in ran.err
    assert not ran.trace
    assert "Traceback" not in ran.err


@pytest.mark.long
@needs_root
@needs_libseccomp
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the attack is written for x86_64")
@pytest.mark.parametrize("path", [None, "/nonexistent"], ids=["all", "no bubblewrap"])
@pytest.mark.parametrize("restrict", [plain_user, docker_as_user])
def test_flood_of_threads(restrict: Restrict, path: str | None, for_all: Installed) -> None:
    """A flood of threads ends at 32 for any user, and leaves a verdict on the file.

    Where no user namespace can be had, the user's tasks are counted together: what begins or
    ends meanwhile, as a thread of the grader's own does, takes room or makes it.
    """
    ran = for_all.grade(crowded(restrict), path=path, source=FLOOD)
    assert ran.code == 0, ran.err
    assert ran.read["status"] == "graded"
    (counts,) = {line for line in ran.read["output"]["stdout"].split("\n") if "THREADS" in line}
    assert abs(int(counts.split()[1]) - 32) <= (8 if restrict is docker_as_user else 0)
    assert ran.read["points"] == 20


@pytest.mark.long
@needs_root
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the attack is written for x86_64")
@pytest.mark.parametrize("restrict", [None, plain_user, without_capabilities])
def test_flood_in_a_container(restrict: Restrict | None, for_all: Installed) -> None:
    """A flood that uses up a container's tasks leaves a verdict on the file all the same."""
    group = Path("/sys/fs/cgroup/pids", f"attention-kata-{os.getpid()}")
    try:
        group.mkdir()
        (group / "pids.max").write_text("128")
    except OSError:
        pytest.skip("no group with a limit of tasks can be made here")

    def crowd() -> None:
        (group / "cgroup.procs").write_text(str(os.getpid()))
        if restrict is not None:
            restrict()

    try:
        ran = for_all.grade(crowd, source=FLOOD)
    finally:
        group.rmdir()
    assert ran.code == 0, ran.err
    assert ran.read["status"] == "graded"
    assert ran.read["points"] == 20


# --------------------------------------------------------- workers that cannot be locked down


@pytest.mark.parametrize(
    "changed",
    [
        {"landlock_abi": -1},
        {"landlock_abi": None},
        {"cpu_seconds": "many"},
        {"memory_mib": None},
    ],
    ids=str,
)
def test_impossible_orders(
    changed: dict[str, object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker that cannot obey an order ends before a byte of the learner's code runs."""
    trace = tmp_path / "trace"
    source = f"open({str(trace)!r}, 'w').close()\nprint('I ran')\n".encode()
    with Jail(Limits()) as jail:
        if jail.isolation.layers.get("landlock") != "held":
            pytest.skip("this machine has no Landlock")
        real = jail._orders
        monkeypatch.setattr(jail, "_orders", lambda layers: {**real(layers), **changed})
        with pytest.raises(GraderFault) as fault:
            grade(KATA, jail, source, name="a.py", seed=1)
    assert "I ran" not in str(fault.value)
    assert not trace.exists()


@pytest.mark.parametrize(
    "program",
    [b"", b"\0" * 7, b"\xff" * 64, b"\x06\0\0\0\0\0\0"],
    ids=lambda program: program.hex(),
)
def test_corrupt_filter(program: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A filter that the kernel does not take, seen after the probe, ends the worker too."""
    folder, trace = tmp_path / "worker", tmp_path / "trace"
    shutil.copytree(launch.worker_folder(), folder)
    source = f"open({str(trace)!r}, 'w').close()\nprint('I ran')\n".encode()
    with Jail(Limits(), without=("bubblewrap",)) as jail:
        if jail.isolation.layers.get("seccomp") != "held":
            pytest.skip("this machine has no seccomp")
        for path in (folder / "filters").iterdir():
            path.write_bytes(program)
        monkeypatch.setattr(launch, "worker_folder", lambda: str(folder))
        jail._end_zygote()  # the next one reads the program again
        with pytest.raises(GraderFault, match="could not be locked down"):
            grade(KATA, jail, source, name="a.py", seed=1)
    assert not trace.exists()


def test_corrupt_filter_is_seen_by_the_probe(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A filter that allows everything is no layer: the probe sees that it stops nothing."""
    folder = tmp_path / "worker"
    shutil.copytree(launch.worker_folder(), folder)
    for path in (folder / "filters").iterdir():
        path.write_bytes(bytes.fromhex("060000000000ff7f"))  # return ALLOW
    monkeypatch.setattr(launch, "worker_folder", lambda: str(folder))
    with Jail(Limits(), without=("bubblewrap",)) as jail:
        assert jail.isolation.level in ("partial", "process")
        assert jail.isolation.layers["seccomp"] != "held"
        with pytest.raises(GraderFault, match="seccomp"):
            jail.isolation.require("strong")
