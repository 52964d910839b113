"""What can go wrong that is not the learner's fault."""


class GraderError(Exception):
    """The base of all errors of this package; the message is a sentence for its user."""


class UsageError(GraderError):
    """What was asked for cannot be done as asked (exit code 2)."""


class GraderFault(GraderError):
    """The grader could not do its work (exit code 3)."""


class Doubtful(GraderFault):
    """What happened may be the machine's fault: worth one more try, alone."""
