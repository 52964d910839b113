"""Cases of softmax."""

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_close

WHAT = "The output of softmax"


@case(
    "softmax.example",
    "The example: [[0, ln 3]] gives [[0.25, 0.75]]",
    points=20,
    hint="What is e to the power of ln 3?",
    visibility="visible",
)
def case_example(submission, reference):
    S = np.array([[0.0, np.log(3)]])
    check_close(submission.softmax(S).array(), reference.softmax(S), np.ones(2), WHAT)


@case(
    "softmax.values",
    "Values for random scores",
    points=50,
    needs="example",
    hint="Print a row of yours and its sum.",
)
def case_values(submission, reference, rng):
    S = rng.standard_normal((5, 7))
    check_close(submission.softmax(S).array(), reference.softmax(S), np.ones(7), WHAT)


@case(
    "softmax.large",
    "Scores of a thousand are scores like others",
    points=30,
    needs="example",
    hint="What is np.exp(1000)?",
)
def case_large(submission, reference, rng):
    S = rng.standard_normal((3, 4))
    S += 1000 * np.array([[1, 0, 1, -1], [-1, -1, -1, -1], [0, 0, 0, 0]])
    check_close(submission.softmax(S).array(), reference.softmax(S), np.ones(4), WHAT)
