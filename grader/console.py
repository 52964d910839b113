"""How a command ends, whatever happens: with a code that is documented, and no traceback.

This is imported before anything else: Ctrl-C is a traceback until it has been. So it needs
nothing that Python has not loaded by then, not even what is there for types alone.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any, NoReturn

BELOW, USAGE, FAULT, INTERRUPTED = 1, 2, 3, 130
"""Exit codes, next to 0: see `grade --help`."""


def run(name: str, command: Callable[[], object]) -> NoReturn:
    """Run a command to the end of the process, which is here and nowhere else.

    Python's own end is left out: it would write what cannot be written once more, and it
    takes longer than this.

    Args:
        name: the command's name, for what is said.
        command: returns, or raises SystemExit with its exit code.
    """
    code = FAULT
    try:
        code = _run(name, command)
    finally:
        os._exit(code)


def _run(name: str, command: Callable[[], object]) -> int:
    screen = _take_over_streams()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not under nohup
        signal.signal(signal.SIGINT, EndAtOnce(name))
    try:
        command()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else FAULT if ended.code else 0
    except KeyboardInterrupt:
        _say(name, INTERRUPTION)
        code = INTERRUPTED
    except BaseException as error:
        from grader.errors import sentence

        _say(name, sentence(error))
        code = FAULT
    sys.stdout.flush()
    sys.stderr.flush()
    lost = screen.lost
    if lost is None or lost.errno == errno.EPIPE:  # who reads no further has seen enough
        return code
    if screen.shut:
        _say(name, "standard output is closed, so nothing was shown.")
        return code
    _say(name, f"standard output cannot be written ({(lost.strerror or 'unknown').lower()}).")
    return FAULT if code in (0, BELOW) else code


INTERRUPTION = "interrupted before it was done."


def _say(name: str, text: str) -> None:
    try:
        os.write(2, f"{name}: {' '.join(text.split())}\n".encode("utf-8", "replace"))
    except OSError:
        pass  # there is nobody to tell


class EndAtOnce:
    """What Ctrl-C does: it ends the process, as nothing of it has to be put away.

    All that it started ends with it. An exception would have to come through modules that are
    half imported, C code that makes another error of it, and whatever catches everything.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._process = os.getpid()

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Say so and end; what was forked says nothing."""
        if os.getpid() == self._process:
            if os.isatty(2):
                os.write(2, b"\n")  # the terminal has shown ^C
            _say(self._name, INTERRUPTION)
        os._exit(INTERRUPTED)


class Unwinding:
    """A context in which Ctrl-C raises KeyboardInterrupt: there is something to put away.

    Where no command of ours has the process, or inside another such context, it does nothing.
    """

    def __enter__(self) -> None:
        self._before = signal.getsignal(signal.SIGINT)
        if isinstance(self._before, EndAtOnce):
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def __exit__(self, *error: object) -> None:
        if isinstance(self._before, EndAtOnce):
            signal.signal(signal.SIGINT, self._before)


class Screen(io.FileIO):
    """A standard stream that fails nobody: what was to be done is done, then it is told.

    Attributes:
        shut: whether the descriptor was closed when the command began.
        lost: why something could not be written, if so.
    """

    def __init__(self, descriptor: int, shut: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.shut = shut
        self.lost: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write, or note why not; wait for a reader who has set the stream not to wait."""
        if self.shut and self.lost is None:
            self.lost = OSError(errno.EBADF, os.strerror(errno.EBADF))
        try:
            while self.lost is None:
                written: int | None = super().write(data)
                if written is not None:
                    return written
                import select

                select.select([], [self], [])
        except OSError as error:
            self.lost = error
        return memoryview(data).nbytes


def is_shut() -> bool:
    """Say whether there was no standard output from the beginning."""
    screen = _screen()
    return screen is not None and screen.shut


def is_unread() -> bool:
    """Say whether standard output takes nothing any more."""
    screen = _screen()
    return screen is not None and not screen.shut and screen.lost is not None


def _screen() -> Screen | None:
    screen = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return screen if isinstance(screen, Screen) else None


def _take_over_streams() -> Screen:
    """Print through screens from now on; return that of standard output.

    A standard descriptor that is closed becomes the null device first: whatever is opened
    later would take its number, and what is printed would go there.
    """
    shut = []
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number: this
            shut.append(descriptor)
    sys.stderr = _text(Screen(2, 2 in shut), sys.stderr, "backslashreplace")
    screen = Screen(1, 1 in shut)
    sys.stdout = _text(screen, sys.stdout, "strict")
    return screen


def _text(screen: Screen, stream: object, errors: str) -> io.TextIOWrapper:
    """Return a screen to print text on in the way of the stream that was there."""
    return io.TextIOWrapper(
        io.BufferedWriter(screen),
        encoding=getattr(stream, "encoding", None) or sys.getfilesystemencoding(),
        errors=getattr(stream, "errors", None) or errors,
        line_buffering=getattr(stream, "line_buffering", True),
        write_through=getattr(stream, "write_through", False),
    )
