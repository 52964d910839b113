"""The life of one worker: it is started, asked, and ended, and whose doing its end was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NoReturn

from grader.errors import Doubtful, GraderFault
from grader.jail.ending import Circumstances, Ending
from grader.jail.process import Process
from grader.jail.talk import MAX_FLOOD, Flooded, Overdue, RepliesClosed, Reply, Talk
from grader.text import clean_line
from grader.worker import wire

_START_SECONDS = 30.0  # in which a worker must be locked down
_MEDDLED = "wrote to a pipe that belongs to the grader"
_GRACE = 0.5  # seconds between a worker's hanging up and its end
_LAST_WORDS = 0.2  # seconds that an ended worker's output may take to arrive

Request = tuple[wire.Header, list[wire.Buffer]]


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
        talk: how to talk to it, which becomes this object's.
        circumstances: what tells whose doing its end was.
        has_numpy: whether it was started with NumPy.

    Attributes:
        stdout: what it has printed.
        stderr: the same.
        known: once the source is loaded, what was found out about it.
        at: what the worker says of where it is in the source; see `grader.worker.serve`.
    """

    def __init__(
        self,
        process: Process,
        talk: Talk,
        circumstances: Circumstances | None = None,
        *,
        has_numpy: bool = True,
    ) -> None:
        self._has_numpy = has_numpy
        self._process = process
        self._talk = talk
        self.stdout = talk.stdout
        self.stderr = talk.stderr
        self._circumstances = circumstances or Circumstances()
        self._request_id = 0
        self.ended = False
        self._killed = False
        self._gone = ""  # why the process was gone before it was ended
        self.known: wire.Header = {}
        self.at: object = None

    @property
    def waited(self) -> float:
        """Seconds that have been waited for it since it began to load the source."""
        return self._talk.waited

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
        self._talk.allow(seconds)
        with self._judging():
            self._talk.say(
                b"".join(
                    wire.pack({"id": number, **header}, buffers)
                    for number, (header, buffers) in enumerate(requests, first)
                )
            )
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
        self._talk.allow(seconds)
        return self._receive(request, most)

    def _receive(self, request: int, most: int = wire.MAX_ANSWER) -> Reply:
        with self._judging():
            reply, answer = self._talk.hear(most)
            if reply.get("lacks") is True and not self._has_numpy:
                raise Doubtful("An array was passed where NumPy was not expected to be needed.")
            if reply.get("id") != request:
                raise wire.WireError("a reply to something else")
        return reply, answer

    def take_printed(self) -> None:
        """Take what was printed before the last reply that has been received."""
        if not self.ended:
            self._talk.take_printed()

    def hand_over(self, header: wire.Header, source: bytes) -> None:
        """Hand over the source, once, and the request to load it; see `loaded`.

        Raises:
            NotStarted: the worker did not come up.
        """
        self._request_id += 1
        with self._starting(), suppress(BrokenPipeError):  # then `loaded` hears why
            self._talk.say(wire.pack({"id": self._request_id, **header}, [source]))

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
            limited, _ = self._talk.hear()
            if "unborn" in limited:
                lack = OSError(limited.get("errno", 0), str(limited["unborn"]))
                raise GraderFault(str(limited["unborn"])) from lack
        self._talk.waited = 0.0
        self._talk.allow(seconds)
        locked = limited if "fault" in limited else self._receive(wire.LOCKED)[0]
        if "fault" in locked:
            self.end()
            raise Doubtful(f"A worker could not be locked down: {locked['fault']}.")
        known = locked.get("known")
        self.known = known if isinstance(known, dict) else {}
        while "at" in (reply := self._receive(self._request_id))[0]:
            self.at = reply[0]["at"]
        return reply

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
        self._talk.finish(_LAST_WORDS if last_words else 0.0)
        return ending

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Take whatever goes wrong for a worker that did not come up."""
        self._talk.allow(_START_SECONDS)
        try:
            try:
                yield
            except RepliesClosed:
                self._die()
        except (Overdue, Flooded, WorkerDied, wire.WireError, GraderFault) as error:
            self.end()
            said = clean_line(self.stderr.data.decode("utf-8", "replace"), 300)
            said = said or self._gone or (str(error) if isinstance(error, GraderFault) else "")
            raise NotStarted(f"A worker did not come up. {said}".strip()) from error

    @contextmanager
    def _judging(self) -> Iterator[None]:
        """End the worker for whatever goes wrong in talking to it, and say whose doing it was."""
        try:
            yield
        except Overdue as error:
            self._end_late()
            raise WorkerTimedOut from error
        except (RepliesClosed, BrokenPipeError):
            self._die()
        except Flooded as error:
            self.end()
            raise WorkerDied(f"printed more than {MAX_FLOOD // 2**20} MiB") from error
        except wire.WireError as error:
            self.end()
            raise WorkerDied(_MEDDLED) from error

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

    def _die(self) -> NoReturn:
        ending = self.end(grace=_GRACE)
        self._doubt_if_gone()
        raise WorkerDied(self._circumstances.reason(ending))

    def _doubt_if_gone(self) -> None:
        if self._gone:
            raise Doubtful(f"A worker was lost; grade the file again. ({self._gone})")

    @contextmanager
    def _noting_what_is_gone(self) -> Iterator[None]:
        try:
            yield
        except GraderFault as fault:
            self._gone = str(fault)
