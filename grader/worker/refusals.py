"""What the learner's code was trying when the jail refused it.

The interpreter announces what it is about to do to audit hooks (PEP 578). The last such
announcement names what was refused when the kernel then says no. It is a help for the
learner's message and nothing else: no right depends on it.
"""

import errno
import sys
from typing import Any

_REFUSED = frozenset((errno.EPERM, errno.EACCES, errno.ENOSYS))
NETWORK, THREADS = "use the network", "start more threads than it may"
FILES, LIMITS = "open a file", "change its limits"
KEYBOARD, DEBUGGER = "ask for an input", "stop in a debugger"
ARGUMENTS = "read the command line"
OTHER = "do what only a program outside the jail can do"
_ATTEMPTS = {
    "open": "open a file",
    "os.listdir": "list a folder",
    "os.scandir": "list a folder",
    "os.mkdir": "make a folder",
    "os.remove": "delete a file",
    "os.rename": "rename a file",
    "os.chmod": "change a file",
    "os.link": "make a link",
    "os.symlink": "make a link",
    "os.fork": "start a process",
    "os.forkpty": "start a process",
    "os.exec": "start a process",
    "os.posix_spawn": "start a process",
    "os.system": "start a process",
    "subprocess.Popen": "start a process",
    "os.kill": "send a signal",
    "os.killpg": "send a signal",
    "signal.pthread_kill": "send a signal",
    "ctypes.dlopen": "load a library",
    "_thread.start_new_thread": "start a thread",
    "resource.setrlimit": LIMITS,
    "resource.prlimit": LIMITS,
    "mmap.__new__": "map a file",
    "builtins.input": KEYBOARD,
}
PHRASES = frozenset((*_ATTEMPTS.values(), NETWORK, THREADS, OTHER, DEBUGGER, ARGUMENTS))
"""All that `attempt` can say."""
_FILE_CODE = ("posixpath", "genericpath", "pathlib", "_datasource", "<frozen os>", "tempfile")
_last: list[str] = [""]


def watch() -> None:
    """Begin to note what the code of this process announces."""
    sys.addaudithook(_note)


def attempt(error: BaseException) -> str:
    """Return what was refused with `error`, as in "tried to …"; empty if it is no refusal."""
    if isinstance(error, OSError) and error.errno in _REFUSED:
        return _last[0] or (FILES if _is_about_files(error) else OTHER)
    if isinstance(error, SystemExit) and error.code and _comes_from(error, "argparse"):
        return ARGUMENTS
    if isinstance(error, EOFError):
        return KEYBOARD if _last[0] == KEYBOARD else ""
    if isinstance(error, OSError) and _last[0] == NETWORK:  # a name that nobody could look up
        return NETWORK
    if isinstance(error, ModuleNotFoundError) and _comes_from(error, "_datasource"):
        return FILES  # np.loadtxt looks for it elsewhere, with what it imports late
    if isinstance(error, ValueError) and str(error) == "not allowed to raise maximum limit":
        return LIMITS
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return THREADS
    return ""


def _comes_from(error: BaseException, part: str) -> bool:
    """Say whether an exception passed through a module whose path has this part."""
    trace = error.__traceback__
    while trace is not None:
        if part in trace.tb_frame.f_code.co_filename:
            return True
        trace = trace.tb_next
    return False


def _is_about_files(error: OSError) -> bool:
    """Say whether a refusal that nothing announced, such as a look-up, came out of file code."""
    trace = error.__traceback__
    name = ""
    while trace is not None:
        name, trace = trace.tb_frame.f_code.co_filename, trace.tb_next
    return error.filename is not None or any(part in name for part in _FILE_CODE)


def _note(event: str, _: tuple[Any, ...]) -> None:
    if event in _ATTEMPTS:
        _last[0] = _ATTEMPTS[event]
    elif event.startswith("socket."):
        _last[0] = NETWORK
