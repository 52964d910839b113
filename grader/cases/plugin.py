"""What pytest does for us: collect the cases, run those that need more than to be called.

What a case says travels as pytest-json-report's metadata; the outcome of each stage is pytest's
own.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from grader.cases import direct
from grader.cases.case import CaseToRun
from grader.cases.catalogue import functions
from grader.cases.collected import Collected
from grader.cases.given import given_to
from grader.cases.imports import Imports
from grader.cases.quirks import Quirks
from grader.cases.runner import Order, Runner, Tell
from grader.errors import GraderFault
from grader.kata import Kata

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


class CaseModule(pytest.Module):
    """A file with cases, imported as a part of its kata."""

    imports: Imports

    def _getobj(self) -> "ModuleType":
        return self.imports.load(self.path)


class Plugin(Quirks, Runner):
    """Runs the cases that pytest collects.

    Args:
        kata: whose they are.
        orders: the submissions.
        put_back: called when pytest has started, and after each submission.
        tell: called with what is known of the cases, once they are collected.

    Attributes:
        broke: what broke the run.
    """

    interruptions = (KeyboardInterrupt, pytest.exit.Exception)

    def __init__(
        self, kata: Kata, orders: Iterable[Order], put_back: Callable[[], None], tell: Tell
    ) -> None:
        super().__init__(kata, orders)
        self._put_back = put_back
        self._tell = tell
        self._direct: frozenset[str] = frozenset()
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
        module.imports = self.imports
        return module

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is skipped, and run what is public first."""
        self.broke = self.broke or self.imports.broke
        if self.broke is not None:
            return
        collected = Collected(self.kata, items)
        self.cases = collected.cases
        if any(item.nodeid in collected.plain for item in items):
            from grader.cases.blame import prepare

            prepare(items)
        ordered, items[:] = collected.in_order()
        self._direct = collected.direct
        if not items:
            names = ", ".join(path.name for path in self.kata.cases)
            self.broke = GraderFault(f"There is no case in {names}.")
        lost = {case.id for case, _ in functions(self.kata)} - {case.id for case in ordered}
        if lost:
            self.broke = GraderFault(f"pytest does not run {', '.join(sorted(lost))}.")
        if self.broke is None:
            self._tell(ordered)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all cases once for each order."""
        self._put_back()
        if self.broke is None:
            self.judge_all(session.items, self._put_back)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run a case that only has to be called; the three stages of the others cost much more."""
        if item.nodeid not in self._direct:
            return None
        function: Any = item
        self.call(function, direct.run, function)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Function) -> None:
        """Hand a case what it asks for by name; as fixtures, the three would cost much more."""
        self.begin_case(item)
        item.funcargs.update(self.given(item))

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> Any:
        """Where a fixture of the kata's own draws from."""
        given = given_to(self.case(request.node), self.order.submission, self.order.seed)
        return given["rng"]()

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Run a case, unless it stands on one which was not passed."""
        with self.attempt(pyfuncitem):
            return (yield)

    def pytest_json_runtest_metadata(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> dict[str, Any]:
        """Write down how a stage of a case ended."""
        came = self.came_of(item, call.when, call.excinfo.value if call.excinfo else None)
        if self.trials.errors is None:
            self.records.setdefault(self.case(item).id, {}).update(came)
        return came

    def pytest_json_runtest_stage(self, report: pytest.TestReport) -> dict[str, str]:
        """Write down what pytest says of how a stage of a case ended."""
        if self.trials.errors is None:
            self.records[self.cases[report.nodeid].id][str(report.when)] = report.outcome
        return {"outcome": report.outcome}

    def turns(self, items: Sequence[CaseToRun]) -> Iterator[tuple[CaseToRun, Callable[[], object]]]:
        """Yield each case with what has pytest run it."""
        staged = iter([each for each in items if each.nodeid not in self._direct][1:])
        for item in items:
            following = None if item.nodeid in self._direct else next(staged, None)
            hooks: Any = item
            run = hooks.ihook.pytest_runtest_protocol
            yield item, partial(run, item=item, nextitem=following)
