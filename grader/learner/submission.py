"""The learner's functions as the cases see them: real arrays in, real arrays out.

What the learner's code does instead of answering (raise, hang, die, return something
else) ends the case with one of `grader.learner.endings`, in words for the learner.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from grader.jail import Jail, Worker
from grader.jail.talk import Reply
from grader.jail.worker import Request
from grader.kata import Kata
from grader.learner import messages
from grader.learner.answer import Answer
from grader.learner.code import read_code
from grader.learner.credit import Credit
from grader.learner.endings import CaseEnded, Crashed, Failed, Raised, TimedOut
from grader.learner.requests import REFILLED as REFILLED
from grader.learner.requests import Argument, describe_call
from grader.learner.workers import Workers
from grader.report.seen import NOT_CALLABLE, Seen
from grader.worker import arrays

Array = arrays.Array
_T = TypeVar("_T")
Call = tuple[Sequence[Argument], str]
"""The arguments of a call, and how its arrays lie in memory; see `Submission.call`."""
MAX_DEATHS = 2
"""Times that a function may take its worker along before it is not called any more."""


class Rejected(Exception):
    """The submission could not be loaded.

    Args:
        message: why, for the learner.
        seen: the same as facts.
    """

    def __init__(self, message: str, seen: Seen) -> None:
        super().__init__(message)
        self.message = message
        self.seen = seen


class Submission:
    """One learner's file in the jail; each function of the kata is a method of it.

    Args:
        jail: where its workers come from.
        source: the bytes of the file.
        kata: what it is to be.
        workers: its workers; some of its own if None.

    Attributes:
        kata: the same.
        workers: the same.
        code: what is in it.
        functions: what a worker says of each function, and under "" of others in the file.
        credit: what the cases keep for those after them.
        unnamed: of each wrong function that no known mistake explains, a digest of what it does.
    """

    def __init__(
        self, jail: Jail, source: bytes, kata: Kata, workers: Workers | None = None
    ) -> None:
        self.kata = kata
        self.workers = workers or Workers(jail, source, kata.file, [*kata.functions])
        self.credit = Credit(kata.functions)
        self.unnamed: dict[str, str] = {}
        self._jail = jail
        self._source = source
        self.code = read_code(source)
        self.failed_cells = ""  # what is said of cells that did not run, once the others have
        self._beside: tuple[Submission, ...] = ()
        self.functions: dict[str, Any] = {}
        self._deaths: Counter[str] = Counter()

    def load(self) -> None:
        """Run the learner's file for the first time.

        Raises:
            Rejected: that did not end well.
        """
        try:
            self._start()
        except CaseEnded as ended:
            raise Rejected(ended.message, ended.seen) from ended

    @property
    def beside(self) -> "tuple[Submission, ...]":
        """The same file in two other workers, which know nothing of what is called here."""
        if not self._beside:
            self._beside = tuple(
                Submission(self._jail, self._source, self.kata, self.workers.beside())
                for _ in range(2)
            )
        return self._beside

    @property
    def code_sha256(self) -> str:
        """A hash of the code without its formatting and names; empty if there is none."""
        return str(self.workers.known.get("code", ""))

    def begin_again(self) -> None:
        """Forget all that was asked: what is asked next is the first."""
        self.workers.begin_again()
        self._deaths.clear()

    def end(self) -> None:
        """End the workers, keeping what the learner's code printed."""
        self.workers.end()

    def __getattr__(self, name: str) -> Callable[..., Answer]:
        """Return the method that calls the learner's function of this name; see `call`."""
        if name.startswith("_") or name not in self.kata.functions:
            raise AttributeError(f"the kata has no function {name}")
        return partial(self.call, name)

    def call(self, name: str, *args: Argument, layout: str = "plain") -> Answer:
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
        self, name: str, calls: Sequence[Sequence[Argument]], layout: str = "plain"
    ) -> Iterator[Answer]:
        """Call a function once for each of `calls`; return the answers, in order.

        As for `ask_each`, the worker computes while the caller does.

        Raises:
            CaseEnded: a call was not answered; those after it are not.
        """
        answers = self.ask_each(name, [(args, layout) for args in calls])
        return map(_answered, answers)

    def ask_each(self, name: str, calls: Sequence[Call]) -> Iterator[Answer | Raised]:
        """Call a function once for each of `calls`; return what it answers or raises, in order.

        All requests are on their way before this returns, so that the worker computes while
        the caller does.

        Raises:
            CaseEnded: it hung or died, or is no function; the calls after that are not made.
        """
        self._make_ready(name)
        return self._answers(name, calls, self._request(name, calls))

    def exchange(self, name: str, request: Request, most: int) -> Reply:
        """Send the worker one request about `name`, whatever it is, and return the reply.

        Args:
            name: what is asked for: if it hangs or dies too often it is not asked again.
            request: its header and buffers.
            most: bytes that the buffers of the reply may have together.

        Raises:
            CaseEnded: there was no reply.
        """
        self._make_ready(name)
        if self.workers.now is None:
            self._start()
        self.workers.called.add(name)
        (number,) = self._ask_of(name, lambda worker, seconds: worker.send([request], seconds))
        self.workers.owed.append(number)
        reply = self._ask_of(name, lambda worker, seconds: worker.receive(number, seconds, most))
        self.workers.owed.popleft()
        return reply

    def _make_ready(self, name: str) -> None:
        """See to it that the next reply is to the next request, which is about `name`."""
        if self._deaths[name] >= MAX_DEATHS:
            raise messages.stopped_too_often(name)
        self._take_owed()

    def _request(self, name: str, calls: Sequence[Call]) -> Worker:
        """Send what is called to the worker; return that, a new one if there was none."""
        if self.workers.now is None:
            self._start()
        self._check_function(name)
        self.workers.called.add(name)
        requests = [describe_call(name, args, layout) for args, layout in calls]
        sent = self._ask_of(name, lambda worker, seconds: worker.send(requests, seconds))
        self.workers.owed += sent
        assert self.workers.now is not None
        return self.workers.now

    def _answers(
        self, name: str, calls: Sequence[Call], worker: Worker
    ) -> Iterator[Answer | Raised]:
        for position, (args, _) in enumerate(calls):
            if self.workers.now is not worker:  # it was ended to make room for another
                worker = self._request(name, calls[position:])
            reply, answer_buffers = self._ask_of(
                name, lambda worker, seconds: worker.receive(self.workers.owed[0], seconds)
            )
            self.workers.owed.popleft()
            if "error" in reply:
                yield messages.raised(name, reply["error"], self._source)
                continue
            answer = Answer(self.kata.functions[name], reply, answer_buffers)
            self.credit.answered[name].append((tuple(args), answer))
            yield answer

    def _ask_of(self, name: str, ask: Callable[[Worker, float], _T]) -> _T:
        """Ask the worker for what a function does, and count the times that this ended it."""
        try:
            return self.workers.ask(name, ask)
        except (Crashed, TimedOut):
            self._deaths[name] += 1
            raise

    def settle(self) -> int:
        """Take the replies to requests that nobody waits for any more.

        Returns:
            How many bytes have been printed until then: what comes after is of later calls.
        """
        self._take_owed()
        return len(self.workers.printed)

    def _take_owed(self) -> None:
        owed = self.workers.owed
        try:
            while owed:
                self.workers.ask("a call", lambda worker, seconds: worker.receive(owed[0], seconds))
                owed.popleft()
        except CaseEnded:
            owed.clear()

    def _start(self) -> None:
        """Start a worker and load the learner's file in it."""
        reply = self.workers.start()
        if "error" in reply:
            self.end()
            from grader.learner.load_errors import not_loaded

            raise not_loaded(reply["error"], self._source)
        functions = reply.get("functions")
        if not isinstance(functions, dict):
            self.end()
            raise messages.meddled_at_loading()
        self.functions = functions
        if reply.get("failed") and not self.failed_cells:
            from grader.learner.load_errors import describe_failed_cells

            self.failed_cells = describe_failed_cells(reply["failed"], self._source)

    def misfit(self, name: str) -> str | None:
        """Say how what has this name cannot be called as the kata calls it; None if it can.

        The answers: missing, of-another-kata, no-function, signature.
        """
        try:
            self._check_function(name)
        except Failed as failed:
            code = failed.seen.code
            assert code in NOT_CALLABLE
            if code == "missing" and failed.seen.name:
                return "of-another-kata"
            return "no-function" if code == "not_a_function" else code
        return None

    def _check_function(self, name: str) -> None:
        """End the case if the learner's file has no such function."""
        about = self.functions.get(name)
        kind = about.get("kind") if isinstance(about, dict) else None
        if kind == "class" and self.kata.functions[name].is_class:
            return
        parameters = self.kata.functions[name].parameters
        if isinstance(about, dict) and kind == "missing":
            raise messages.no_such_function(self.kata, name, self.functions, self.code)
        if not isinstance(about, dict) or kind != "function":
            raise messages.no_function(name, str(kind))
        given = len(parameters)
        required, most = about.get("required", given), about.get("most", given)
        if (isinstance(required, int) and required > given) or (
            isinstance(most, int) and most < given
        ):
            raise messages.wrong_signature(name, parameters, about)


def _answered(answer: Answer | Raised) -> Answer:
    if isinstance(answer, Raised):
        raise answer
    return answer
