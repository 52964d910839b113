"""What is known of a wrong function that no known mistake explains, and how it is asked more."""

from collections.abc import Callable
from functools import cached_property

from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.experiment import Reading, Subject
from grader.diagnosis.where import Where
from grader.learner.submission import Submission


class Study:
    """A wrong function that is looked into.

    Args:
        submission: the learner's functions; fresh workers are used.
        behaviour: what the wrong one did with the probes.
        base: what it stands on, if that is wrong itself.
    """

    def __init__(
        self, submission: Submission, behaviour: Behaviour, base: Subject | None = None
    ) -> None:
        self.submission = submission
        self.behaviour = behaviour
        self.base = base
        self.kata = behaviour.kata
        self.function = behaviour.function

    @cached_property
    def core(self) -> Behaviour:
        """What it did on ordinary inputs."""
        return self.behaviour.core

    @cached_property
    def learner(self) -> Subject:
        """The function, to be called."""
        return Subject(self.kata, self.submission, self.function.name)

    @cached_property
    def where(self) -> Where:
        """Where it is right and where it is wrong."""
        return Where(self.kata, self.submission, self.function)


Reader = Callable[[Study], list[Reading] | None]
"""What finds something out: None where there is nothing that it can say.

What it returns else ends the search, even if that is nothing.
"""
