"""Running the cases on one submission after the other, and writing down how each ended.

Whoever has the cases hands them out: pytest, or a catalogue of those that are merely called.
"""

import contextlib
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from grader.cases.case import Case, CaseToRun
from grader.cases.checks import tolerance
from grader.cases.deadline import Deadline, TookTooLong
from grader.cases.given import given_to, reason
from grader.cases.imports import Imports
from grader.cases.trials import Trials
from grader.errors import Doubtful, GraderFault, sentence
from grader.kata import Kata
from grader.learner.endings import CaseEnded, NotRun
from grader.learner.submission import Submission
from grader.worker.numeric import silent

_LOOK_SECONDS = 1.0  # how often it is looked whether a session still lives
Tell = Callable[[tuple[Case, ...]], None]
"""Called once with what is known of the cases, in the order of a report."""


class Order:
    """A submission to judge, and what came of it."""

    def __init__(self, submission: Submission, seed: int) -> None:
        self.submission = submission
        self.seed = seed
        self.done = threading.Event()
        self.deadline = Deadline()
        self.error: BaseException | None = None
        self.records: dict[str, dict[str, Any]] | None = None

    def wait(self, thread: threading.Thread) -> None:
        """Wait until it is judged, or the thread that judges has ended; break off what is late."""
        while not self.done.wait(_LOOK_SECONDS) and thread.is_alive():
            self.deadline.look(thread)


class Runner:
    """Runs cases on submissions.

    Args:
        kata: whose cases they are.
        orders: the submissions.
    """

    interruptions: tuple[type[BaseException], ...] = (KeyboardInterrupt,)
    """What ends the whole run if a case raises it."""

    def __init__(self, kata: Kata, orders: Iterable[Order]) -> None:
        tolerance.set(kata.tolerance)
        self.kata = kata
        self.imports = Imports(kata)
        self.cases: dict[str, Case] = {}
        self.trials = Trials(kata, self.imports, self.run)
        self.order: Order
        self.records: dict[str, dict[str, Any]] = {}
        self._orders = orders
        self._missed: dict[str, NotRun] = {}

    def turns(self, items: Sequence[CaseToRun]) -> Iterator[tuple[CaseToRun, Callable[[], object]]]:
        """Yield each case with what runs it."""
        raise NotImplementedError

    def judge_all(
        self, items: Sequence[CaseToRun], put_back: Callable[[], object] = lambda: None
    ) -> None:
        """Run all cases once for each order.

        Args:
            items: the cases.
            put_back: called after each submission.
        """
        for order in self._orders:
            try:
                with self.imports.possible(), warnings.catch_warnings(action="ignore"):
                    self._judge(order, items)
                order.records = self.records
            except BaseException as error:
                order.error = error
                raise
            finally:
                put_back()
                order.done.set()

    def call(self, item: CaseToRun, function: Callable[..., object], *args: object) -> None:
        """Run a case that only has to be called, and write down how it ended.

        Args:
            item: the case.
            function: is called with `args`, and what the case asks for by name.
            args: what comes first.
        """
        self.begin_case(item)
        error: BaseException | None = None
        try:
            with self.attempt(item):
                function(*args, **self.given(item))
        except self.interruptions:
            raise
        except BaseException as raised:
            error = raised
        came = self.came_of(item, "call", error)
        if self.trials.errors is None:
            call = "passed" if error is None else "failed"
            stages = {"setup": "passed", "call": call, "teardown": "passed"}
            self.records[self.case(item).id] = {**came, **stages}

    def begin_case(self, item: CaseToRun) -> None:
        """Forget the case before."""
        self.trials.begin_case(item)
        self._printed = b""  # by the learner's code during this case

    def given(self, item: Any) -> dict[str, Any]:
        """Return what a case asks for by name."""
        given = given_to(self.case(item), self.order.submission, self.order.seed)
        return {name: given[name]() for name in given.keys() & item.fixturenames}

    @contextlib.contextmanager
    def attempt(self, item: CaseToRun) -> Iterator[None]:
        """Have a case run, unless it stands on one which was not passed.

        What the learner's numbers do in our arithmetic, such as overflow, is no news.
        """
        about = self.case(item)
        if about.needs is not None and about.needs in self._missed:
            missed = self._missed[about.needs]
            raise NotRun(missed.message, missed.seen)  # one of its own: tracebacks add up
        submission = self.order.submission
        submission.credit.excused = not self._missed.keys().isdisjoint(about.excused_by)
        before = submission.settle()
        try:
            with silent():
                yield
        except Exception:
            submission.settle()
            self._printed = submission.workers.printed_since(before)
            raise

    def came_of(self, item: CaseToRun, stage: str, error: BaseException | None) -> dict[str, Any]:
        """Return how a stage of a case ended; what raised anything else has no outcome."""
        if self.trials.errors is not None:
            self.trials.errors += [] if error is None else [error]
            return {}
        if error is not None:
            return self._ended(self.case(item), item, error)
        if stage != "call":
            return {}
        self.trials.note_passed(item)
        return {"outcome": "passed", "message": "", "seen": None}

    def _ended(self, about: Case, item: CaseToRun, error: BaseException) -> dict[str, Any]:
        """Say how a case ended that raised something."""
        ended = error if isinstance(error, CaseEnded) else self.trials.of_the_learner(item, error)
        if ended is not None:
            self._missed[about.id] = reason(about, ended)
            told = {"outcome": ended.outcome, "message": ended.message, "seen": ended.seen}
            return {**told, "printed": self._printed.decode("utf-8", "replace")}
        broke = f"The grader's own case {about.id} broke: {type(error).__name__}: {error}"
        said = sentence(error) if isinstance(error, GraderFault) else broke
        return {"fault": said, "doubtful": isinstance(error, Doubtful)}

    def _judge(self, order: Order, items: Sequence[CaseToRun]) -> None:
        """Run all cases on a submission; once more, anew, if too much was believed."""
        self.order, self._missed, self.records = order, {}, {}
        self.trials.begin()
        with self._asking(order):
            self.run(items)
            again = self.trials.are_doubtful(items)
            if not again:
                for item, ended in self.trials.endings(order.seed):
                    self._correct(item, ended)
        if again:
            order.submission.begin_again()
            self._judge(order, items)

    def _correct(self, item: CaseToRun, ended: CaseEnded) -> None:
        """Write down how a case ended of which it was found out afterwards."""
        record = self.records[self.case(item).id]
        record.pop("fault", None)
        record |= {"outcome": ended.outcome, "message": ended.message, "seen": ended.seen}
        record["call"] = "failed"

    def run(self, items: Sequence[CaseToRun]) -> None:
        """Run cases on the submission whose turn it is, each within its time."""
        for item, run in self.turns(items):
            if not self.order.deadline.is_kept(run):
                self._note_late(item)

    def _note_late(self, item: CaseToRun) -> None:
        """Write down that a case was broken off, whatever that looked like to it."""
        error = TookTooLong()
        if self.trials.errors is not None:
            self.trials.errors.append(error)
            return
        self.order.submission.workers.end()  # a reply may have been broken off, too
        about = self.case(item)
        record = {"setup": "passed", "call": "failed", "teardown": "passed"}
        self.records[about.id] = {**record, **self._ended(about, item, error)}

    def _asking(self, order: Order) -> contextlib.AbstractContextManager[None]:
        """Let plain cases ask the submission of an order."""
        stand_in = self.imports.stand_in
        if stand_in is None:
            return contextlib.nullcontext()
        from grader.cases.asking import Learners
        from grader.cases.solutions import Ours

        module = vars(order.submission).get("module")  # of a rehearsal
        if module is not None:
            return stand_in.asks(Ours(module, stand_in.known.exceptions))
        return stand_in.asks(Learners(order.submission, stand_in.known, self.trials.allowed))

    def case(self, item: CaseToRun) -> Case:
        """Return what is known of a case beforehand."""
        return self.cases[item.nodeid]
