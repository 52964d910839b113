"""The system's `bwrap` around the zygote: own namespaces, and only the folders it needs.

What is bound is the interpreter, its standard library, NumPy and our worker folder, all
read-only. No site-packages: the hidden cases are installed there. No /proc either: NumPy
runs without, and containers refuse to mount it. Only the system's own `bwrap` is used; one
from a package index is not covered by the profiles that distributions ship for it.
"""

import os
import sysconfig
from collections.abc import Iterator

from grader.jail import launch

WORKER_FOLDER = "/jail/worker"
"""Where our worker folder is inside."""
_TMP_BYTES = 16 * 1024 * 1024
_HIDDEN = ("site-packages", "dist-packages", "test", "idlelib")
_SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib")
_NO_USER_NAMESPACE = "without a user namespace of its own"


def find() -> str | None:
    """Return the path of the system's `bwrap`, if there is one."""
    paths = (os.path.join(folder, "bwrap") for folder in os.get_exec_path())
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), None)


def prefixes() -> Iterator[tuple[str, list[str]]]:
    """Yield, best first, ways to run a command inside: a name and the words before it.

    Root does without a user namespace where it can: the kernel counts no thread of a worker that
    is root outside, whatever it is called inside, while one that becomes a user of its own is
    counted. For that the zygote keeps the capabilities that it takes.
    """
    bwrap = find()
    if bwrap is None:
        return
    base = [bwrap, "--die-with-parent", "--new-session", "--unshare-ipc", "--unshare-pid"]
    base += ["--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "jail"]
    user = ["--unshare-user", "--uid", "65534", "--gid", "65534", "--disable-userns"]
    if os.geteuid() == 0:
        yield f"held, {_NO_USER_NAMESPACE}", [*base, *_filesystem(), "--"]
    yield "held", [*base, *user, "--cap-drop", "ALL", *_filesystem(), "--"]


def _filesystem() -> list[str]:
    words = ["--size", str(_TMP_BYTES), "--tmpfs", "/tmp"]  # noqa: S108
    library = sysconfig.get_path("stdlib")
    for path in _SYSTEM:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    words += _bind(launch.python())
    words += _bind(library)
    for path in _shared_library():
        words += _bind(path)
    local = os.path.join("/usr/local/lib", os.path.basename(library))  # where Debian's pip installs
    for folder in {library, local, *_SYSTEM, "/usr/lib/python3"}:
        for name in _HIDDEN:
            if os.path.isdir(os.path.join(folder, name)) and not os.path.islink(folder):
                words += ["--tmpfs", os.path.join(folder, name)]
    words += _bind(launch.numpy_folder())
    libraries = launch.numpy_folder() + ".libs"
    if os.path.isdir(libraries):
        words += _bind(libraries)
    words += ["--ro-bind", launch.worker_folder(), WORKER_FOLDER]
    for device in ("/dev/null", "/dev/urandom"):
        words += ["--dev-bind", device, device]
    return [*words, "--remount-ro", "/", "--chdir", "/tmp"]  # noqa: S108


def _shared_library() -> Iterator[str]:
    """Yield the shared library of the interpreter, where it has one outside the system's."""
    folder = sysconfig.get_config_var("LIBDIR") or ""
    name = sysconfig.get_config_var("LDLIBRARY") or ""
    for path in (os.path.join(folder, name), os.path.join(folder, f"{name}.1.0")):
        if ".so" in path and os.path.exists(path) and not path.startswith(_SYSTEM):
            yield path


def _bind(path: str) -> list[str]:
    return ["--ro-bind", path, path]
