"""One worker as the trusted side sees it: requests with a deadline, output, an end."""

import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from grader.errors import GraderFault
from grader.text import clean_line
from grader.worker import wire

MAX_FLOOD = 16 * 1024 * 1024
"""Bytes on stdout or stderr after which a worker is ended."""
_CHUNK = 64 * 1024
_START_SECONDS = 30.0  # in which a worker must be locked down
_MEDDLED = "wrote to a pipe that belongs to the grader"
_MOST_WAITING = 4 * wire.MAX_ANSWER  # bytes of answers that may wait to be read
_GRACE = 0.5  # seconds between a worker's hanging up and its end
_LAST_WORDS = 0.2  # seconds that an ended worker's output may take to arrive


Request = tuple[wire.Header, list[wire.Buffer]]
Reply = tuple[wire.Header, list[bytearray]]
Errand = Callable[[], object]
"""A short piece of work of ours, done while something else is waited for."""


class WorkerTimedOut(Exception):
    """A request was not answered by its deadline; the worker has been ended."""


class WorkerDied(Exception):
    """The worker ended by itself, or had to be ended for what it did.

    Args:
        reason: what happened, as the end of a sentence that begins with "your code".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotStarted(GraderFault):
    """A worker did not come up; none of the learner's code was run."""


class Process(Protocol):
    """How a worker's process is ended."""

    def kill(self) -> None:
        """See to it that the process and all that it started are killed, whoever waits for that."""

    def end(self, grace: float) -> int | None:
        """Kill the process and all that it started.

        Args:
            grace: seconds in which it may end by itself first.

        Returns:
            Its exit status as `subprocess` has it (negative: the signal) if it ended by
            itself, else None.

        Raises:
            GraderFault: what started it is gone, and so is the process.
        """


@dataclass(frozen=True)
class Pipes:
    """The trusted ends of a worker's four pipes."""

    requests: int
    replies: int
    stdout: int
    stderr: int


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


class Worker:
    """A running worker.

    Args:
        process: how to end it.
        pipes: the trusted ends of its pipes, which become this object's.
        output_cap: bytes of stdout and of stderr that are kept.
        errands: what is done, in this order, while the worker is waited for.
    """

    def __init__(
        self, process: Process, pipes: Pipes, output_cap: int, errands: deque[Errand]
    ) -> None:
        self._process = process
        self._pipes = pipes
        self.stdout = Capture(output_cap)
        self.stderr = Capture(output_cap)
        self._captures = {pipes.stdout: self.stdout, pipes.stderr: self.stderr}
        self._errands = errands
        self._request_id = 0
        self._deadline = 0.0
        self.ended = False
        self._killed = False
        self._gone = ""  # why the process was gone before it was ended
        self.known: wire.Header = {}  # once the source is loaded, what was found out about it
        self._received = bytearray()
        self._poll = select.poll()
        for descriptor in (pipes.replies, pipes.stdout, pipes.stderr):
            self._poll.register(descriptor, select.POLLIN)
        os.set_blocking(pipes.requests, False)

    def send(self, requests: Sequence[Request], seconds: float) -> list[int]:
        """Send requests and return their ids; replies come in the same order.

        They go out in one piece: what costs most is to wake the other side.

        Raises:
            WorkerTimedOut: it was not taken within `seconds`.
            WorkerDied: it will not be taken.
            GraderFault: what started the worker is gone, and the worker with it.
        """
        first = self._request_id + 1
        self._request_id += len(requests)
        self._deadline = time.monotonic() + seconds
        try:
            self._send(
                b"".join(
                    wire.pack({"id": number, **header}, buffers)
                    for number, (header, buffers) in enumerate(requests, first)
                )
            )
        except WorkerTimedOut:
            self.end()
            raise
        except wire.WireError as error:
            self.end()
            raise WorkerDied(_MEDDLED) from error
        return list(range(first, self._request_id + 1))

    def receive(self, request: int, seconds: float) -> Reply:
        """Return the reply to a request.

        Raises:
            WorkerTimedOut: there was none within `seconds`.
            WorkerDied: there will be none, or it was not one.
            GraderFault: as for `send`.
        """
        self._deadline = time.monotonic() + seconds
        return self._receive(request)

    def _receive(self, request: int) -> Reply:
        try:
            reply, answer = wire.unpack(self._read_exactly, wire.MAX_ANSWER)
        except WorkerTimedOut:
            self.end()
            raise
        except wire.WireError as error:
            self.end()
            raise WorkerDied(_MEDDLED) from error
        if reply.get("id") != request:
            self.end()
            raise WorkerDied(_MEDDLED)
        return reply, answer

    def hand_over(self, header: wire.Header, source: bytes) -> None:
        """Hand over the source, once, and the request to load it; see `loaded`.

        Raises:
            NotStarted: the worker did not come up.
        """
        self._request_id += 1
        with self._starting():
            self._send(wire.pack({"id": self._request_id, **header}, [source]))

    def loaded(self, seconds: float) -> Reply:
        """Return the reply about running the source.

        The worker limits itself and says so; the seconds count from there, because what it
        does next, importing what the source names, depends on the source. Then it locks
        itself down and says so, before any of the source runs.

        Raises:
            GraderFault: it could not do so, and none of the source was run; or as for `send`.
            WorkerTimedOut, WorkerDied: as for `receive`.
        """
        with self._starting():
            limited, _ = wire.unpack(self._read_exactly, wire.MAX_ANSWER)
        self._deadline = time.monotonic() + seconds
        locked = limited if "fault" in limited else self._receive(wire.LOCKED)[0]
        if "fault" in locked:
            self.end()
            raise GraderFault(f"A worker could not be locked down: {locked['fault']}.")
        known = locked.get("known")
        self.known = known if isinstance(known, dict) else {}
        return self._receive(self._request_id)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Take whatever goes wrong for a worker that did not come up."""
        self._deadline = time.monotonic() + _START_SECONDS
        try:
            yield
        except (WorkerTimedOut, WorkerDied, wire.WireError, GraderFault) as error:
            self.end()
            said = clean_line(self.stderr.data.decode("utf-8", "replace"), 300)
            said = said or self._gone
            raise NotStarted(f"A worker did not come up. {said}".strip()) from error

    def kill(self) -> None:
        """Have the worker and all that it started killed, not waiting for that; then `end` it."""
        if self._killed:
            return
        self._killed = True
        with self._noting_what_is_gone():
            self._process.kill()

    def end(self, grace: float = 0.0, *, last_words: bool = True) -> int | None:
        """End the worker and all that it started, and close its pipes.

        Args:
            grace: seconds in which it may end by itself first.
            last_words: whether to wait for what it printed.

        Returns:
            Its exit status if it ended by itself in that time; see `Process.end`.
        """
        if self.ended:
            return None
        self.ended = True
        status = None
        if grace and not self._killed:
            self._killed = True
            with self._noting_what_is_gone():
                status = self._process.end(grace)
        self.kill()
        self._poll.unregister(self._pipes.replies)
        deadline = time.monotonic() + _LAST_WORDS
        while last_words and self._captures and self._collect(deadline):
            pass
        for descriptor in vars(self._pipes).values():
            os.close(descriptor)
        return status

    @contextmanager
    def _noting_what_is_gone(self) -> Iterator[None]:
        try:
            yield
        except GraderFault as fault:
            self._gone = str(fault)

    def _send(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[os.write(self._pipes.requests, rest) :]
            except BlockingIOError:
                self._poll.register(self._pipes.requests, select.POLLOUT)
                self._wait_for(self._pipes.requests)
                self._poll.unregister(self._pipes.requests)
            except BrokenPipeError:
                self._die()

    def _read_exactly(self, count: int) -> bytearray:
        while len(self._received) < count:
            self._wait_for(self._pipes.replies)
        data = self._received[:count]
        del self._received[:count]
        return data

    def _wait_for(self, descriptor: int) -> None:
        """Return once `descriptor` is ready; collect the worker's output until then."""
        while True:
            ready = self._collect(self._deadline)
            if time.monotonic() >= self._deadline:
                raise WorkerTimedOut
            if descriptor in ready:
                return

    def _collect(self, deadline: float) -> set[int]:
        """Wait until something is ready, take what came on the streams, say what was ready."""
        ready = {descriptor for descriptor, _ in self._wait(deadline)}
        if self._pipes.replies in ready and not self.ended:
            self._take_replies()
        for stream in ready & self._captures.keys():
            chunk = os.read(stream, _CHUNK)
            capture = self._captures[stream]
            capture.add(chunk)
            if not chunk:
                self._poll.unregister(stream)
                del self._captures[stream]
            elif capture.size > MAX_FLOOD and not self.ended:
                self.end()
                raise WorkerDied(f"printed more than {MAX_FLOOD // 2**20} MiB")
        return ready

    def _wait(self, deadline: float) -> list[tuple[int, int]]:
        """Wait until something is ready, and run errands until then."""
        while self._errands and time.monotonic() < deadline:
            ready = self._poll.poll(0)
            if ready:
                return ready
            self._errands.popleft()()
        return self._poll.poll(max(0.0, deadline - time.monotonic()) * 1000)

    def _take_replies(self) -> None:
        chunk = os.read(self._pipes.replies, _CHUNK)
        if not chunk:
            self._die()
        self._received += chunk
        if len(self._received) > _MOST_WAITING:
            raise wire.WireError("more than was asked for")

    def _die(self) -> None:
        status = self.end(grace=_GRACE)
        if self._gone:
            raise GraderFault(f"A worker was lost; grade the file again. ({self._gone})")
        raise WorkerDied(_describe_status(status))


def _describe_status(status: int | None) -> str:
    if status is None:
        return "closed a pipe that belongs to the grader"
    if status >= 0:
        return "ended the process it runs in"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return _SIGNALS.get(name, f"was ended by {name}")


_SIGNALS = {
    "SIGSEGV": "crashed the interpreter (segmentation fault)",
    "SIGBUS": "crashed the interpreter (bus error)",
    "SIGABRT": "aborted the interpreter",
    "SIGXCPU": "used up its CPU time",
}
