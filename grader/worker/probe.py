"""A worker that tries its own walls: what each layer really stops, found out, not assumed."""

import ctypes
import errno
import os
import socket
from collections.abc import Callable
from typing import Any

from . import kernel, lockdown, wire


class _Memory(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def report(orders: lockdown.Orders, program: bytes, targets: wire.Header) -> wire.Header:
    """Lock this process down as far as it goes and report what can be done at each step.

    Args:
        orders: `layers` are those to try; one that fails does not stop the others.
        program: the seccomp program.
        targets: `file`, a path that exists for the trusted side; `port`, on which it
            listens on loopback; `pid`, its process.

    Returns:
        `counted_apart`: whether a worker's threads can be counted apart from others of its user;
        `seen`: whether the file can be seen before any layer of this process holds;
        `layers`: "held" or why not, by layer; `reached`: for each attempt what came back
        once all of them hold, "refused" being what is hoped for.
    """
    found: wire.Header = {"seen": os.path.exists(targets["file"]), "layers": {}}
    found["counted_apart"] = True
    held: dict[str, str] = found["layers"]
    for layer in orders.layers:
        one = orders._replace(layers=(layer,), counted=0)
        try:
            if layer == "limits":
                lockdown.limit_resources(one)
            if layer == "identity" and os.geteuid() != 0:
                found["counted_apart"] = _try(kernel.be_counted_apart) == "reached"
            list(lockdown.give_up_rights(one, program))
            held[layer] = _confirm(layer)
        except (OSError, RuntimeError) as error:
            held[layer] = str(error)
    found["reached"] = {name: _try(attempt) for name, attempt in _attempts(targets).items()}
    return found


def _confirm(layer: str) -> str:
    """Say "held" if a layer that was applied shows: each has something that it alone stops."""
    if layer == "identity":
        return "held" if os.geteuid() != 0 else "still root"
    if layer == "landlock":
        return "held" if _try(lambda: os.listdir("/")) == "refused" else "the root can be listed"
    if layer == "seccomp":
        return "held" if _try(lambda: os.stat("/")) == "refused" else "a path can be looked up"
    return "held"


def _attempts(targets: wire.Header) -> dict[str, Callable[[], object]]:
    libc = ctypes.CDLL(None, use_errno=True)
    word = ctypes.create_string_buffer(8)
    local = ctypes.byref(_Memory(ctypes.addressof(word), 8))
    remote = ctypes.byref(_Memory(4096, 8))

    def call(function: str, *arguments: Any) -> None:
        if getattr(libc, function)(*arguments) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    def connect() -> None:
        with socket.create_connection(("127.0.0.1", targets["port"]), timeout=1):
            pass

    def write() -> None:
        path = f"/tmp/attention-kata-probe-{os.getpid()}"  # noqa: S108
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
        os.unlink(path)

    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)

    return {
        "open": lambda: os.open(targets["file"], os.O_RDONLY),
        "stat": lambda: os.stat(targets["file"]),
        "list": lambda: os.listdir("/"),
        "write": write,
        "fork": fork,
        "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "connect": connect,
        "signal": lambda: os.kill(targets["pid"], 0),
        "memory": lambda: call("process_vm_readv", targets["pid"], local, 1, remote, 1, 0),
        "namespace": lambda: call("unshare", 0x10000000),
    }


def _try(attempt: Callable[[], Any]) -> str:
    """Return "refused", "reached", or what else came back."""
    try:
        attempt()
    except OSError as error:
        refused = error.errno in (errno.EPERM, errno.EACCES)
        return "refused" if refused else errno.errorcode.get(error.errno or 0, "?")
    except ValueError as error:
        return str(error)
    return "reached"


def describe_kernel() -> dict[str, Any]:
    """Return what the kernel offers: the processor and the version of Landlock."""
    try:
        abi = kernel.landlock_abi()
    except OSError as error:
        return {"machine": os.uname().machine, "landlock_abi": 0, "landlock": str(error)}
    return {"machine": os.uname().machine, "landlock_abi": abi, "landlock": f"version {abi}"}
