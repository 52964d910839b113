"""The trusted run fails closed: a fault of ours is a grader error, never a low score."""

import json
import os
import select
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pytest

from grader.cases import called, run
from grader.cases import session as judging
from grader.cases.catalogue import all_cases
from grader.cases.rehearsal import run_cases
from grader.errors import GraderFault
from grader.grading.grade import grade
from grader.grading.grader import Grader
from grader.jail import Jail, Limits
from grader.kata import default_kata, load_kata
from grader.katas.attention.cases import case_compute_qkv, case_self_attention
from grader.learner.endings import Failed
from grader.learner.submission import Submission

if TYPE_CHECKING:
    from tests.conftest import GradeSource, ReadReport, Report, RunInProcess

KATA = default_kata()

Replace = Callable[[Callable[..., None]], None]


@pytest.fixture(params=["called", "pytest"])
def replace_case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Put another function in the place of the case self_attention.example, run in either way."""
    if request.param == "pytest":
        monkeypatch.setattr(called, "find", lambda kata: [])
    assert all_cases(KATA)  # found before one of them is replaced, and remembered

    def replace(function: Callable[..., None]) -> None:
        mark: Any = function
        mark.case = vars(case_self_attention.case_example)["case"]
        monkeypatch.setattr(case_self_attention, "case_example", function)

    return replace


@pytest.fixture
def verdict(
    run_grade: "RunInProcess", read_report: "ReadReport", solution: Path
) -> Callable[[], "Report"]:
    """Grade the reference; check that the grader says that it, not the learner, is at fault."""

    def judge() -> "Report":
        ran = run_grade(solution, "--json", "-", "--fail-under", "1")
        assert ran.code == 3
        assert "not the fault of the submission" in ran.err
        report = read_report(ran.out)
        assert report["status"] == "grader_error"
        assert report["score"] is None
        assert report["cases"] == []
        assert report["message"]
        return report

    return judge


def divide_by_zero() -> None:
    """Break as a case with a bug does."""
    assert 1 // 0


def fail_an_assertion() -> None:
    """Break as a case whose own assumption does not hold."""
    assert not all_cases(KATA)


def leave() -> None:
    """Break as a case that ends the program."""
    raise SystemExit(0)


def skip() -> None:
    """Leave the case unjudged."""
    pytest.skip("no reason")


def expect_failure() -> None:
    """Leave the case unjudged in another way."""
    pytest.xfail("no reason")


def ask_for_a_fixture(no_such_fixture: object) -> None:
    """Break before the case begins."""


@pytest.mark.parametrize(
    "function",
    [divide_by_zero, fail_an_assertion, leave, skip, expect_failure, ask_for_a_fixture],
)
def test_fault_in_a_case(
    replace_case: Replace, verdict: Callable[[], "Report"], function: Callable[..., None]
) -> None:
    """A case that breaks, or ends in no verdict, is a grader error with exit 3."""
    replace_case(function)
    assert "self_attention.example" in verdict()["message"]


def test_fault_in_the_reference(
    monkeypatch: pytest.MonkeyPatch, verdict: Callable[[], "Report"]
) -> None:
    """A reference that raises is a grader error."""

    def broken(*_: object) -> NoReturn:
        raise ValueError("the reference is broken")

    solution = SimpleNamespace(self_attention=broken, multi_head_attention=broken)
    monkeypatch.setitem(KATA.__dict__, "solution", solution)
    assert "the reference is broken" in verdict()["message"]


def test_reference_that_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch, verdict: Callable[[], "Report"]
) -> None:
    """A reference that cannot be loaded is a grader error."""

    def missing(*_: object) -> ModuleType:
        raise ImportError("the solution cannot be loaded")

    monkeypatch.delitem(KATA.__dict__, "solution", raising=False)
    monkeypatch.setattr("grader.kata.kata._run", missing)
    assert "the solution cannot be loaded" in verdict()["message"]


@pytest.mark.long
def test_missing_case(monkeypatch: pytest.MonkeyPatch, verdict: Callable[[], "Report"]) -> None:
    """A case that pytest does not run is a grader error, not a case without points."""
    assert len(all_cases(KATA)) > 1
    monkeypatch.setattr(case_compute_qkv, "case_example", None)  # deleted and put back it is last
    assert "compute_qkv.example" in verdict()["message"]


@pytest.mark.long
def test_no_cases(tmp_path: Path) -> None:
    """A run that finds no case at all is a grader error."""
    folder = shutil.copytree(Path(__file__).parent.parent / "katas" / "softmax", tmp_path / "kata")
    (folder / "cases.py").write_text("from softmax import softmax\n")
    kata = load_kata(folder)
    with Grader(kata) as ours, pytest.raises(GraderFault, match=r"There is no case in cases\.py"):
        ours.grade(kata.solution_path)


@pytest.mark.long
def test_cases_that_cannot_be_imported(tmp_path: Path) -> None:
    """Cases that break while they are imported are a grader error that says why."""
    folder = shutil.copytree(Path(__file__).parent.parent / "katas" / "softmax", tmp_path / "kata")
    (folder / "cases.py").write_text("import softmax\nsoftmax.softmax(1)\n")
    kata = load_kata(folder)
    with Grader(kata) as ours, pytest.raises(GraderFault, match=r"inside of a test"):
        ours.grade(kata.solution_path)


def test_interrupted_case_has_not_passed(
    replace_case: Replace, run_grade: "RunInProcess", solution: Path, tmp_path: Path
) -> None:
    """Ctrl-C in a case, which pytest-json-report calls passed, ends all: exit 130, no report."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    replace_case(interrupt)
    target = tmp_path / "report.json"
    target.write_text("the report of last time")
    ran = run_grade(solution, "--json", target)
    assert ran.code == 130
    assert "interrupted" in ran.err
    assert "[PASS]" not in ran.out
    assert target.read_text() == "the report of last time"


def test_interrupted_case_as_pytest_reports_it() -> None:
    """A record in which a case passed without a stage, or that is missing, is a grader error."""
    stages = {"setup": "passed", "call": "passed", "teardown": "passed"}
    said = {"outcome": "passed", "message": ""}
    records = {case.id: {**stages, **said} for case in all_cases(KATA)}
    assert {judged.outcome for judged in judging._read(all_cases(KATA), records)} == {"passed"}
    last = all_cases(KATA)[-1].id
    for spoil in ("setup", "call", "teardown", "outcome"):
        spoiled = {key: records[last][key] for key in records[last] if key != spoil}
        with pytest.raises(GraderFault, match=last):
            judging._read(all_cases(KATA), {**records, last: spoiled})
    del records[last]
    with pytest.raises(GraderFault, match=last):
        judging._read(all_cases(KATA), records)


@pytest.mark.parametrize("when", ["grade", "jail"])
def test_fault_outside_the_cases(
    monkeypatch: pytest.MonkeyPatch, run_grade: "RunInProcess", solution: Path, when: str
) -> None:
    """Whatever breaks in the grader exits with 3, never with the code of a low score."""

    def broken(*_: object, **__: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    if when == "jail":
        monkeypatch.setattr("grader.commands.grade.Jail", broken)
    else:
        monkeypatch.setattr("grader.grading.grade.grade", broken)
    ran = run_grade(solution, "--fail-under", "1")
    assert ran.code == 3
    assert "No space left on device" in ran.err


def test_fault_is_not_printed_as_a_score(
    replace_case: Replace, run_grade: "RunInProcess", solution: Path
) -> None:
    """The screen of a grader error shows no points, and no traceback of ours."""
    replace_case(divide_by_zero)
    ran = run_grade(solution)
    assert ran.code == 3
    assert "No verdict" in ran.out
    assert "/ 100" not in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_fault_of_the_library(replace_case: Replace, solution: Path) -> None:
    """`grade` raises GraderFault for a fault of ours, so that no caller takes it for a score."""
    replace_case(divide_by_zero)
    with Jail(Limits()) as jail, pytest.raises(GraderFault, match=r"self_attention\.example"):
        grade(KATA, jail, solution.read_bytes(), name="a.py", seed=1)


def test_fault_of_the_jail(replace_case: Replace, solution: Path) -> None:
    """A worker that is lost through no fault of the learner's code leaves no verdict on it."""

    def lose_worker(submission: Submission) -> None:
        zygote, worker = submission._jail._zygote, submission.workers.now
        assert zygote is not None
        assert worker is not None
        os.killpg(zygote._process.pid, signal.SIGKILL)
        assert select.select([worker._talk._pipes.replies], [], [], 30.0)[0]  # it has hung up
        submission.self_attention(*[np.ones((2, 2))] * 3)

    replace_case(lose_worker)
    with Jail(Limits()) as jail, pytest.raises(GraderFault, match=r"^A worker was lost; grade the"):
        grade(KATA, jail, solution.read_bytes(), name="a.py", seed=1)


def test_grading_goes_on_after_a_fault(
    replace_case: Replace,
    monkeypatch: pytest.MonkeyPatch,
    solution: Path,
) -> None:
    """A jail in which one grading broke off grades the next one as ever."""
    source = solution.read_bytes()
    with Jail(Limits()) as jail:
        replace_case(divide_by_zero)
        with pytest.raises(GraderFault):
            grade(KATA, jail, source, name="a.py", seed=1)
        monkeypatch.undo()
        assert grade(KATA, jail, source, name="a.py", seed=1).score == 1.0


def test_environment_is_as_before(monkeypatch: pytest.MonkeyPatch, solution: Path) -> None:
    """The caller's PYTEST_* variables do not reach the run and are there again afterwards."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    monkeypatch.setenv("PY_COLORS", "1")
    before = dict(os.environ)
    with Jail(Limits()) as jail:
        assert grade(KATA, jail, solution.read_bytes(), name="a.py", seed=1).score == 1.0
    assert dict(os.environ) == before


def test_a_rehearsal_leaves_modules_as_they_are() -> None:
    """A wrong solution of ours that runs in this process takes the place of no module here."""
    before = {name: sys.modules.get(name) for name in ("__main__", KATA.module)}
    run_cases(KATA.solution_path.read_text(encoding="utf-8"), 1, KATA)
    assert {name: sys.modules.get(name) for name in before} == before


def test_two_sessions_start_in_turn() -> None:
    """What one session puts back is not taken from another that is starting."""
    own = run._own_environment
    with own() as put_back:
        put_back()
        with own() as put_back_of_other:
            late = threading.Thread(target=put_back)
            late.start()
            late.join(0.5)
            assert os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] == "1"
            put_back_of_other()
            late.join()
        assert "PYTEST_DISABLE_PLUGIN_AUTOLOAD" not in os.environ


def test_nan_is_no_number_of_a_report(
    replace_case: Replace,
    run_grade: "RunInProcess",
    read_report: "ReadReport",
    solution: Path,
) -> None:
    """A message of a case that holds NaN, inf or an array is text in strict JSON."""

    def say_nan() -> None:
        raise Failed(f"{np.nan} {np.inf} {np.array([np.nan])}")

    replace_case(say_nan)
    ran = run_grade(solution, "--json", "-")
    report = read_report(ran.out)
    assert json.dumps("nan inf [nan]") in ran.out
    assert report["points"] < 100


@pytest.mark.parametrize(
    ("body", "step"),
    [
        ("while True: pass", "Which loop does not end"),
        ("import os; os._exit(1)", "Which line ends the program"),
        ("return undefined", "Where does that name get its value"),
        ("return 0 * V", "What does your function return"),
    ],
)
def test_next_step_fits_how_a_case_ended(
    grade_source: "GradeSource", independent: str, body: str, step: str
) -> None:
    """What to try next fits a hang, a crash and an exception, in the report itself."""
    source = f"{independent}\ndef self_attention(Q, K, V):\n    {body}\n"
    report = grade_source(source, call_seconds=0.5)
    first = next(case for case in report["cases"] if case["id"] == "self_attention.returns")
    assert step in first["hint"]
