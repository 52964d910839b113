"""A worker that is a process of its own, where no fork of a zygote is safe."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from typing import Any

from grader.errors import Doubtful
from grader.jail import launch
from grader.jail.ending import Ending


class Cold:
    """A worker that is a process of its own, in a session that it leads."""

    def __init__(
        self,
        prefix: list[str],
        folder: str,
        orders: dict[str, Any],
        descriptors: tuple[int, ...],
    ) -> None:
        requests, replies, stdout, stderr = descriptors
        self._folder = tempfile.mkdtemp(prefix="attention-kata-")
        command = launch.python_command(
            folder, run="cold", requests=requests, replies=replies, **orders
        )
        self._wrapped = bool(prefix)
        try:
            self._process = subprocess.Popen(
                [*prefix, *command],
                env=launch.environment(),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                pass_fds=(requests, replies),
                start_new_session=True,
            )
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Doubtful(f"No process can be started for the file ({error}).") from error

    def kill(self) -> None:
        """Kill the session."""
        self.end(0.0)

    def was_stopped(self) -> bool:
        """Say no: without a jail it can do that itself."""
        return False

    def end(self, grace: float) -> Ending | None:
        """Kill the session; return how the process ended if it did so by itself."""
        ending = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(grace)
            # A shell's way to tell of a signal, which `bwrap` follows; or an exit code like it.
            ending = Ending(128 - status if self._wrapped and status > 128 else status)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        return ending
