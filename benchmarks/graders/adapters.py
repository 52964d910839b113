"""How a grader is asked for the score of a file: a command, and where the score stands after it."""

import json
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.peers import HARNESS, PYTEST_SUITE, UNITTEST_SUITE
from grader.cases.catalogue import all_cases
from grader.kata import Kata

OUT = "out.json"


class Adapter(NamedTuple):
    """A grader.

    Attributes:
        name: what it is called in the table.
        command: what is run in a folder of its own, with `{file}` for the file and `{out}` for
            where a report may go.
        score: returns the share of the points, from 0 to 1, given the folder and what was
            printed; None if there is no verdict. It may raise what reading raises.
        suite: files that the grader's own suite consists of.
    """

    name: str
    command: list[str]
    score: Callable[[Path, str], float | None]
    suite: dict[str, str]


def adapters(kata: Kata) -> dict[str, Adapter]:
    """Return the graders that are known here, by name."""
    python = sys.executable
    grade = str(Path(python).with_name("grade"))
    suite = {"harness.py": HARNESS, "pytest.ini": ""}
    points = {case.id: case.max_points for case in all_cases(kata)}
    pytest_ = [*(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--json-report")]
    known = (
        Adapter("grade", [grade, "{file}", "--json", "{out}", "--seed", "5"], _ours, {}),
        Adapter(
            "pytest",
            [*pytest_, "--json-report-file={out}", "test_suite.py", "{file}"],
            lambda folder, _: _of_pytest(folder, points),
            {**suite, "test_suite.py": PYTEST_SUITE},
        ),
        Adapter(
            "gradescope-utils",
            [python, "run_tests.py", "{file}"],
            _of_gradescope,
            {**suite, "run_tests.py": UNITTEST_SUITE},
        ),
    )
    return {adapter.name: adapter for adapter in known}


def any_command(text: str) -> Adapter:
    """Return a grader that is given as NAME=COMMAND; the last number that it prints is the score.

    Raises:
        ValueError: it is not given so.
    """
    name, found, command = text.partition("=")
    if not found or "{file}" not in command:
        raise ValueError(f"{text}: give it as NAME=COMMAND, with {{file}} for the file")
    return Adapter(name, shlex.split(command), _last_number, {})


def _ours(folder: Path, _: str) -> float | None:
    score: float | None = json.loads((folder / OUT).read_text())["score"]
    return score


def _of_pytest(folder: Path, points: dict[str, int]) -> float:
    report: Any = json.loads((folder / OUT).read_text())
    passed = [test["nodeid"] for test in report["tests"] if test["outcome"] == "passed"]
    earned = (points.get(node.partition("[")[2].partition("-]")[0], 0) for node in passed)
    return sum(earned) / sum(points.values())


def _of_gradescope(folder: Path, _: str) -> float:
    tests = json.loads((folder / "results.json").read_text())["tests"]
    earned, most = (sum(test[key] for test in tests) for key in ("score", "max_score"))
    return float(earned / most)


def _last_number(_: Path, printed: str) -> float | None:
    numbers = re.findall(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", printed)
    return float(numbers[-1]) if numbers else None
