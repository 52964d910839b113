"""Talking to a worker over its pipes: each wait has a deadline, and what it prints is kept."""

import os
import select
from collections import deque
from collections.abc import Callable

from grader.jail.clock import Clock
from grader.jail.process import Capture, Pipes
from grader.worker import wire

MAX_FLOOD = 16 * 1024 * 1024
"""Bytes on stdout or stderr that are too many."""
_CHUNK = 64 * 1024
_FILL = 2 * _CHUNK  # bytes that a pipe holds at the most, and some more
_MOST_WAITING = wire.MAX_PAYLOAD  # bytes of answers that may wait to be read

Reply = tuple[wire.Header, list[bytearray]]
Errand = Callable[[], object]
"""A short piece of work of ours, done while something else is waited for."""


class Overdue(Exception):
    """What was waited for did not come in time."""


class RepliesClosed(Exception):
    """The worker has closed its end of the replies."""


class Flooded(Exception):
    """The worker printed more than `MAX_FLOOD` on one of its streams."""


class Talk:
    """What is said to a worker and heard from it.

    Args:
        pipes: the trusted ends of its pipes, which become this object's.
        output_cap: bytes of stdout and of stderr that are kept.
        errands: what is done, in this order, while the worker is waited for.

    Attributes:
        stdout: what it has printed.
        stderr: the same.
        waited: seconds that have been waited for it.
    """

    def __init__(self, pipes: Pipes, output_cap: int, errands: deque[Errand]) -> None:
        self._pipes = pipes
        self.stdout = Capture(output_cap)
        self.stderr = Capture(output_cap)
        self._captures = {pipes.stdout: self.stdout, pipes.stderr: self.stderr}
        self._errands = errands
        self._clock = Clock(0.0)
        self.waited = 0.0
        self._received = bytearray()
        self._poll = select.poll()
        for descriptor in (pipes.replies, pipes.stdout, pipes.stderr):
            self._poll.register(descriptor, select.POLLIN)
        os.set_blocking(pipes.requests, False)

    def allow(self, seconds: float) -> None:
        """Give all that is said and heard from now on so much time together."""
        self._clock = Clock(seconds)

    def say(self, frame: bytes) -> None:
        """Send a frame.

        Raises:
            Overdue: it was not taken in time.
            BrokenPipeError: nobody reads the requests any more.
            RepliesClosed, Flooded, WireError: what came meanwhile.
        """
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[os.write(self._pipes.requests, rest) :]
            except BlockingIOError:
                self._poll.register(self._pipes.requests, select.POLLOUT)
                self._wait_for(self._pipes.requests)
                self._poll.unregister(self._pipes.requests)

    def hear(self, most: int = wire.MAX_ANSWER) -> Reply:
        """Return the next reply, whose buffers may have `most` bytes together.

        Raises:
            Overdue: there was none in time.
            RepliesClosed, Flooded: there will be none, or it is not waited for.
            WireError: what came is no reply, or more than was asked for.
        """
        return wire.unpack(self._read_exactly, most)

    def finish(self, seconds: float) -> None:
        """Take what the worker, which is ended, still printed, and close the pipes.

        Args:
            seconds: what that may take; not waited for if 0.
        """
        self._poll.unregister(self._pipes.replies)
        self.allow(seconds)
        while self._captures and self._clock.left:
            self._collect()
        self._pipes.close()

    def take_printed(self) -> None:
        """Take what was printed before the last reply that has been heard.

        A reply that was read along with the one before it came after what its call printed, which
        need not have been looked for since: a pipe's fill, at the most.
        """
        for _ in range(_FILL // _CHUNK):
            ready = {descriptor for descriptor, _ in self._poll.poll(0)} & self._captures.keys()
            if not ready:
                return
            self._take_printed(ready)

    def _read_exactly(self, count: int) -> bytearray:
        while len(self._received) < count:
            self._wait_for(self._pipes.replies)
        data = self._received[:count]
        del self._received[:count]
        return data

    def _wait_for(self, descriptor: int) -> None:
        """Return once `descriptor` is ready; collect the worker's output until then.

        What is ready counts, however late it is when it is seen.
        """
        while True:
            over = not self._clock.left
            ready = self._collect()
            if max(self.stdout.size, self.stderr.size) > MAX_FLOOD:
                raise Flooded
            if descriptor in ready:
                return
            if over:
                raise Overdue

    def _collect(self) -> set[int]:
        """Wait a while for something to be ready, take what came on the pipes, say what was."""
        ready = {descriptor for descriptor, _ in self._wait()}
        self.waited += self._clock.tick()
        if self._pipes.replies in ready:
            self._take_replies()
        self._take_printed(ready)
        return ready

    def _take_printed(self, ready: set[int]) -> None:
        for stream in ready & self._captures.keys():
            chunk = os.read(stream, _CHUNK)
            self._captures[stream].add(chunk)
            if not chunk:
                self._poll.unregister(stream)
                del self._captures[stream]

    def _wait(self) -> list[tuple[int, int]]:
        """Wait until something is ready or a slice of time is over; run errands until then."""
        while self._errands and self._clock.left:
            ready = self._poll.poll(0)
            if ready:
                return ready
            self._errands.popleft()()
            self.waited += self._clock.tick()
        return self._poll.poll(self._clock.slice * 1000)

    def _take_replies(self) -> None:
        chunk = os.read(self._pipes.replies, _CHUNK)
        if not chunk:
            raise RepliesClosed
        self._received += chunk
        if len(self._received) > _MOST_WAITING:
            raise wire.WireError("more than was asked for")
