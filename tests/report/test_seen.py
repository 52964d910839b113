"""What was seen is told as facts, whatever a learner's code says in words that sound like ours."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import pytest

from grader.formats import View, find
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.report.focus import is_unwritten
from grader.report.model import Report, schema
from grader.report.next_steps import after_rejection
from grader.report.seen import Code, Seen
from grader.report.sentences import headline

if TYPE_CHECKING:
    from tests.conftest import GradeSource

KATA = default_kata()
SIGNATURE = "def self_attention(Q, K, V):\n    "
Make = Callable[[str], Report]

ENDINGS: dict[str, dict[str, Any]] = {
    "x = 1\n": {"code": "missing"},
    "class self_attention:\n    pass\n": {"code": "not_a_function", "type": "class"},
    "async def self_attention(Q, K, V):\n    pass\n": {"code": "not_a_function", "type": "async"},
    f"{SIGNATURE}yield V\n": {"code": "not_a_function", "type": "generator"},
    "self_attention = 1\n": {"code": "not_a_function", "type": "value"},
    "def self_attention(Q, K):\n    return Q\n": {"code": "signature"},
    f"{SIGNATURE}pass\n": {"code": "returned_none"},
    f"{SIGNATURE}return 1.5\n": {"code": "wrong_kind", "type": "float"},
    f"{SIGNATURE}return V.astype(complex)\n": {"code": "dtype", "type": "complex128"},
    f"{SIGNATURE}return V[:2]\n": {"code": "shape"},
    f"{SIGNATURE}return V + Q.sum() * float('nan')\n": {"code": "not_finite"},
    f"{SIGNATURE}return V * 0\n": {"code": "constant"},
    f"{SIGNATURE}return k\n": {
        "code": "raised",
        "type": "NameError",
        "said": "name 'k' is not defined",
        "name": "k",
        "line": 2,
        "source": "return k",
    },
    f"{SIGNATURE}open('/etc/passwd')\n": {
        "code": "refused",
        "name": "open a file",
        "line": 2,
        "source": "open('/etc/passwd')",
    },
    f"{SIGNATURE}import os; os._exit(1)\n": {"code": "killed"},
}
"""Files, with the facts of the first case of self_attention."""
LOADED: dict[str, dict[str, Any]] = {
    "def f(:\n": {"code": "not_python", "type": "SyntaxError", "line": 1},
    "import sys\nsys.exit()\n": {"code": "ends_program", "type": "SystemExit", "line": 2},
    "import helpers\n": {"code": "not_here", "name": "helpers", "line": 1},
    "import torch\ntorch.ones(3)\n": {"code": "not_here", "name": "torch.ones", "line": 2},
    "import socket\nsocket.socket()\n": {"code": "refused", "name": "use the network", "line": 2},
    "import os\nos._exit(0)\n": {"code": "killed"},
}
"""Files that cannot be loaded, with some of the facts."""


@pytest.fixture(scope="module")
def make(jails: Callable[[Limits], Jail]) -> Make:
    """Grade a source into a report, once."""

    @cache
    def graded(source: str) -> Report:
        return grade(KATA, jails(Limits(20, 60)), source.encode(), name="mine.py", seed=1)

    return graded


def first_case(report: dict[str, Any]) -> dict[str, Any]:
    """Return the first case of self_attention."""
    found: dict[str, Any] = next(c for c in report["cases"] if c["function"] == "self_attention")
    return found


@pytest.mark.parametrize("source", ENDINGS)
def test_facts_of_a_case(grade_source: "GradeSource", source: str) -> None:
    """A case tells how it ended as facts; what waits for it says for which case it waits."""
    report = grade_source(source, name="mine.py")
    case = first_case(report)
    assert case["seen"] == ENDINGS[source]
    waiting = [each for each in report["cases"] if each["outcome"] == "not_run"]
    known = {each["id"] for each in report["cases"]}
    assert waiting
    assert all(each["seen"]["code"] == "waits" for each in waiting)
    assert {each["seen"]["name"] for each in waiting} <= known
    assert report["seen"] is None


@pytest.mark.parametrize("source", LOADED)
def test_facts_of_a_file(grade_source: "GradeSource", source: str) -> None:
    """A file that cannot be loaded tells why as facts, and its cases that it was that."""
    report = grade_source(source, name="mine.py")
    assert LOADED[source].items() <= report["seen"].items()
    assert {case["seen"]["code"] for case in report["cases"]} == {"not_loaded"}


def test_what_passed_and_what_was_not_run_has_none(
    grade_source: "GradeSource", solution: Any
) -> None:
    """Of what passed there is nothing to tell; an empty file is not run, and says what to do."""
    report = grade_source(solution.read_text(), name="mine.py")
    assert not any(case["seen"] for case in report["cases"])
    assert grade_source("", name="mine.py")["seen"] is None


LIES = (
    "There is no function self_attention in your file.",
    "self_attention is not implemented yet: it returned None.",
    "self_attention must be callable as self_attention(Q, K, V), with 3 arguments",
    "self_attention raised NameError: name 'k' is not defined (line 1: x)",
    "(line 1: def self_attention)",
)


@pytest.mark.parametrize("lie", LIES)
def test_words_of_a_learner_are_not_facts(make: Make, lie: str) -> None:
    """An exception may say what it likes: heading, step, mark and annotation are those of facts."""
    report = make(f"class Odd(Exception):\n    pass\n\n{SIGNATURE}raise Odd({lie!r})\n")
    honest = make(f"class Odd(Exception):\n    pass\n\n{SIGNATURE}raise Odd('boom')\n")
    case, other = (
        next(c for c in one.cases if c.function == "self_attention") for one in (report, honest)
    )
    assert lie in case.message
    assert (headline(case), case.hint) == (headline(other), other.hint)
    assert not is_unwritten("self_attention", report)
    rendered = find("github-annotations").render(View(report))
    assert rendered is not None
    (line,) = (one for one in rendered.decode().splitlines() if "Odd" in one)
    assert ",line=5::" in line


def test_what_gives_something_back_is_written(make: Make) -> None:
    """A function that returns None for some inputs alone is not one that returns nothing yet."""
    stub, right = f"{SIGNATURE}pass\n", KATA.solution_path.read_text(encoding="utf-8")
    for wrong in ("len(Q) == 1", "abs(Q).max() > 100", "Q.shape[1] == 1"):
        part = f"\n\nright = self_attention\n{SIGNATURE}"
        assert not is_unwritten(
            "self_attention", make(f"{right}{part}return None if {wrong} else right(Q, K, V)\n")
        )
    assert is_unwritten("self_attention", make(stub))
    assert is_unwritten("self_attention", replace(make(stub), diagnoses=()))


def test_words_of_a_file_are_not_facts(make: Make) -> None:
    """A file that cannot be loaded may say what it likes; its step is the one of what it raised."""
    lies = ("The file is not valid Python: expected ':'", "did not finish", "raised NameError: k")
    steps = {after_rejection(make(f"raise RuntimeError({lie!r})\n").seen) for lie in lies}
    assert steps == {after_rejection(Seen("raised", "RuntimeError", "boom", line=1))}


def test_schema_knows_each_code() -> None:
    """The schema lists all codes, and says of each what it means."""
    code = json.loads(schema())["$defs"]["seen"]["properties"]["code"]
    assert tuple(code["enum"]) == get_args(Code)
    for each in get_args(Code):
        assert re.search(rf"\b{each}: \w", code["description"])
