"""The workers of one submission: one after another is asked, others are prepared beside it."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from grader.errors import GraderFault
from grader.jail import Jail, Worker, WorkerDied, WorkerTimedOut
from grader.jail.talk import Errand
from grader.jail.worker import NotStarted
from grader.learner import messages
from grader.learner.code import read_code
from grader.learner.endings import Crashed, TimedOut
from grader.worker import wire

_T = TypeVar("_T")


class Budget:
    """The seconds for which a submission may still be waited for, whichever worker runs it."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds


class Workers:
    """The workers of one submission.

    Args:
        jail: where they come from.
        source: the bytes of the learner's file.
        file: the name under which it runs.
        names: what is looked for in it.
        beside: those of the same submission whose time, and what is known, these share.

    Attributes:
        now: the worker that is asked; None before the first and after the end of each.
        called: the functions that it has called.
        owed: the requests to it whose replies have not been taken yet.
        steady: functions that are known to keep nothing between calls.
        known: what was found out about the source once it was loaded.
        listens: whether what the learner's code prints is kept.
        stdout: what it has printed.
        stderr: the same.
        truncated: whether that is not all.
    """

    def __init__(
        self,
        jail: Jail,
        source: bytes,
        file: str,
        names: Sequence[str],
        beside: "Workers | None" = None,
    ) -> None:
        self._jail = jail
        self.source = source
        self._file = file
        self._names = list(names)
        self._whole = beside or self
        self._code = read_code(source)
        self._budget: Budget = beside._budget if beside else Budget(jail.limits.submission_seconds)
        self.now: Worker | None = None
        self._next: deque[Worker] = deque()
        self._settled = True  # whether no worker that was ended may still be there
        self._others: list[Workers] = []
        self.called: set[str] = set()
        self.owed: deque[int] = deque()
        self.steady: set[str] = set()
        self.known: wire.Header = beside.known if beside else {}
        self.listens = beside is None
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._loaded = 0  # of what it has printed, what it did before it was called
        self.truncated = False

    @property
    def errands(self) -> deque[Errand]:
        """What is done, in this order, while a worker is waited for; see `Jail`."""
        return self._jail.errands

    @property
    def is_fresh(self) -> bool:
        """Whether nothing is left of what was called before."""
        return not self.called - self.steady

    def beside(self) -> "Workers":
        """Return workers of the same submission, which know nothing of what is called in these."""
        other = Workers(self._jail, self.source, self._file, self._names, self)
        self._others.append(other)
        return other

    def start(self) -> wire.Header:
        """Start a worker, load the file in it, and return what the worker says of that.

        Raises:
            CaseEnded: it hung or died.
            Doubtful: it did not come up.
        """
        try:
            return self._load()
        except NotStarted:  # the zygote may have been killed, or the file's threads leave no room
            self._whole.end()
            return self._load()

    def ask(self, what: str, ask: Callable[[Worker, float], _T]) -> _T:
        """Ask the worker something within what is left of the submission's time.

        Raises:
            CaseEnded: it hung or died, or there is no time left.
        """
        assert self.now is not None
        limits = self._jail.limits
        if self._budget.left <= 0:
            raise messages.time_used_up(limits.submission_seconds)
        worker, before = self.now, self.now.waited
        try:
            return ask(worker, min(self._budget.left, limits.call_seconds))
        except GraderFault:
            self.end()
            raise
        except WorkerTimedOut as error:
            self.end()
            raise messages.timed_out(what, limits.call_seconds) from error
        except WorkerDied as error:
            self.end()
            raise messages.killed(what, error.reason) from error
        finally:
            self._budget.left -= max(0.0, worker.waited - before)

    def prepare(self, workers: int = 1) -> None:
        """Begin to start so many workers that are fresh, while other things are done.

        One in which nothing is left of what was called before counts as fresh. Where no core can
        be spared for it, they are started when they are needed.
        """
        if not self._jail.ahead:
            return
        there = self.now is not None and self.is_fresh
        for _ in range(workers - there - len(self._next)):
            self._begin_next()

    def renew(self) -> None:
        """See to it that nothing of what was called before is left."""
        for other in self._others:
            other.end_one()
        if not self.is_fresh:
            self.end_one()

    def start_over(self) -> None:
        """End the worker, keeping what it printed but nothing that is printed later.

        A fresh one is on its way when this returns, as `prepare` has it.
        """
        for other in self._others:
            other.end_one()
        if self.now is not None:
            self.now.kill()  # what it printed arrives while the next is on its way
        if self._jail.ahead:
            self._begin_next()
        self.end_one()
        self.listens = False

    def end_one(self) -> None:
        """End the worker that is asked now, which may take a moment longer than this."""
        if self.now is None:
            return
        worker, self.now = self.now, None
        self._settled = False
        self.called.clear()
        worker.end(last_words=self.listens)
        self.owed.clear()
        if not self.listens:
            return
        cap = self._jail.limits.output_kib * 1024
        for kept, capture in ((self.stdout, worker.stdout), (self.stderr, worker.stderr)):
            self.truncated |= len(kept) + capture.size > cap
            kept += capture.data[: cap - len(kept)]

    def end(self) -> None:
        """End all of them, keeping what the learner's code printed."""
        for other in self._others:
            other.end()
        self.end_one()
        while self._next:
            self._next.popleft().end(last_words=False)
            self._settled = False
        if not self._settled:
            self._jail.settle()
            self._settled = True

    def begin_again(self) -> None:
        """End all of them, and forget what the learner's code printed, for it will once more."""
        self.end()
        self.stdout.clear()
        self.stderr.clear()
        self.truncated = False

    @property
    def printed(self) -> bytes:
        """What the learner's code has printed to stdout before the last reply that was received."""
        now = bytearray()
        if self.now is not None and self.listens:
            self.now.take_printed()
            now = self.now.stdout.data
        return bytes(self.stdout + now)

    def printed_since(self, before: int) -> bytes:
        """Return what calls have printed since so many bytes had arrived."""
        return self.printed[max(before, self._loaded) :]

    def _load(self) -> wire.Header:
        """Return what the worker says of having run the file."""
        self.now = worker = self._next.popleft() if self._next else self._begin()
        try:
            reply, _ = self.ask("the file", lambda worker, seconds: worker.loaded(seconds))
        except (TimedOut, Crashed) as ended:
            from grader.learner.load_errors import loading

            raise loading(ended, worker.at, self._code) from ended
        assert self.now is not None
        self.known = self.now.known
        self._loaded = len(self.printed)
        return reply

    def _begin(self) -> Worker:
        """Begin to start a worker and to load the learner's file in it."""
        worker = self._jail.start_worker(self._code.text)
        header = {
            "functions": self._names,
            "file": self._file,
            "known": self.known,
            "notebook": self._code.notebook,
        }
        worker.hand_over(header, self._code.text)
        return worker

    def _begin_next(self) -> None:
        """Begin to start a worker ahead of time; without it one is started when it is needed."""
        with suppress(NotStarted):
            self._next.append(self._begin())
