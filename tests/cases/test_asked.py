"""How plain cases ask: in as few pieces as can be, and without what they do not need."""

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.cases import deadline
from grader.errors import GraderFault
from grader.grading.grader import Grader
from grader.learner.submission import Submission
from grader.report.model import Report

SOLUTION = """
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        if not self.items:
            raise IndexError("nothing is left")
        return self.items.pop()


def upper(numbers):
    return max(numbers) + 1
"""
STUB = "class Stack:\n    def push(self, item): ...\n\n\ndef upper(numbers): ...\n"
Make = Callable[[str], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a kata with these cases."""

    def make(cases: str) -> Path:
        place = tmp_path / "stack"
        files = {"exercise/stack.py": STUB, "solution/stack.py": SOLUTION, "cases.py": cases}
        for name, text in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(textwrap.dedent(text))
        return place

    return make


def outcomes(report: Report) -> dict[str, str]:
    """Return how each case ended, by its title."""
    assert report.status == "graded", report.message
    return {case.title: case.outcome for case in report.cases}


METHODS = """
import pytest
from stack import Stack

def test_calls():
    stack = Stack()
    stack.push(1)
    stack.push(2)
    assert stack.pop() == 2
    with pytest.raises(IndexError, match="nothing"):
        Stack().pop()
"""


def test_a_method_is_one_question(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """That an object has a method is asked for in one piece with calling it."""
    asked = list[str]()
    exchange = Submission.exchange

    def counted(self: Submission, name: str, request: Any, most: int) -> Any:
        asked.append(request[0]["do"])
        return exchange(self, name, request, most)

    monkeypatch.setattr(Submission, "exchange", counted)
    with Grader(make(METHODS)) as ours:
        assert outcomes(ours.grade(SOLUTION)) == {"Calls": "passed"}
    assert asked == ["call", "invoke", "invoke", "invoke", "call", "invoke"]


ONE_BY_ONE = """
import pytest
from stack import Stack

def test_has():
    assert hasattr(Stack(), "push")

def test_kept():
    push = Stack().push
    push(1)

def test_called():
    Stack().push(1)

def test_order():
    stack = Stack()
    stack.push(1)
    stack.push(stack.pop())
    assert stack.pop() == 1

def test_awaited():
    with pytest.raises(IndexError):
        Stack().push([][0])

def test_left():
    stack = Stack()
    try:
        stack.push(1 / 0)
    except ZeroDivisionError:
        pass
"""
LEARNERS = {
    "right": (SOLUTION, ""),
    "no method": (SOLUTION.replace("push", "put"), "has kept called order awaited left"),
    "a value": (SOLUTION.replace("def push", "push = 5\n    def put"), "kept called order"),
    "by way of a property": (
        SOLUTION.replace(
            "    def push(self, item):\n        self.items.append(item)",
            "    @property\n    def push(self):\n        return self.items.append",
        ),
        "",
    ),
    "a property that raises": (
        SOLUTION.replace("    def push(self, item)", "    @property\n    def push(self)"),
        "has kept called order awaited left",
    ),
    "an object that can be called": (
        SOLUTION.replace("def push", "def __call__")
        + "\n\nStack.push = property(lambda self: self)\n",
        "kept called order",  # the solution gives no object there
    ),
}


@pytest.mark.parametrize(("source", "missed"), LEARNERS.values(), ids=LEARNERS)
def test_whatever_has_the_name(source: str, missed: str, make: Make) -> None:
    """What a case asks for by a method's name is the same, be it called or not, there or not."""
    kata = make(ONE_BY_ONE)
    with Grader(kata) as ours:
        ended = outcomes(ours.grade(source))
    assert {title.lower() for title, how in ended.items() if how != "passed"} == {*missed.split()}


LOOPS = """
import unittest
import pytest
from stack import upper

@pytest.mark.parametrize("most", [5, 7])
def test_sum(most):
    total = 0
    for each in range(upper([most])):
        total += each
    assert total == sum(range(most + 1))

def test_whatever_is_raised():
    for _ in range(upper([5])):
        try:
            sum(range(9))
        except BaseException:
            break

class TestClass(unittest.TestCase):
    def test_each(self):
        with self.assertRaises(BaseException):
            for each in range(upper([5])):
                pass
            raise ValueError
        self.assertEqual(upper([1]), 2)

def test_after():
    assert upper([1]) == 2
"""


@pytest.mark.long
def test_a_case_that_never_ends(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that computes for ever with a learner's number is broken off, and the learner's."""
    monkeypatch.setattr(deadline, "CASE_SECONDS", 0.5)
    with Grader(make(LOOPS)) as ours:
        assert set(outcomes(ours.grade(SOLUTION)).values()) == {"passed"}
        report = ours.grade(SOLUTION.replace("+ 1", "+ 1 + 10**15 * (numbers[0] == 5)"))
    ended = outcomes(report)
    assert {title for title, how in ended.items() if how != "passed"} == {
        "Sum: 1",
        "Whatever is raised",
        "Each",
    }
    case = next(case for case in report.cases if case.title == "Sum: 1")
    assert "goes on for too long" in case.message
    assert "upper([5]) returned 1000000000000006" in case.message


@pytest.mark.long
def test_an_authors_case_that_never_ends(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that goes on for ever with the solution's number, too, is nobody's zero."""
    monkeypatch.setattr(deadline, "CASE_SECONDS", 0.5)
    endless = "from stack import upper\n\n\ndef test_on():\n    while upper:\n        pass\n"
    with Grader(make(endless)) as ours, pytest.raises(GraderFault, match="too"):
        ours.grade(SOLUTION)


LOADED = "'num' + 'py' in sys.modules"
WITHOUT = """
from stack import upper

def test_upper():
    assert upper([1, 2]) == 3
"""


def test_no_numpy_where_none_is_named(make: Make, tmp_path: Path) -> None:
    """A kata of plain values takes no NumPy into the grader, and its worker none either."""
    file = tmp_path / "mine.py"
    file.write_text(f"{SOLUTION}\nimport sys\nprint({LOADED}, '!')\n")
    look = f"import os, sys; os._exit = lambda code: (print({LOADED}), sys.exit(code))"
    code = f"{look}; from grader.commands.entry import main; main()"
    command = [sys.executable, "-c", code, str(file), "--kata", str(make(WITHOUT)), "--json", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.rstrip().endswith("\nFalse")
    assert "False !" in told


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\n\n\ndef upper(numbers):\n    return int(np.max(numbers)) + 1\n",
        "def upper(numbers):\n    from numpy import max\n    return int(max(numbers)) + 1\n",
        "from numpy.testing import *\ndef upper(numbers):\n    return max(numbers) + 1\n",
    ],
)
def test_numpy_for_who_names_it(source: str, make: Make) -> None:
    """A learner's code that names NumPy has it, whatever the kata needs."""
    with Grader(make(WITHOUT)) as ours:
        assert outcomes(ours.grade(source)) == {"Upper": "passed"}


def test_an_array_that_nobody_expected(make: Make) -> None:
    """Where a case makes an array by a name that nothing tells of, it is judged all the same."""
    hidden = """
    import importlib
    from stack import upper

    def test_upper():
        arrays = importlib.import_module("num" + "py")
        assert upper(arrays.arange(3)) == 3
    """
    with Grader(make(textwrap.dedent(hidden))) as ours:
        for _ in range(2):
            assert outcomes(ours.grade(SOLUTION)) == {"Upper": "passed"}
        assert outcomes(ours.grade(STUB)) == {"Upper": "failed"}
