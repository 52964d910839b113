"""What is known of a wrong function that no known mistake explains, and how it is asked more."""

from collections.abc import Callable
from functools import cached_property

from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.claims import Outcomes
from grader.diagnosis.experiment import Reading, Subject
from grader.diagnosis.where import Where
from grader.learner.submission import Submission

_NOTHING_KNOWN = Outcomes()


class Study:
    """A wrong function that is looked into.

    Args:
        submission: the learner's functions; fresh workers are used.
        behaviour: what the wrong one did with the probes.
        base: what it stands on, if that is wrong itself.
        base_is_sound: whether that gives the right sort of thing for ordinary inputs.
        outcomes: what became of its cases.
    """

    def __init__(
        self,
        submission: Submission,
        behaviour: Behaviour,
        base: Subject | None = None,
        *,
        base_is_sound: bool = False,
        outcomes: Outcomes = _NOTHING_KNOWN,
    ) -> None:
        self.submission = submission
        self.behaviour = behaviour
        self.base = base
        self.base_is_sound = base_is_sound
        self.outcomes = outcomes
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
