"""The smallest kata, written into a folder for somebody to make their own of it."""

import keyword
import re
import sys
from pathlib import Path

from grader.errors import GraderFault, UsageError
from grader.screen.terminal import named, quoted

_README = """\
# Centered columns

Write `center(X)`: it takes an array of shape (rows, columns) and returns one of the same shape, in
which the mean of each column has been subtracted from its entries, so that each column sums to 0.

    center(np.array([[1.0, 5.0], [3.0, 9.0]]))  is  [[-1, -2], [1, 2]]

The array that is passed stays as it is.
"""
_STUB = '''\
"""Centered columns in NumPy: fill in the function."""

import numpy as np


def center(X: np.ndarray) -> np.ndarray:
    """Return X with the mean of each column subtracted."""
    # Your code here
'''
_SOLUTION = '''\
"""Centered columns in NumPy."""

import numpy as np


def center(X: np.ndarray) -> np.ndarray:
    """Return X with the mean of each column subtracted."""
    return X - X.mean(axis=0)
'''
_CASES = '''\
"""The cases: ordinary pytest. Where a submission is judged, `center` runs in the jail."""

import numpy as np
import pytest

from grader.cases.case import case
from grader.cases.checks import check_close
from {module} import center

# The first way: a test as you know it. Its title is the first line of its docstring, its points are
# an equal share of what the marked cases leave of 100.


@pytest.mark.parametrize("shape", [(4, 7), (1, 3)])
def test_columns_sum_to_zero(rng, shape):
    """Each column sums to 0"""
    columns = center(rng.standard_normal(shape)).sum(axis=0)
    assert columns == pytest.approx(np.zeros(shape[1])), "Sum the columns of what you return."


def test_argument_stays():
    """The array that is passed stays as it is"""
    X = np.array([[1.0, 5.0], [3.0, 9.0]])
    centered = center(X)
    assert centered == pytest.approx(np.array([[-1.0, -2.0], [1.0, 2.0]]))
    assert center(X) == pytest.approx(centered), "A second call with the same array differs."


# The second way: by name, with a mark that says points and a next step. `reference` is the
# solution; what is random comes from `rng`, so that a seed repeats it.


@case(
    "center.values",
    "Values for random numbers",
    points=40,
    hint="Which axis of X runs over its rows?",
)
def case_values(submission, reference, rng):
    X = 100 + rng.standard_normal((5, 3))
    check_close(submission.center(X).array(), reference.center(X), what="The result")
'''
_MANIFEST = """\
# All of this may be left out but `format`: what is not said is derived from the folder.
format = 1

# name = "{name}"
# version = "1"
# title = "Centered columns in NumPy"
# file = "{module}.py"              # what a learner writes, in exercise/ and in solution/

# [limits]                          # of one call, of all that a file does
# call_seconds = 2.0
# submission_seconds = 10.0
# memory_mib = 512

# [imports]                         # beside the standard library
# allow = ["numpy"]

# [functions.center]
# parameters = ["X"]
# returns = "array"                 # or "value", or the names of what a tuple holds
# formula = "X less the mean of each column"

# [words]
# full_marks = "What comes next: columns that have a variance of 1, too."
# small_call = "two rows of two columns"

# [tolerance]                       # the greatest error, as a share of a number's size
# float64 = 2e-6
# float32 = 2e-5

# Beside this file there may be, too:
#   mistakes.toml            known mistakes, as edits of the solution: a diagnosis by name
#   probes.py                public inputs that tell mistakes apart
#   examples.py              small numbers for `kata explain` and `grade --hint`
#   submissions/accepted/, submissions/wrong_answer/, …   hand-ins, and what they must get
"""
_NAME = re.compile(r"\W+")


def write(folder: Path) -> str:
    """Write a kata into a folder, which is made if need be; return what to do next.

    Raises:
        UsageError: something is in the way.
        GraderFault: a file cannot be written.
    """
    module = _module(folder)
    files = {
        f"exercise/{module}.py": _STUB,
        "exercise/README.md": _README,
        f"solution/{module}.py": _SOLUTION,
        "cases.py": _CASES.replace("{module}", module),
        "kata.toml": _MANIFEST.replace("{module}", module).replace("{name}", folder.resolve().name),
    }
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder.")
    parts = dict.fromkeys(name.partition("/")[0] for name in files)
    there = [name for name in (*parts, "cases", ".meta") if (folder / name).exists()]
    if there:
        raise UsageError(
            f"{folder / there[0]} is there already, so nothing was written. Name another folder; "
            f"or, if a kata is in this one: kata verify {quoted(folder)}"
        )
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise GraderFault(f"{path} cannot be written ({error.strerror}).") from error
    return _next(folder, module)


def _next(folder: Path, module: str) -> str:
    where = quoted(folder)
    about = {
        "exercise/README.md": "the statement",
        f"exercise/{module}.py": "the stub: its functions are what a learner writes",
        f"solution/{module}.py": "your solution, from which expected values come",
        "cases.py": "the cases: tests as you know them, and one that says its points",
        "kata.toml": "what else can be said, as comments",
    }
    width = max(map(len, about)) + 2
    return "\n".join(
        [
            f"{named(folder)} holds a kata. Make it yours, file by file:",
            "",
            *(f"  {name:<{width}}{text}" for name, text in about.items()),
            "",
            f"  kata verify {where}",
            "      says whether it holds together, and what your cases let through",
            f"  grade {quoted(folder / f'solution/{module}.py')} --kata {where}",
            "      grades a file by it; a folder of submissions likewise",
        ]
    )


def _module(folder: Path) -> str:
    """Return a name for the file that a learner writes, made of the folder's."""
    name = _NAME.sub("_", folder.resolve().name.lower()).strip("_") or "mine"
    name = f"kata_{name}" if name[0].isdigit() else name
    taken = keyword.iskeyword(name) or name in sys.stdlib_module_names
    return f"{name}_kata" if taken or name in _OTHERS else name


_OTHERS = ("numpy", "pytest", "grader", "cases", "conftest")
