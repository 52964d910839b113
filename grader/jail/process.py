"""What the trusted side holds of a worker's process: its end, its pipes, what it printed."""

import os
from typing import NamedTuple, Protocol

from grader.jail.ending import Ending


class Process(Protocol):
    """How a worker's process is ended."""

    def kill(self) -> None:
        """See to it that the process and all that it started are killed, whoever waits for that."""

    def end(self, grace: float) -> Ending | None:
        """Kill the process and all that it started.

        Args:
            grace: seconds in which it may end by itself first.

        Returns:
            How it ended if it did so by itself.

        Raises:
            GraderFault: what started it is gone, and so is the process.
        """

    def was_stopped(self) -> bool:
        """Say whether the process has been stopped for a while, which it cannot do itself.

        Raises:
            GraderFault: what started it is gone, and so is the process.
        """


class Pipes(NamedTuple):
    """The trusted ends of a worker's four pipes."""

    requests: int
    replies: int
    stdout: int
    stderr: int

    def close(self) -> None:
        """Close them all."""
        for descriptor in (self.requests, self.replies, self.stdout, self.stderr):
            os.close(descriptor)


def make_pipes() -> tuple[Pipes, tuple[int, int, int, int]]:
    """Return the trusted ends of four new pipes, and those of a worker, in the same order."""
    requests, to_worker = os.pipe()
    from_worker, replies = os.pipe()
    stdout, stdout_end = os.pipe()
    stderr, stderr_end = os.pipe()
    ours = Pipes(to_worker, from_worker, stdout, stderr)
    return ours, (requests, replies, stdout_end, stderr_end)


class Capture:
    """What a worker wrote to one of its streams, up to a cap."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self.data = bytearray()
        self.size = 0

    def add(self, chunk: bytes) -> None:
        """Keep of `chunk` what fits."""
        self.size += len(chunk)
        self.data += chunk[: self._cap - len(self.data)]
