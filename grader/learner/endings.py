"""How a case can end other than well: each is the learner's doing and says so in words."""

from typing import ClassVar, Literal

Outcome = Literal["passed", "failed", "error", "timeout", "crashed", "not_run"]


class CaseEnded(Exception):
    """A case is over and its points are not earned.

    Args:
        message: what was seen, for the learner. Where that could tell a hidden input, the
            report does not repeat it; see `grader.grading.feedback`.
    """

    outcome: ClassVar[Outcome]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Failed(CaseEnded):
    """The function answered, and the answer is wrong."""

    outcome = "failed"


class Raised(CaseEnded):
    """The function raised an exception."""

    outcome = "error"


class TimedOut(CaseEnded):
    """The function did not answer in time."""

    outcome = "timeout"


class Crashed(CaseEnded):
    """The function took the process with it."""

    outcome = "crashed"


class NotRun(CaseEnded):
    """The case could not be judged, for a reason that another case tells."""

    outcome = "not_run"
