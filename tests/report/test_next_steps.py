"""The next step fits what was seen: it speaks of lines, loops, names or brackets as they do."""

from dataclasses import replace

import pytest

from grader.diagnosis.bank import bank
from grader.kata import default_kata
from grader.report.focus import answered
from grader.report.next_steps import after_rejection, next_step
from grader.report.seen import Seen
from grader.report.sentences import headline
from tests.pages import samples

CASE = replace(
    samples.report().cases[0], outcome="failed", message="It is wrong.", hint="What is its shape?"
)


def raised(kind: str, said: str = "", line: int | None = 5, source: str = "x") -> Seen:
    """Return the facts of an exception."""
    return Seen("raised", kind, said, line=line, source=source)


RAISED = {
    raised("NameError", "name 'k' is not defined", source="return Q @ k.T"): "name get its value",
    raised("UnboundLocalError", source="shape"): "name get its value",
    raised("AttributeError", "'list' object has no attribute 'T'"): "before the dot",
    raised("ModuleNotFoundError", "No module named 'torch'"): "function of NumPy",
    raised("TypeError", "g() takes 2 positional arguments but 3 were given"): "passes",
    raised(
        "TypeError", "unsupported operand type(s) for @: 'list' and 'int'"
    ): "type of each value",
    raised("IndexError", "index 3 is out of bounds for axis 0"): "the index or axis",
    raised("AxisError", "axis 2 is out of bounds for array of dimension 2"): "the index or axis",
    raised("ValueError", "matmul: mismatch in its core dimension 0"): "shape of each array",
    raised("ValueError", "boom", source="shape = Q.shape"): "two tokens of two features",
    raised("ZeroDivisionError", "division by zero"): "divides by",
    raised("RecursionError", "maximum recursion depth exceeded"): "calls itself",
    raised("MemoryError", "Unable to allocate"): "larger",
    raised("_ArrayMemoryError", "Unable to allocate"): "larger",
    raised("NotImplementedError", source="raise NotImplementedError"): "holds the place",
    Seen("refused", name="open a file", line=2, source="open()"): "NumPy",
    Seen("not_here", name="scipy.special.softmax", line=2): "formula",
    raised("Odd", source="raise Odd"): "two tokens of two features",
    raised("Odd", "raised NameError: k"): "two tokens of two features",
    raised("Odd", line=None): "such as the title names",
}
REJECTED = {
    Seen("timeout"): "outside of the functions",
    Seen("killed"): "outside of",
    Seen("meddled"): "outside of",
}


@pytest.mark.parametrize("seen", RAISED)
def test_exceptions(seen: Seen) -> None:
    """The step after an exception is for its kind, not for a wrong answer."""
    step = next_step(replace(CASE, outcome="error", seen=seen), "two tokens of two features")
    assert RAISED[seen] in step
    assert step != CASE.hint


@pytest.mark.parametrize("seen", REJECTED)
def test_files_that_cannot_be_loaded(seen: Seen) -> None:
    """The step after a file whose loading does not end well says what should not be loaded."""
    assert REJECTED[seen] in after_rejection(seen)


def test_words_are_not_read() -> None:
    """What a message says, or an exception in somebody's words, changes no step and no heading."""
    for case in (CASE, replace(CASE, outcome="error", seen=raised("Odd", "boom"))):
        for words in ("There is no function f", "f raised NameError: k", "f tried to open a file"):
            said = replace(case, message=words, seen=case.seen and case.seen._replace(said=words))
            assert next_step(said) == next_step(case)
            assert headline(said) == headline(case)
            assert answered(said) == answered(case)


def test_messages_with_a_step_of_their_own() -> None:
    """Where the message of a rejected file says what to do, nothing is added."""
    assert after_rejection(None) == ""
    for code in ("not_python", "ends_program", "refused", "raised", "not_here"):
        assert after_rejection(Seen(code, "SyntaxError", "x")) == ""


def test_functions_that_do_not_answer() -> None:
    """A hang, a crash and a function that is not there have steps of their own; others do not."""
    assert "loop" in next_step(replace(CASE, outcome="timeout"))
    assert "ends the program" in next_step(replace(CASE, outcome="crashed"))
    assert "behind def" in next_step(replace(CASE, seen=Seen("missing")))
    for seen in (Seen("signature"), Seen("not_a_function", "class"), Seen("returned_none")):
        assert next_step(replace(CASE, seen=seen)) != CASE.hint
    assert next_step(replace(CASE, seen=Seen("values"))) == CASE.hint
    assert next_step(CASE) == CASE.hint


def test_levels_without_next_steps() -> None:
    """Where the report holds no next step, none is made up."""
    assert next_step(replace(CASE, outcome="timeout", hint="")) == ""


def test_no_step_gives_the_code_away() -> None:
    """No step is the one of a known mistake, nor holds a line of the solution."""
    steps = [next_step(replace(CASE, outcome="error", seen=seen)) for seen in RAISED]
    steps += [after_rejection(seen) for seen in REJECTED]
    assert not {mistake.next_step for mistake in bank(default_kata())} & set(steps)
    assert not any("np.sqrt" in step or "keepdims" in step for step in steps)
