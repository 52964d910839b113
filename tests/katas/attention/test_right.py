"""No correct submission is refused, whatever its style."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import GradeSource

RIGHT = sorted((Path(__file__).parents[2] / "right").glob("*.py"))


def test_there_are_many() -> None:
    """At least thirty styles are tried."""
    assert len(RIGHT) >= 30


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_right_is_right(path: Path, grade_source: "GradeSource") -> None:
    """A correct submission gets full marks and no diagnosis."""
    report = grade_source(path.read_bytes())
    missed = [(case["id"], case["message"]) for case in report["cases"] if not case["points"]]
    assert missed == []
    assert report["score"] == 1.0
    assert report["diagnoses"] == []
