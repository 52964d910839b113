"""Who is right has full marks, in whatever style."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading.grader import Grader
from tests.katas.right_styles import ACCOUNT, SERIES

KATAS = Path(__file__).resolve().parent
STYLES = {"series": SERIES, "account": ACCOUNT}


@pytest.fixture(scope="module", params=STYLES)
def grader(request: pytest.FixtureRequest) -> Iterator[Grader]:
    """A session of a kata."""
    with Grader(KATAS / request.param) as one:
        yield one


@pytest.mark.long
def test_full_marks(grader: Grader) -> None:
    """Each style of a kata's right submissions gets all points."""
    got = {}
    for name, source in STYLES[grader.kata.name].items():
        report = grader.grade(source, seed=3)
        if report.points != 100:
            missed = {case.id: case.message for case in report.cases if case.points == 0}
            got[name] = report.message or missed
    assert not got
