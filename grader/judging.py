"""The trusted pytest run: the hidden cases against one submission.

The run is ours alone. Nothing of the caller's reaches it: no configuration file, no
conftest, no plugin, no PYTEST_* variable, no current folder.
"""

import contextlib
import io
import os
import sys
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader import kata
from grader.cases.case import Case
from grader.cases.catalogue import all_cases
from grader.errors import GraderFault
from grader.outcomes import CaseEnded, NotRun, Outcome
from grader.submission import Submission

_UNNEEDED = (
    "cacheprovider",
    "debugging",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "monkeypatch",
    "nose",
    "pastebin",
    "pytester",
    "recwarn",
    "setuponly",
    "setupplan",
    "stepwise",
    "subtests",
    "threadexception",
    "tmpdir",
    "unittest",
    "unraisableexception",
    "warnings",
)


@dataclass(frozen=True)
class Judged:
    """A case that has been judged.

    Attributes:
        case: what is known of it beforehand.
        outcome: how it ended.
        message: what was seen, for the learner; empty if there is nothing to say.
        guarded: the same without words of the learner's code.
    """

    case: Case
    outcome: Outcome
    message: str
    guarded: str

    @property
    def points(self) -> int:
        """The points earned: all of the case's, or none."""
        return self.case.max_points if self.outcome == "passed" else 0


def judge(submission: Submission, seed: int) -> list[Judged]:
    """Run all cases against a loaded submission, in the order of the kata's functions.

    Args:
        submission: the learner's functions.
        seed: what the inputs of the cases are drawn from.

    Raises:
        GraderFault: a case failed for a reason that is not the learner's.
    """
    plugin = _Plugin(submission, seed)
    arguments = [
        *(str(kata.CASES / f"case_{function}.py") for function in kata.FUNCTIONS),
        f"--rootdir={kata.CASES}",
        f"--confcutdir={kata.CASES}",
        f"--config-file={kata.CASES / 'pytest.ini'}",
        "--noconftest",
        "--import-mode=importlib",
        "--assert=plain",
        "--capture=no",
        "--tb=native",
        "-qq",
        "-p",
        "pytest_jsonreport.plugin",
        "--json-report",
        "--json-report-file=none",
        "--json-report-omit=log",
        "--json-report-omit=collectors",
    ]
    for name in _UNNEEDED:
        arguments += ["-p", f"no:{name}"]
    screen = io.StringIO()
    with _no_pytest_variables(), contextlib.redirect_stdout(screen):
        code = pytest.main(arguments, plugins=[plugin])
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or plugin.report is None:
        raise GraderFault(f"The run of the hidden cases broke off (pytest's code {int(code)}).")
    return _read(plugin.report)


def _read(report: dict[str, Any]) -> list[Judged]:
    """Turn pytest-json-report's dictionary into judged cases; fail closed."""
    tests = {test.get("metadata", {}).get("case"): test for test in report["tests"]}
    judged = []
    for about in all_cases():
        test = tests.get(about.id, {})
        metadata = test.get("metadata", {})
        stages = [test.get(stage, {}).get("outcome") for stage in ("setup", "call", "teardown")]
        outcome = metadata.get("outcome")
        if outcome is None:
            crash = test.get("call", test.get("setup", {})).get("crash", {})
            raise GraderFault(
                f"The grader's own case {about.id} broke: {crash.get('message', 'no outcome')}"
            )
        passed = stages == ["passed"] * 3 and test.get("outcome") == "passed"
        if (outcome == "passed") != passed:
            raise GraderFault(f"The grader's own case {about.id} ended in two ways at once.")
        judged.append(Judged(about, outcome, metadata["message"], metadata["guarded"]))
    return judged


class _Plugin:
    """Gives the cases their fixtures and keeps what became of them."""

    def __init__(self, submission: Submission, seed: int) -> None:
        self._submission = submission
        self._seed = seed
        self._missed: dict[str, NotRun] = {}
        self.report: dict[str, Any] | None = None

    @pytest.fixture
    def submission(self) -> Submission:
        """The learner's functions."""
        return self._submission

    @pytest.fixture
    def reference(self) -> ModuleType:
        """The solution."""
        return kata.solution()

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Where this case draws its inputs from: those of a visible case never change."""
        return draw_from(_case(request.node), self._seed)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Run a case, unless it stands on one which was not passed.

        What the learner's numbers do in our arithmetic, such as overflow, is no news.
        """
        needs = _case(pyfuncitem).needs
        if needs is not None and needs in self._missed:
            missed = self._missed[needs]
            raise NotRun(missed.message, missed.guarded)  # one of its own: tracebacks add up
        with np.errstate(all="ignore"):
            return (yield)

    def pytest_json_runtest_metadata(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> dict[str, Any]:
        """Write down how a case ended; what raised anything else has no outcome."""
        about = _case(item)
        metadata: dict[str, Any] = {"case": about.id}
        if call.when == "call":
            error = call.excinfo.value if call.excinfo else None
            if error is None:
                metadata |= {"outcome": "passed", "message": "", "guarded": ""}
            elif isinstance(error, CaseEnded):
                metadata |= {"outcome": error.outcome}
                metadata |= {"message": error.message, "guarded": error.guarded}
                self._missed[about.id] = reason(about, error)
            if error is not None and about.function == "self_attention":
                self._submission.wrong_attention = True
        return metadata

    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Keep the report, which goes to no file."""
        self.report = json_report


def draw_from(case: Case, seed: int) -> np.random.Generator:
    """Return where a case draws its inputs from."""
    seed = seed if case.visibility == "hidden" else 0
    return np.random.default_rng([seed, zlib.crc32(case.id.encode())])


def reason(case: Case, ended: CaseEnded) -> NotRun:
    """Say why a case that stands on `case` cannot be judged."""
    if isinstance(ended, NotRun):
        return ended
    if case.needs is None:
        why = "Not judged, for the reason of the first case: "
        return NotRun(why + ended.message, why + ended.guarded)
    return NotRun(f"Not judged before this case passes: {case.title}.")


def _case(item: Any) -> Case:
    about = item.function.case
    assert isinstance(about, Case)
    return about


@contextlib.contextmanager
def _no_pytest_variables() -> Iterator[None]:
    """Hide from pytest every variable of the caller's that it listens to."""
    hidden = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.startswith(("PYTEST_", "PY_COLORS"))
    }
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    write, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = write
        for name in [name for name in os.environ if name.startswith("PYTEST_")]:
            del os.environ[name]
        os.environ.update(hidden)
