"""The grader's handle on the page beside the editor."""

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from types import TracebackType

from grader.errors import GraderFault, UsageError
from grader.learner.code import as_text
from grader.pages import live
from grader.pages.first import PageDetail
from grader.report.changes import Before
from grader.report.model import Report

_SECONDS = 30.0  # in which the server must be there, or take what it is told


class LivePage:
    """A page that a browser shows, served by a process that ends with this one.

    No untrusted code comes near that process: what it is told is a finished document.

    Args:
        name: of the file.
        command: what starts the grader again, for when it has ended.
        detail: how much of a report is shown.
        in_numbers: returns the lines that show the mistake of a report in small numbers.

    Raises:
        UsageError: the package that serves it is not installed.
        GraderFault: no process can be started.
    """

    def __init__(
        self,
        name: str,
        command: str,
        detail: PageDetail,
        in_numbers: Callable[[Report], Sequence[str]],
    ) -> None:
        if find_spec("tornado") is None:
            raise UsageError(
                "--page needs the package tornado: pip install 'attention-kata[learn]'."
            )
        self._name, self._again, self._detail = name, command, detail
        self._in_numbers = in_numbers
        self._address = ""
        self._control, its = socket.socketpair()
        self._control.settimeout(_SECONDS)
        # -P: the folder that the learner works in is no place to import anything from.
        words = [sys.executable, "-P", "-m", "grader.live.server", str(its.fileno())]
        try:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(its.fileno(),),
                start_new_session=True,  # Ctrl-C is for the grader, and no terminal for a browser
            )
        except OSError as error:
            self._control.close()
            raise GraderFault(f"The page cannot be served ({error.strerror}).") from error
        finally:
            its.close()

    def __enter__(self) -> "LivePage":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up, which ends the server, and see to it that it has ended."""
        self._control.close()
        self._process.kill()
        self._process.wait()

    @property
    def address(self) -> str:
        """Where the page is; empty if nobody serves it any more."""
        return self._address if self._is_served() else ""

    def begin(self, state: str) -> None:
        """Wait until there is the page, and open it in the browser if there is one.

        Raises:
            GraderFault: it does not come up.
        """
        with contextlib.suppress(OSError), self._control.makefile() as lines:
            self._address = lines.readline().strip()
        if not self._address:
            raise GraderFault("The page's server did not start. Without --page all else goes on.")
        document = live.waiting(self._name, state, self._again)
        self._tell({"document": document.decode(), "state": state, "open": True})

    def show(self, report: Report, source: bytes, before: Before | None) -> None:
        """Show a report, and what has changed since that of the last save."""
        state = live.state_of(report, before)
        text = as_text(source)
        detail = self._detail._replace(numbers=tuple(self._in_numbers(report)))
        document = live.render(report, text, state, self._again, detail)
        self._tell({"document": document.decode(), "state": state})

    def say(self, state: str) -> None:
        """Say how things stand, above what is shown."""
        self._tell({"state": state})

    def _is_served(self) -> bool:
        return self._control.fileno() >= 0

    def _tell(self, news: dict[str, object]) -> None:
        """Tell the server; if it is gone or does not listen, the grading goes on without it."""
        try:
            if self._is_served():
                self._control.sendall(json.dumps(news).encode() + b"\n")
        except OSError:
            self._control.close()
