"""How what a worker says is put into words."""

import re

import pytest

from grader.learner import code
from grader.learner import messages as wording


def test_lines_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is split into its lines once, however often it raises."""
    split: list[str] = []

    class Counting:
        def split(self, text: str) -> list[str]:
            split.append(text)
            return re.split("\n", text)

    monkeypatch.setattr(code, "_LINE_END", Counting())
    source = b"import numpy\n\nraise ValueError\n"
    for _ in range(10):
        said = wording.describe_error({"type": "A", "line": 3}, source)
        assert said.endswith("(line 3: raise ValueError)")
    assert len(split) == 1
