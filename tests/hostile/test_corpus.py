"""Files that look for points which they have not earned, or for hidden inputs, find none."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.corpora import some_quick
from tests.hostile.attacks import as_notebook

if TYPE_CHECKING:
    from tests.conftest import GradeSource

FILES = sorted((Path(__file__).parent / "corpus").glob("*.py"))
TELLING = [path for path in FILES if "told_by" in path.name or "hidden" in path.name]


def at_most(path: Path) -> int:
    """Return what a file may get: what is right in it, in its first line."""
    found = re.match(r"# at-most: (\d+)\n", path.read_text())
    assert found
    return int(found[1])


def test_there_are_many() -> None:
    """The corpus holds at least thirty files."""
    assert len(FILES) >= 30


@pytest.mark.parametrize("path", some_quick(FILES, 8), ids=lambda path: path.stem)
def test_nothing_is_won(grade_source: "GradeSource", path: Path) -> None:
    """A file gets what is right in it, and nothing for what only looks right."""
    report = grade_source(path.read_bytes(), seed=5)
    assert report["status"] == "graded"
    assert report["points"] <= at_most(path)


@pytest.mark.parametrize("path", some_quick(FILES, 8), ids=lambda path: path.stem)
def test_nothing_is_won_in_cells(grade_source: "GradeSource", path: Path) -> None:
    """As a cell of a notebook a file gets no more."""
    report = grade_source(as_notebook(path.read_bytes()), seed=5)
    assert report["points"] <= at_most(path)


@pytest.mark.parametrize("path", some_quick(TELLING, 4), ids=lambda path: path.stem)
def test_nothing_is_told(grade_source: "GradeSource", path: Path) -> None:
    """Below `full` two seeds tell the same wherever a case is judged and ends in the same way."""
    first, second = (
        grade_source(path.read_bytes(), seed=seed, feedback="hints") for seed in (5, 6)
    )
    pairs: list[tuple[Any, Any]] = list(zip(first["cases"], second["cases"], strict=True))
    for one, other in pairs:
        if one["outcome"] == other["outcome"] != "not_run":  # what is waited for may differ
            assert one["message"] == other["message"], one["id"]
