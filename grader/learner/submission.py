"""The learner's functions as the cases see them: real arrays in, real arrays out.

What the learner's code does instead of answering (raise, hang, die, return something
else) ends the case with one of `grader.learner.endings`, in words for the learner.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.errors import GraderFault
from grader.jail import Jail, Worker, WorkerDied, WorkerTimedOut
from grader.jail.worker import Errand, NotStarted, Request
from grader.kata import kata
from grader.learner.answer import Answer
from grader.learner.code import read_code
from grader.learner.endings import CaseEnded, Crashed, Failed, NotRun, Raised, TimedOut
from grader.learner.load_errors import describe_failed_cells, describe_load_error
from grader.learner.messages import count, describe_error
from grader.learner.missing import say_missing_function
from grader.worker import arrays, wire

Array = arrays.Array
_T = TypeVar("_T")
Call = tuple[Sequence[Array | int], str]
"""The arguments of a call, and how its arrays lie in memory; see `Submission.call`."""
Answered = tuple[tuple[Any, ...], Answer]
"""The arguments of a call, and what came back."""
REFILLED = "refilled"
MAX_DEATHS = 2
"""Times that a function may take its worker along before it is not called any more."""


class Rejected(Exception):
    """The submission could not be loaded.

    Args:
        message: why, for the learner.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass
class _Budget:
    """The seconds for which a submission may still be waited for, whichever worker runs it."""

    left: float


class Submission:
    """One learner's file in the jail.

    Args:
        jail: where its workers come from.
        source: the bytes of the file.
    """

    def __init__(self, jail: Jail, source: bytes) -> None:
        self._jail = jail
        self._source = source
        self._code = read_code(source)
        self._worker: Worker | None = None
        self._next: deque[Worker] = deque()
        self._settled = True  # whether no worker that was ended may still be there
        self._beside: tuple[Submission, ...] = ()
        self._whole = self  # what this stands beside
        self._owed: deque[int] = deque()
        self._functions: dict[str, Any] = {}
        self._deaths = dict.fromkeys(kata.FUNCTIONS, 0)
        self._budget = _Budget(jail.limits.submission_seconds)
        self.answered: dict[str, list[Answered]] = {name: [] for name in kata.FUNCTIONS}
        self._known: wire.Header = {}
        self.failed_cells = ""  # what is said of cells that did not run, once the others have
        self.excused = False  # whether the case is to be judged on the learner's own functions
        self.steady: set[str] = set()  # functions that are known to keep nothing between calls
        self._called: set[str] = set()  # those that the worker has called
        self.listens = True  # whether what the learner's code prints is kept
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.truncated = False

    def load(self) -> None:
        """Run the learner's file for the first time.

        Raises:
            Rejected: that did not end well.
        """
        try:
            self._start()
        except CaseEnded as ended:
            raise Rejected(ended.message) from ended

    @property
    def beside(self) -> "tuple[Submission, ...]":
        """The same file in two other workers, which know nothing of what is called here."""
        if not self._beside:
            self._beside = (
                Submission(self._jail, self._source),
                Submission(self._jail, self._source),
            )
            for other in self._beside:
                other._whole = self
                other._budget = self._budget  # one for all
                other.listens = False
                other._known = self._known
        return self._beside

    @property
    def code_sha256(self) -> str:
        """A hash of the code without its formatting and names; empty if there is none."""
        return str(self._known.get("code", ""))

    def renew(self) -> None:
        """See to it that nothing of what was called before is left."""
        for other in self._beside:
            other._end_worker()
        if not self._is_fresh:
            self._end_worker()

    @property
    def errands(self) -> deque[Errand]:
        """What is done, in this order, while a worker is waited for; see `Jail`."""
        return self._jail.errands

    def start_over(self) -> None:
        """End the worker, keeping what it printed but nothing that is printed later.

        A fresh one is on its way when this returns, as `prepare` has it.
        """
        for other in self._beside:
            other._end_worker()
        if self._worker is not None:
            self._worker.kill()  # what it printed arrives while the next is on its way
        if self._jail.ahead:
            self._begin_next()
        self._end_worker()
        self.listens = False

    def prepare(self, workers: int = 1) -> None:
        """Begin to start so many workers that are fresh, while other things are done.

        One in which nothing is left of what was called before counts as fresh. Where no core can
        be spared for it, they are started when they are needed.
        """
        if not self._jail.ahead:
            return
        there = self._worker is not None and self._is_fresh
        for _ in range(workers - there - len(self._next)):
            self._begin_next()

    @property
    def _is_fresh(self) -> bool:
        return not self._called - self.steady

    def end(self) -> None:
        """End the workers, keeping what the learner's code printed."""
        for other in self._beside:
            other.end()
        self._end_worker()
        while self._next:
            self._next.popleft().end(last_words=False)
            self._settled = False
        if not self._settled:
            self._jail.settle()
            self._settled = True

    def _end_worker(self) -> None:
        """End the worker that is asked now, which may take a moment longer than this."""
        if self._worker is None:
            return
        worker, self._worker = self._worker, None
        self._settled = False
        self._called.clear()
        worker.end(last_words=self.listens)
        self._owed.clear()
        if not self.listens:
            return
        cap = self._jail.limits.output_kib * 1024
        for kept, capture in ((self.stdout, worker.stdout), (self.stderr, worker.stderr)):
            self.truncated |= len(kept) + capture.size > cap
            kept += capture.data[: cap - len(kept)]

    def compute_qkv(self, X: Array, W_q: Array, W_k: Array, W_v: Array, **how: str) -> Answer:
        """Call the learner's `compute_qkv`; see `call`."""
        return self.call("compute_qkv", X, W_q, W_k, W_v, **how)

    def self_attention(self, Q: Array, K: Array, V: Array, **how: str) -> Answer:
        """Call the learner's `self_attention`; see `call`."""
        return self.call("self_attention", Q, K, V, **how)

    def multi_head_attention(
        self, Q: Array, K: Array, V: Array, n_heads: int, **how: str
    ) -> Answer:
        """Call the learner's `multi_head_attention`; see `call`."""
        return self.call("multi_head_attention", Q, K, V, n_heads, **how)

    def call(self, name: str, *args: Array | int, layout: str = "plain") -> Answer:
        """Call one of the learner's functions.

        Args:
            name: a function of the kata.
            args: its arguments.
            layout: how its arrays lie in memory: plain, fortran, strided or read-only; or
                refilled: they are the array objects of the function's last call, filled anew.

        Raises:
            CaseEnded: it did not answer.
        """
        (answer,) = self.call_each(name, [args], layout=layout)
        return answer

    def call_each(
        self, name: str, calls: Sequence[Sequence[Array | int]], layout: str = "plain"
    ) -> Iterator[Answer]:
        """Call a function once for each of `calls`, yielding the answers in order.

        Raises:
            CaseEnded: a call was not answered; those after it are not.
        """
        for answer in self.ask_each(name, [(args, layout) for args in calls]):
            if isinstance(answer, Raised):
                raise answer
            yield answer

    def ask_each(self, name: str, calls: Sequence[Call]) -> Iterator[Answer | Raised]:
        """Call a function once for each of `calls`; return what it answers or raises, in order.

        All requests are on their way before this returns, so that the worker computes while
        the caller does.

        Raises:
            CaseEnded: it hung or died, or is no function; the calls after that are not made.
        """
        if self._deaths[name] >= MAX_DEATHS:
            raise NotRun(f"{name} was stopped too often before; it was not called again.")
        self._settle()
        return self._answers(name, calls, self._request(name, calls))

    def _request(self, name: str, calls: Sequence[Call]) -> Worker:
        """Send what is called to the worker; return that, a new one if there was none."""
        if self._worker is None:
            self._start()
        assert self._worker is not None
        self._check_function(name)
        self._called.add(name)
        requests = [_describe_call(name, args, layout) for args, layout in calls]
        self._owed += self._ask_of(name, lambda worker, seconds: worker.send(requests, seconds))
        return self._worker

    def _answers(
        self, name: str, calls: Sequence[Call], worker: Worker
    ) -> Iterator[Answer | Raised]:
        for position, (args, _) in enumerate(calls):
            if self._worker is not worker:  # it was ended to make room for another
                worker = self._request(name, calls[position:])
            reply, answer_buffers = self._ask_of(
                name, lambda worker, seconds: worker.receive(self._owed[0], seconds)
            )
            self._owed.popleft()
            if "error" in reply:
                yield Raised(f"{name} {describe_error(reply['error'], self._source)}")
                continue
            answer = Answer(name, reply, answer_buffers)
            self.answered[name].append((tuple(args), answer))
            yield answer

    def _ask_of(self, name: str, ask: Callable[[Worker, float], _T]) -> _T:
        """Ask the worker for what a function does, and count the times that this ended it."""
        try:
            return self._ask(name, ask)
        except (Crashed, TimedOut):
            self._deaths[name] += 1
            raise

    def _settle(self) -> None:
        """Take the replies to requests that nobody waits for any more."""
        try:
            while self._owed:
                self._ask("a call", lambda worker, seconds: worker.receive(self._owed[0], seconds))
                self._owed.popleft()
        except CaseEnded:
            self._owed.clear()

    def _begin(self) -> Worker:
        """Begin to start a worker and to load the learner's file in it."""
        worker = self._jail.start_worker(self._code.text)
        header = {
            "functions": list(kata.FUNCTIONS),
            "known": self._known,
            "notebook": self._code.notebook,
        }
        worker.hand_over(header, self._code.text)
        return worker

    def _begin_next(self) -> None:
        """Begin to start a worker ahead of time; without it one is started when it is needed."""
        with suppress(NotStarted):
            self._next.append(self._begin())

    def _start(self) -> None:
        """Start a worker and load the learner's file in it."""
        try:
            reply = self._load()
        except NotStarted:  # the zygote may have been killed, or the file's threads leave no room
            self._whole.end()
            reply = self._load()
        if "error" in reply:
            self.end()
            raise Raised(describe_load_error(reply["error"], self._source))
        functions = reply.get("functions")
        if not isinstance(functions, dict):
            self.end()
            raise Crashed("While the file was loading, your code answered in the grader's place.")
        self._functions = functions
        self.failed_cells = describe_failed_cells(reply.get("failed"), self._source)

    def _load(self) -> wire.Header:
        """Return what the worker says of having run the file."""
        self._worker = self._next.popleft() if self._next else self._begin()
        reply, _ = self._ask("the file", lambda worker, seconds: worker.loaded(seconds))
        assert self._worker is not None
        self._known = self._worker.known
        return reply

    def _ask(self, what: str, ask: Callable[[Worker, float], _T]) -> _T:
        """Ask the worker something within what is left of the submission's time."""
        assert self._worker is not None
        limits = self._jail.limits
        if self._budget.left <= 0:
            raise NotRun(
                f"The {limits.submission_seconds:g} s that a submission may take were used up."
            )
        worker, before = self._worker, self._worker.waited
        try:
            return ask(worker, min(self._budget.left, limits.call_seconds))
        except GraderFault:
            self.end()
            raise
        except WorkerTimedOut as error:
            self.end()
            seconds = limits.call_seconds
            raise TimedOut(f"{what} did not finish within {seconds:g} s.") from error
        except WorkerDied as error:
            self.end()
            raise Crashed(f"While {what} was running, your code {error.reason}.") from error
        finally:
            self._budget.left -= max(0.0, worker.waited - before)

    def misfit(self, name: str) -> str | None:
        """Say how what has this name cannot be called as the kata calls it; None if it can.

        The answers: missing, no-function, signature.
        """
        try:
            self._check_function(name)
        except Failed:
            kind = self._kind(name)
            return {"missing": "missing", "function": "signature"}.get(kind, "no-function")
        return None

    def _kind(self, name: str) -> str:
        about = self._functions.get(name)
        return str(about.get("kind")) if isinstance(about, dict) else "None"

    def _check_function(self, name: str) -> None:
        """End the case if the learner's file has no such function."""
        about, kind = self._functions.get(name), self._kind(name)
        if kind == "missing":
            top = self._functions.get("")
            raise Failed(
                say_missing_function(
                    name,
                    kata.FUNCTIONS[name],
                    about.get("where") if isinstance(about, dict) else None,
                    top.get("defined") if isinstance(top, dict) else None,
                    self._code,
                )
            )
        if kind != "function":
            raise Failed(_NOT_FUNCTIONS.get(str(kind), _NOT_FUNCTIONS["value"]).format(name=name))
        assert isinstance(about, dict)
        given = len(kata.FUNCTIONS[name])
        required, most = about.get("required", given), about.get("most", given)
        if (isinstance(required, int) and required > given) or (
            isinstance(most, int) and most < given
        ):
            names = ", ".join(kata.FUNCTIONS[name])
            raise Failed(
                f"{name} must be callable as {name}({names}), "
                f"with {given} arguments; yours takes {count(required, most)}."
            )


def _describe_call(name: str, args: Sequence[Array | int], layout: str) -> Request:
    """Return the request for a call; an array that is passed twice is sent once."""
    buffers: list[wire.Buffer] = []
    seen: dict[int, wire.Header] = {}
    described: list[int | wire.Header] = []
    for arg in args:
        if isinstance(arg, int):
            described.append(arg)
            continue
        if id(arg) not in seen:
            seen[id(arg)] = {**arrays.describe_array(arg, buffers), "layout": layout}
        described.append(seen[id(arg)])
    return {"function": name, "args": described, "refilled": layout == REFILLED}, buffers


_NOT_FUNCTIONS = {
    "class": "{name} is a class in your file; the kata asks for a function.",
    "async": "{name} is an async function; calling it computes nothing. Use a plain def.",
    "generator": "{name} is a generator because of a yield in it. Return the result instead.",
    "value": "{name} is not a function in your file.",
}
