"""The jail's life: start, one worker after another, end."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from types import TracebackType
from typing import Self

from .isolation import Isolation
from .launch import worker_command, worker_environment
from .limits import Limits
from .worker import Pipes, Worker


class Jail:
    """Starts workers. A context manager: leaving it ends whatever still runs.

    Args:
        limits: what each submission may use.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.isolation = Isolation("process", {"process": "own process and folder"})
        self._folder = tempfile.mkdtemp(prefix="attention-kata-")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def start_worker(self) -> Worker:
        """Return a new worker, which has seen no learner's code yet."""
        requests, to_worker = os.pipe()
        from_worker, replies = os.pipe()
        stdout, stdout_end = os.pipe()
        stderr, stderr_end = os.pipe()
        process = subprocess.Popen(
            worker_command(requests=requests, replies=replies),
            env=worker_environment(),
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout_end,
            stderr=stderr_end,
            pass_fds=(requests, replies),
            start_new_session=True,
        )
        for descriptor in (requests, replies, stdout_end, stderr_end):
            os.close(descriptor)
        pipes = Pipes(to_worker, from_worker, stdout, stderr)
        return Worker(ColdProcess(process), pipes, self.limits.output_kib * 1024)


class ColdProcess:
    """A worker's own process and the session that it leads."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def end(self, grace: float) -> int | None:
        """Kill the session; return how the process ended if it did so by itself."""
        status: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(grace)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        return status
