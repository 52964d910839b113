"""One worker as the trusted side sees it: requests with a deadline, output, an end."""

import os
import select
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from grader.errors import Doubtful, GraderFault
from grader.jail.clock import Clock
from grader.jail.ending import Ending, Evidence
from grader.jail.process import Capture, Pipes, Process
from grader.text import clean_line
from grader.worker import wire

MAX_FLOOD = 16 * 1024 * 1024
"""Bytes on stdout or stderr after which a worker is ended."""
_CHUNK = 64 * 1024
_START_SECONDS = 30.0  # in which a worker must be locked down
_MEDDLED = "wrote to a pipe that belongs to the grader"
_MOST_WAITING = wire.MAX_PAYLOAD  # bytes of answers that may wait to be read
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


class NotStarted(Doubtful):
    """A worker did not come up; none of the learner's code was run."""


class Worker:
    """A running worker.

    Args:
        process: how to end it.
        pipes: the trusted ends of its pipes, which become this object's.
        output_cap: bytes of stdout and of stderr that are kept.
        errands: what is done, in this order, while the worker is waited for.
        evidence: what tells whose doing its end was.

    Attributes:
        waited: seconds that have been waited for it since it began to load the source.
        known: once the source is loaded, what was found out about it.
    """

    def __init__(
        self,
        process: Process,
        pipes: Pipes,
        output_cap: int,
        errands: deque[Errand],
        evidence: Evidence | None = None,
    ) -> None:
        self._process = process
        self._pipes = pipes
        self.stdout = Capture(output_cap)
        self.stderr = Capture(output_cap)
        self._captures = {pipes.stdout: self.stdout, pipes.stderr: self.stderr}
        self._errands = errands
        self._evidence = evidence or Evidence()
        self._request_id = 0
        self._clock = Clock(0.0)
        self.waited = 0.0
        self.ended = False
        self._killed = False
        self._gone = ""  # why the process was gone before it was ended
        self.known: wire.Header = {}
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
            Doubtful: the worker was ended from outside, or what started it was.
        """
        first = self._request_id + 1
        self._request_id += len(requests)
        self._clock = Clock(seconds)
        try:
            self._send(
                b"".join(
                    wire.pack({"id": number, **header}, buffers)
                    for number, (header, buffers) in enumerate(requests, first)
                )
            )
        except WorkerTimedOut:
            self._end_late()
            raise
        except wire.WireError as error:
            self.end()
            raise WorkerDied(_MEDDLED) from error
        return list(range(first, self._request_id + 1))

    def receive(self, request: int, seconds: float, most: int = wire.MAX_ANSWER) -> Reply:
        """Return the reply to a request.

        Args:
            request: its id.
            seconds: the time for it.
            most: bytes that the buffers of the reply may have together.

        Raises:
            WorkerTimedOut: there was none within `seconds`.
            WorkerDied: there will be none, or it was not one.
            Doubtful: as for `send`.
        """
        self._clock = Clock(seconds)
        return self._receive(request, most)

    def _receive(self, request: int, most: int = wire.MAX_ANSWER) -> Reply:
        try:
            reply, answer = wire.unpack(self._read_exactly, most)
        except WorkerTimedOut:
            self._end_late()
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
        with self._starting(), suppress(BrokenPipeError):  # then `loaded` hears why
            self._write(wire.pack({"id": self._request_id, **header}, [source]))

    def loaded(self, seconds: float) -> Reply:
        """Return the reply about running the source.

        The worker limits itself and says so; the seconds count from there, because what it
        does next, importing what the source names, depends on the source. Then it locks
        itself down and says so, before any of the source runs.

        Raises:
            Doubtful: it could not do so, and none of the source was run; or as for `send`.
            WorkerTimedOut, WorkerDied: as for `receive`.
        """
        with self._starting():
            limited, _ = wire.unpack(self._read_exactly, wire.MAX_ANSWER)
            if "unborn" in limited:
                lack = OSError(limited.get("errno", 0), str(limited["unborn"]))
                raise GraderFault(str(limited["unborn"])) from lack
        self.waited = 0.0
        self._clock = Clock(seconds)
        locked = limited if "fault" in limited else self._receive(wire.LOCKED)[0]
        if "fault" in locked:
            self.end()
            raise Doubtful(f"A worker could not be locked down: {locked['fault']}.")
        known = locked.get("known")
        self.known = known if isinstance(known, dict) else {}
        return self._receive(self._request_id)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Take whatever goes wrong for a worker that did not come up."""
        self._clock = Clock(_START_SECONDS)
        try:
            yield
        except (WorkerTimedOut, WorkerDied, wire.WireError, GraderFault) as error:
            self.end()
            said = clean_line(self.stderr.data.decode("utf-8", "replace"), 300)
            said = said or self._gone or (str(error) if isinstance(error, GraderFault) else "")
            raise NotStarted(f"A worker did not come up. {said}".strip()) from error

    def kill(self) -> None:
        """Have the worker and all that it started killed, not waiting for that; then `end` it."""
        if self._killed:
            return
        self._killed = True
        with self._noting_what_is_gone():
            self._process.kill()

    def end(self, grace: float = 0.0, *, last_words: bool = True) -> Ending | None:
        """End the worker and all that it started, and close its pipes.

        Args:
            grace: seconds in which it may end by itself first.
            last_words: whether to wait for what it printed.

        Returns:
            How it ended, if it did so by itself in that time.
        """
        if self.ended:
            return None
        self.ended = True
        ending = None
        if grace and not self._killed:
            self._killed = True
            with self._noting_what_is_gone():
                ending = self._process.end(grace)
        self.kill()
        self._poll.unregister(self._pipes.replies)
        self._clock = Clock(_LAST_WORDS)
        while last_words and self._captures and self._clock.left:
            self._collect()
        self._pipes.close()
        return ending

    @contextmanager
    def _noting_what_is_gone(self) -> Iterator[None]:
        try:
            yield
        except GraderFault as fault:
            self._gone = str(fault)

    def _send(self, frame: bytes) -> None:
        try:
            self._write(frame)
        except BrokenPipeError:
            self._die()

    def _write(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[os.write(self._pipes.requests, rest) :]
            except BlockingIOError:
                self._poll.register(self._pipes.requests, select.POLLOUT)
                self._wait_for(self._pipes.requests)
                self._poll.unregister(self._pipes.requests)

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
            if descriptor in self._collect():
                return
            if over:
                raise WorkerTimedOut

    def _collect(self) -> set[int]:
        """Wait a while for something to be ready, take what came on the streams, say what was."""
        ready = {descriptor for descriptor, _ in self._wait()}
        self.waited += self._clock.tick()
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
            self._die()
        self._received += chunk
        if len(self._received) > _MOST_WAITING:
            raise wire.WireError("more than was asked for")

    def _end_late(self) -> None:
        """End the worker, whose time is over.

        Raises:
            Doubtful: its time was not its own.
        """
        stopped = False
        with self._noting_what_is_gone():
            stopped = self._process.was_stopped()
        self.end()
        self._doubt_if_gone()
        if stopped:
            raise Doubtful(
                "The process of the file was stopped from outside, so it had no time to answer. "
                "Grade the file again."
            )

    def _doubt_if_gone(self) -> None:
        if self._gone:
            raise Doubtful(f"A worker was lost; grade the file again. ({self._gone})")

    def _die(self) -> None:
        ending = self.end(grace=_GRACE)
        self._doubt_if_gone()
        raise WorkerDied(self._evidence.reason(ending))
