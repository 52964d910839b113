"""One head judged by the solution."""

from types import ModuleType

from grader.cases.checks import check_close
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import Inputs
from grader.learner.submission import Submission

WHAT = "The output of self_attention"


def check_each(
    submission: Submission,
    reference: ModuleType,
    *drawn: Inputs,
    layout: str = "plain",
    dtype: str = "float64",
) -> None:
    """Fail unless the learner's function does to the inputs what the reference does."""
    answers = submission.call_each("self_attention", drawn, layout=layout)
    wants = [reference.self_attention(*attention.to_float64(inputs)) for inputs in drawn]
    for inputs, want, answer in zip(drawn, wants, answers, strict=True):
        check_close(answer.array(), want, attention.largest_of(inputs), WHAT, dtype=dtype)
