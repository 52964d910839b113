"""Submissions that look for points in ordinary suites find none, and leave nothing behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading.grader import Grader
from tests.corpora import some_quick
from tests.hostile.plain_attacks import ACCOUNT, SERIES

KATAS = Path(__file__).resolve().parent.parent / "katas"


def right(name: str) -> str:
    """Return the solution of a kata."""
    return (KATAS / name / "solution" / f"{name}.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def series() -> Iterator[Grader]:
    """One session of the suite of functions."""
    with Grader(KATAS / "series") as grader:
        yield grader


@pytest.mark.parametrize("name", some_quick(SERIES))
def test_functions(name: str, series: Grader) -> None:
    """Nothing is gained, nobody else is blamed, and the next submission gets what is its own."""
    most, source = SERIES[name]
    report = series.grade(source, seed=1)
    assert report.status in ("graded", "rejected"), report.message
    assert report.points <= most, [case.id for case in report.cases if case.outcome == "passed"]
    assert series.grade(right("series"), seed=2).points == 100


@pytest.fixture(scope="module")
def account() -> Iterator[Grader]:
    """One session of the suite of a class."""
    with Grader(KATAS / "account") as grader:
        yield grader


@pytest.mark.parametrize("name", some_quick(ACCOUNT))
def test_class(name: str, account: Grader) -> None:
    """The same for a class and its objects."""
    most, source = ACCOUNT[name]
    report = account.grade(source, seed=1)
    assert report.status in ("graded", "rejected"), report.message
    assert report.points <= most, [case.id for case in report.cases if case.outcome == "passed"]
    assert account.grade(right("account"), seed=2).points == 100
