"""How a case can end other than well: each is the learner's doing, as facts and in words."""

from typing import ClassVar

from grader.report.seen import Code, Outcome, Seen


class CaseEnded(Exception):
    """A case is over and its points are not earned.

    Args:
        message: what was seen, for the learner. Where that could tell a hidden input, the
            report does not repeat it; see `grader.grading.feedback`.
        seen: the same as facts; if None, no more is known than which of these endings it is.
    """

    outcome: ClassVar[Outcome]
    code: ClassVar[Code]

    def __init__(self, message: str, seen: Seen | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.seen = Seen(self.code) if seen is None else seen


class Failed(CaseEnded):
    """The function answered, and the answer is wrong."""

    outcome, code = "failed", "assertion"


class Raised(CaseEnded):
    """The function raised an exception."""

    outcome, code = "error", "raised"


class TimedOut(CaseEnded):
    """The function did not answer in time."""

    outcome, code = "timeout", "timeout"


class Crashed(CaseEnded):
    """The function took the process with it."""

    outcome, code = "crashed", "killed"


class NotRun(CaseEnded):
    """The case could not be judged, for a reason that another case tells."""

    outcome, code = "not_run", "not_run"
