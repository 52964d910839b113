"""What pytest does for us: run the cases on one submission after the other, and say what came.

What a case says travels as pytest-json-report's metadata; the outcome of each stage is pytest's
own.
"""

import contextlib
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from grader.cases import direct
from grader.cases.case import Case
from grader.cases.catalogue import functions
from grader.cases.collected import Collected
from grader.cases.deadline import TookTooLong
from grader.cases.given import given_to, reason
from grader.cases.imports import CaseModule, Imports
from grader.cases.quirks import Quirks
from grader.cases.trials import Trials
from grader.errors import Doubtful, GraderFault, sentence
from grader.kata import Kata
from grader.learner.endings import CaseEnded, NotRun
from grader.worker.numeric import silent

if TYPE_CHECKING:
    from pathlib import Path

    from grader.cases.run import Order


class Plugin(Quirks):
    """Runs the cases.

    Args:
        kata: whose they are.
        orders: the submissions.
        put_back: called when pytest has started, and after each submission.
        tell: called with what is known of the cases, once they are collected.

    Attributes:
        broke: what broke the run.
    """

    def __init__(
        self,
        kata: Kata,
        orders: "Iterable[Order]",
        put_back: Callable[[], None],
        tell: Callable[[tuple[Case, ...]], None],
    ) -> None:
        self._kata = kata
        self._orders = orders
        self._put_back = put_back
        self._tell = tell
        self._imports = Imports(kata)
        self._cases: dict[str, Case] = {}
        self._direct: frozenset[str] = frozenset()
        self._order: Order
        self._missed: dict[str, NotRun] = {}
        self._records: dict[str, dict[str, Any]] = {}
        self._trials = Trials(kata, self._imports, self._run)
        self.broke: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Keep what broke pytest itself, which would print its traceback."""
        self.broke = excinfo.value
        return True

    def pytest_pycollect_makemodule(
        self, module_path: "Path", parent: pytest.Collector
    ) -> pytest.Module:
        """Take the module that the catalogue has, so that each case is there once."""
        module: CaseModule = CaseModule.from_parent(parent, path=module_path)
        module.imports = self._imports
        return module

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is skipped, and run what is public first."""
        self.broke = self.broke or self._imports.broke
        if self.broke is not None:
            return
        collected = Collected(self._kata, items)
        self._cases = collected.cases
        if any(item.nodeid in collected.plain for item in items):
            from grader.cases.blame import prepare

            prepare(items)
        ordered, items[:] = collected.in_order()
        self._direct = collected.direct
        if not items:
            names = ", ".join(path.name for path in self._kata.cases)
            self.broke = GraderFault(f"There is no case in {names}.")
        lost = {case.id for case, _ in functions(self._kata)} - {case.id for case in ordered}
        if lost:
            self.broke = GraderFault(f"pytest does not run {', '.join(sorted(lost))}.")
        if self.broke is None:
            self._tell(ordered)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all cases once for each order."""
        self._put_back()
        if self.broke is not None:
            return True
        for order in self._orders:
            try:
                with self._imports.possible(), warnings.catch_warnings(action="ignore"):
                    self._judge(order, session.items)
                order.records = self._records
            except BaseException as error:
                order.error = error
                raise
            finally:
                self._put_back()
                order.done.set()
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run a case that only has to be called; the three stages of the others cost much more."""
        if item.nodeid not in self._direct:
            return None
        function: Any = item
        self._begin_case(item)
        error: BaseException | None = None
        try:
            with self._attempt(item):
                direct.run(function, self._given(function))
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as raised:
            error = raised
        came = self._came_of(item, "call", error)
        if self._trials.errors is None:
            call = "passed" if error is None else "failed"
            stages = {"setup": "passed", "call": call, "teardown": "passed"}
            self._records[self._case(item).id] = {**came, **stages}
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Function) -> None:
        """Hand a case what it asks for by name; as fixtures, the three would cost much more."""
        self._begin_case(item)
        item.funcargs.update(self._given(item))

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> Any:
        """Where a fixture of the kata's own draws from."""
        given = given_to(self._case(request.node), self._order.submission, self._order.seed)
        return given["rng"]()

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Run a case, unless it stands on one which was not passed."""
        with self._attempt(pyfuncitem):
            return (yield)

    def pytest_json_runtest_metadata(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> dict[str, Any]:
        """Write down how a stage of a case ended."""
        came = self._came_of(item, call.when, call.excinfo.value if call.excinfo else None)
        if self._trials.errors is None:
            self._records.setdefault(self._case(item).id, {}).update(came)
        return came

    def pytest_json_runtest_stage(self, report: pytest.TestReport) -> dict[str, str]:
        """Write down what pytest says of how a stage of a case ended."""
        if self._trials.errors is None:
            self._records[self._cases[report.nodeid].id][str(report.when)] = report.outcome
        return {"outcome": report.outcome}

    def _begin_case(self, item: pytest.Item) -> None:
        self._trials.begin_case(item)
        self._printed = b""  # by the learner's code during this case

    def _given(self, item: pytest.Function) -> dict[str, Any]:
        """Return what a case asks for by name."""
        given = given_to(self._case(item), self._order.submission, self._order.seed)
        return {name: given[name]() for name in given.keys() & item.fixturenames}

    @contextlib.contextmanager
    def _attempt(self, item: pytest.Item) -> Iterator[None]:
        """Have a case run, unless it stands on one which was not passed.

        What the learner's numbers do in our arithmetic, such as overflow, is no news.
        """
        about = self._case(item)
        if about.needs is not None and about.needs in self._missed:
            missed = self._missed[about.needs]
            raise NotRun(missed.message, missed.seen)  # one of its own: tracebacks add up
        submission = self._order.submission
        submission.credit.excused = not self._missed.keys().isdisjoint(about.excused_by)
        before = submission.settle()
        try:
            with silent():
                yield
        except Exception:
            submission.settle()
            self._printed = submission.workers.printed_since(before)
            raise

    def _came_of(
        self, item: pytest.Item, stage: str, error: BaseException | None
    ) -> dict[str, Any]:
        """Return how a stage of a case ended; what raised anything else has no outcome."""
        if self._trials.errors is not None:
            self._trials.errors += [] if error is None else [error]
            return {}
        if error is not None:
            return self._ended(self._case(item), item, error)
        if stage != "call":
            return {}
        self._trials.note_passed(item)
        return {"outcome": "passed", "message": "", "seen": None}

    def _ended(self, about: Case, item: pytest.Item, error: BaseException) -> dict[str, Any]:
        """Say how a case ended that raised something."""
        ended = error if isinstance(error, CaseEnded) else self._trials.of_the_learner(item, error)
        if ended is not None:
            self._missed[about.id] = reason(about, ended)
            told = {"outcome": ended.outcome, "message": ended.message, "seen": ended.seen}
            return {**told, "printed": self._printed.decode("utf-8", "replace")}
        broke = f"The grader's own case {about.id} broke: {type(error).__name__}: {error}"
        said = sentence(error) if isinstance(error, GraderFault) else broke
        return {"fault": said, "doubtful": isinstance(error, Doubtful)}

    def _judge(self, order: "Order", items: Sequence[pytest.Item]) -> None:
        """Run all cases on a submission; once more, anew, if too much was believed."""
        self._order, self._missed, self._records = order, {}, {}
        self._trials.begin()
        with self._asking(order):
            self._run(items)
            again = self._trials.are_doubtful(items)
            if not again:
                for item, ended in self._trials.endings(order.seed):
                    self._correct(item, ended)
        if again:
            order.submission.begin_again()
            self._judge(order, items)

    def _correct(self, item: pytest.Item, ended: CaseEnded) -> None:
        """Write down how a case ended of which it was found out afterwards."""
        record = self._records[self._case(item).id]
        record.pop("fault", None)
        record |= {"outcome": ended.outcome, "message": ended.message, "seen": ended.seen}
        record["call"] = "failed"

    def _run(self, items: Sequence[pytest.Item]) -> None:
        staged = iter([each for each in items if each.nodeid not in self._direct][1:])
        for item in items:
            following = None if item.nodeid in self._direct else next(staged, None)
            run = partial(item.ihook.pytest_runtest_protocol, item=item, nextitem=following)
            if not self._order.deadline.is_kept(run):
                self._note_late(item)

    def _note_late(self, item: pytest.Item) -> None:
        """Write down that a case was broken off, whatever that looked like to it."""
        error = TookTooLong()
        if self._trials.errors is not None:
            self._trials.errors.append(error)
            return
        self._order.submission.workers.end()  # a reply may have been broken off, too
        about = self._case(item)
        record = {"setup": "passed", "call": "failed", "teardown": "passed"}
        self._records[about.id] = {**record, **self._ended(about, item, error)}

    def _asking(self, order: "Order") -> contextlib.AbstractContextManager[None]:
        """Let plain cases ask the submission of an order."""
        stand_in = self._imports.stand_in
        if stand_in is None:
            return contextlib.nullcontext()
        from grader.cases.asking import Learners
        from grader.cases.solutions import Ours

        module = vars(order.submission).get("module")  # of a rehearsal
        if module is not None:
            return stand_in.asks(Ours(module, stand_in.known.exceptions))
        return stand_in.asks(Learners(order.submission, stand_in.known, self._trials.allowed))

    def _case(self, item: Any) -> Case:
        return self._cases[item.nodeid]
