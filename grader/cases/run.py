"""The trusted pytest run: the hidden cases, against one submission after the other.

The run is ours alone. Nothing of the caller's reaches it: no configuration file, no
conftest, no plugin, no PYTEST_* variable, no current folder.
"""

import contextlib
import os
import sys
import threading
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.cases.case import Case
from grader.cases.catalogue import in_running_order
from grader.cases.checks import tolerance
from grader.errors import Doubtful, GraderFault, sentence
from grader.kata import Kata
from grader.learner.endings import CaseEnded, NotRun
from grader.learner.messages import waits
from grader.learner.submission import Submission
from grader.worker.arrays import Array

_UNNEEDED = (
    "cacheprovider",
    "debugging",
    "doctest",
    "faulthandler",
    "junitxml",
    "legacypath",
    "logging",
    "monkeypatch",
    "nose",
    "pastebin",
    "pytester",
    "recwarn",
    "setuponly",
    "setupplan",
    "skipping",
    "stepwise",
    "subtests",
    "terminalreporter",
    "threadexception",
    "tmpdir",
    "unittest",
    "unraisableexception",
    "warnings",
)
_CONFIGURATION = Path(__file__).with_name("pytest.ini")
_HEARD = ("PYTEST_", "PY_COLORS")  # how the variables begin that pytest listens to
_REMEMBERED = 400  # results of one function: some times those of a submission
_LOOK_SECONDS = 1.0  # how often it is looked whether a session still lives


class Order:
    """A submission to judge, and what came of it."""

    def __init__(self, submission: Submission, seed: int) -> None:
        self.submission = submission
        self.seed = seed
        self.done = threading.Event()
        self.error: BaseException | None = None
        self.records: dict[str, dict[str, Any]] | None = None

    def wait(self, thread: threading.Thread) -> None:
        """Wait until it is judged, or the thread that judges has ended."""
        while not self.done.wait(_LOOK_SECONDS) and thread.is_alive():
            pass


def run(kata: Kata, orders: Iterable[Order]) -> None:
    """Judge one order after the other in one session of pytest."""
    tolerance.set(kata.tolerance)
    folder = kata.cases[0].parent
    arguments = [
        *map(str, kata.cases),
        f"--rootdir={folder}",
        f"--confcutdir={folder}",
        f"--config-file={_CONFIGURATION}",
        "--noconftest",
        "--import-mode=importlib",
        "--assert=plain",
        "--capture=no",
        "-p",
        "pytest_jsonreport.plugin",
        "--json-report",
        "--json-report-file=none",
        "--json-report-omit",
        *("collectors", "keywords", "log", "streams", "traceback"),
    ]
    for name in _UNNEEDED:
        arguments += ["-p", f"no:{name}"]
    with _own_environment() as put_back:
        plugin = _Plugin(kata, orders, put_back)
        pytest.main(arguments, plugins=[plugin])
    if plugin.broke is not None:
        raise plugin.broke


class _CaseModule(pytest.Module):
    """A file with cases, imported as a part of its kata."""

    kata: Kata

    def _getobj(self) -> ModuleType:
        return self.kata.case_module(self.path)


class _Plugin:
    """Runs the cases on one submission after the other, and writes down what became of them.

    What a case says travels as pytest-json-report's metadata; the outcome of each stage is
    pytest's own.
    """

    def __init__(self, kata: Kata, orders: Iterable[Order], put_back: Callable[[], None]) -> None:
        self._kata = kata
        self._orders = orders
        self._put_back = put_back
        self._order: Order
        self._missed: dict[str, NotRun] = {}
        self._records: dict[str, dict[str, Any]] = {}
        self._ids: dict[str, str] = {}
        self._printed = b""  # by the learner's code during the last case
        self.broke: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Keep what broke pytest itself, which would print its traceback."""
        self.broke = excinfo.value
        return True

    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Module:
        """Take the module that the catalogue has, so that each case is there once."""
        module: _CaseModule = _CaseModule.from_parent(parent, path=module_path)
        module.kata = self._kata
        return module

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run the cases in the order of `grader.cases.catalogue.in_running_order`."""
        places = {case.id: place for place, (case, _) in enumerate(in_running_order(self._kata))}
        items.sort(key=lambda item: places[_case(item).id])

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all cases once for each order."""
        self._put_back()
        for order in self._orders:
            self._order, self._missed, self._records = order, {}, {}
            try:
                for item, following in zip(session.items, [*session.items[1:], None], strict=True):
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                order.records = self._records
            except BaseException as error:
                order.error = error
                raise
            finally:
                self._put_back()
                order.done.set()
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Function) -> None:
        """Hand a case what it asks for by name; as fixtures, the three would cost much more."""
        given = given_to(_case(item), self._order.submission, self._order.seed)
        asked = given.keys() & item.fixturenames
        item.funcargs.update((name, given[name]()) for name in asked)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Run a case, unless it stands on one which was not passed.

        What the learner's numbers do in our arithmetic, such as overflow, is no news.
        """
        about = _case(pyfuncitem)
        if about.needs is not None and about.needs in self._missed:
            missed, self._printed = self._missed[about.needs], b""
            raise NotRun(missed.message, missed.seen)  # one of its own: tracebacks add up
        self._order.submission.credit.excused = not self._missed.keys().isdisjoint(about.excused_by)
        submission = self._order.submission
        submission.settle()  # so that what was asked before prints nothing more
        before = len(submission.workers.printed)
        try:
            with np.errstate(all="ignore"):
                return (yield)
        except CaseEnded:
            submission.settle()
            self._printed = submission.workers.printed_since(before)
            raise

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Report a stage without its traceback, which nobody reads and which takes long."""
        assert call.when != "collect"
        passed = call.excinfo is None
        return pytest.TestReport(
            item.nodeid, item.location, {}, "passed" if passed else "failed", None, call.when
        )

    def pytest_json_runtest_metadata(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> dict[str, Any]:
        """Write down how a case ended; what raised anything else has no outcome."""
        about = _case(item)
        metadata: dict[str, Any] = {}
        error = call.excinfo.value if call.excinfo else None
        if call.when == "call" and error is None:
            metadata |= {"outcome": "passed", "message": "", "seen": None}
        elif call.when == "call" and isinstance(error, CaseEnded):
            metadata |= {"outcome": error.outcome, "message": error.message, "seen": error.seen}
            metadata["printed"] = self._printed.decode("utf-8", "replace")
            self._missed[about.id] = reason(about, error)
        elif error is not None:
            broke = f"The grader's own case {about.id} broke: {type(error).__name__}: {error}"
            metadata |= {"fault": sentence(error) if isinstance(error, GraderFault) else broke}
            metadata |= {"doubtful": isinstance(error, Doubtful)}
        self._records.setdefault(about.id, {}).update(metadata)
        self._ids[item.nodeid] = about.id
        return metadata

    def pytest_json_runtest_stage(self, report: pytest.TestReport) -> dict[str, str]:
        """Write down how a stage of a case ended."""
        self._records[self._ids[report.nodeid]][str(report.when)] = report.outcome
        return {"outcome": report.outcome}


def given_to(case: Case, submission: Submission, seed: int) -> dict[str, Callable[[], Any]]:
    """Return what a case may ask for by name, made when it is asked for.

    They are `submission`, the learner's functions; `reference`; and `rng`, where the case
    draws its inputs from: those of a visible case never change.
    """
    return {
        "submission": lambda: submission,
        "reference": lambda: reference(submission.kata),
        "rng": lambda: draw_from(case, seed),
    }


@cache
def reference(kata: Kata) -> ModuleType:
    """Return the solution, remembering what it returned: a class gets the same inputs."""
    module = ModuleType("reference")
    for name in kata.functions:
        setattr(module, name, _remembering(getattr(kata.solution, name)))
    return module


def _remembering(function: Callable[..., Array]) -> Callable[..., Array]:
    results: dict[tuple[Any, ...], Array] = {}

    def remembered(*args: Any) -> Array:
        key = tuple(
            (arg.shape, arg.dtype.str, arg.tobytes()) if isinstance(arg, np.ndarray) else arg
            for arg in args
        )
        if key not in results:
            if len(results) >= _REMEMBERED:
                results.clear()
            results[key] = function(*args)
            results[key].setflags(write=False)
        return results[key]

    return remembered


def draw_from(case: Case, seed: int) -> np.random.Generator:
    """Return where a case draws its inputs from."""
    seed = seed if case.is_hidden else 0
    return np.random.default_rng([seed, zlib.crc32(case.id.encode())])


def reason(case: Case, ended: CaseEnded) -> NotRun:
    """Say why a case that stands on `case` cannot be judged."""
    if isinstance(ended, NotRun):
        return ended
    return waits(case.id, case.title, ended.message if case.needs is None else "")


def _case(item: Any) -> Case:
    about = item.function.case
    assert isinstance(about, Case)
    return about


@contextlib.contextmanager
def _own_environment() -> Iterator[Callable[[], None]]:
    """Hide from pytest every variable of the caller's that it listens to, and write no byte code.

    Gives what puts all of it back: pytest listens when it starts, and what it sets itself while
    it runs is of no use to anybody here.
    """
    before = {name: os.environ[name] for name in os.environ if name.startswith(_HEARD)}
    write = sys.dont_write_bytecode

    def put_back() -> None:
        sys.dont_write_bytecode = write
        _forget_variables()
        os.environ.update(before)

    _forget_variables()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    try:
        yield put_back
    finally:
        put_back()


def _forget_variables() -> None:
    for name in [name for name in os.environ if name.startswith(_HEARD)]:
        del os.environ[name]
