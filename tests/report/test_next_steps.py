"""The next step fits what was seen: it speaks of lines, loops, names or brackets as they do."""

from dataclasses import replace

import pytest

from grader.diagnosis.bank import bank
from grader.report.next_steps import after_rejection, next_step
from tests.pages import samples

CASE = replace(
    samples.report().cases[0], outcome="failed", message="It is wrong.", hint="What is its shape?"
)

RAISED = {
    "f raised NameError: name 'k' is not defined (line 5: return Q @ k.T)": "name get its value",
    "f raised UnboundLocalError (line 5: shape)": "name get its value",
    "f raised AttributeError: 'list' object has no attribute 'T' (line 3: K.T)": "before the dot",
    "f raised ModuleNotFoundError: No module named 'torch'; NumPy is all": "function of NumPy",
    "f raised TypeError: g() takes 2 positional arguments but 3 were given": "passes",
    "f raised TypeError: unsupported operand type(s) for @: 'list' and 'int'": "type of each value",
    "f raised IndexError: index 3 is out of bounds for axis 0": "the index or axis",
    "f raised ValueError: matmul: mismatch in its core dimension 0": "shape of each array",
    "f raised ValueError: boom (line 7: shape = Q.shape)": "two tokens of two features",
    "f raised ZeroDivisionError: division by zero": "divides by",
    "f raised RecursionError: maximum recursion depth exceeded": "calls itself",
    "f raised MemoryError: Unable to allocate; that is more than a submission may use": "larger",
    "f raised NotImplementedError (line 5: raise NotImplementedError)": "holds the place",
    "f tried to open a file; in this kata your code cannot, and need not (line 2: open())": "NumPy",
    "f uses SciPy's softmax (line 3: softmax(S)). It is yours to write here.": "formula",
    "f raised a type of its own (line 3: raise Odd)": "two tokens of two features",
}
REJECTED = {
    "the file did not finish within 2 s.": "outside of the functions",
    "While the file was running, your code ended the process it runs in.": "outside of",
}


@pytest.mark.parametrize("message", RAISED)
def test_exceptions(message: str) -> None:
    """The step after an exception is for its kind, not for a wrong answer."""
    step = next_step(replace(CASE, outcome="error", message=message))
    assert RAISED[message] in step
    assert step != CASE.hint


@pytest.mark.parametrize("message", REJECTED)
def test_files_that_cannot_be_loaded(message: str) -> None:
    """The step after a file whose loading does not end well says what should not be loaded."""
    assert REJECTED[message] in after_rejection(message)


@pytest.mark.parametrize(
    "message",
    [
        "The file is empty. Was it saved?",
        "There is no Python file, but a.txt; …",
        "The file is not valid Python: a colon is missing in this line (line 8: def f()). Put it …",
        "",
    ],
)
def test_messages_with_a_step_of_their_own(message: str) -> None:
    """Where the message says what to do, nothing is added."""
    assert after_rejection(message) == ""


def test_functions_that_do_not_answer() -> None:
    """A hang, a crash and a function that is not there have steps of their own; others do not."""
    assert "loop" in next_step(replace(CASE, outcome="timeout"))
    assert "ends the program" in next_step(replace(CASE, outcome="crashed"))
    missing = "There is no function f in your file. Is its name spelled exactly so?"
    assert "behind def" in next_step(replace(CASE, message=missing))
    for kind in ("must be callable as f(x), with 1 arguments", "is a class in your file;"):
        assert next_step(replace(CASE, message=f"f {kind}")) != CASE.hint
    assert next_step(CASE) == CASE.hint


def test_levels_without_next_steps() -> None:
    """Where the report holds no next step, none is made up."""
    assert next_step(replace(CASE, outcome="timeout", hint="")) == ""


def test_no_step_gives_the_code_away() -> None:
    """No step is the one of a known mistake, nor holds a line of the solution."""
    steps = [next_step(replace(CASE, outcome="error", message=text)) for text in RAISED]
    steps += [after_rejection(text) for text in REJECTED]
    assert not {mistake.next_step for mistake in bank()} & set(steps)
    assert not any("np.sqrt" in step or "keepdims" in step for step in steps)
