"""Where a function is right and where it is wrong, by what the inputs of its calls have in common.

What is tried and what can be common to it, a kata says in `trials.py`, which has

    trials(function, stage)   the trials of a function in one of the stages below
    CONDITIONS                what they may have in common, from the narrowest to the widest
"""

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple, Protocol

from grader.diagnosis.exceptions import ABOUT_THE_CODE, symptom_of
from grader.diagnosis.experiment import Reading
from grader.diagnosis.mutants import functions_with
from grader.diagnosis.observation import Observation, observe_function, observe_submission, same
from grader.diagnosis.probe import Probe
from grader.kata import Function, Kata
from grader.learner.submission import Submission
from grader.report.seen import Seen

Stage = Literal["again", "short", "long"]
"""Short trials; the same once more, with other numbers; long ones, where nothing else is wrong."""


class Trial(Protocol):
    """One call that differs from ordinary ones in a way of its own."""

    @property
    def tells_little(self) -> bool:
        """Whether many a wrong function is right here."""

    def probe(self, function: str) -> Probe:
        """Return the call, the same each time."""


class Condition(NamedTuple):
    """What trials may have in common.

    Attributes:
        symptom: what is said if a function is wrong where this holds, and only there.
        holds: whether it does, of a trial.
        size: the size of a trial, of which the largest that is right is told as {most}.
    """

    symptom: str
    holds: Callable[[Any], bool]
    size: Callable[[Any], int] = lambda _: 0


class Where:
    """What the inputs have in common with which a function is wrong.

    Args:
        kata: of which it is a function.
        submission: the learner's functions, known to keep nothing between calls.
        function: the wrong one.
    """

    def __init__(self, kata: Kata, submission: Submission, function: Function) -> None:
        self._kata = kata
        self._submission = submission
        self._function = function

    def read(self) -> list[Reading]:
        """Return what tells right from wrong, if one thing does."""
        part = self._kata.part("trials")
        return self.read_by(part.CONDITIONS) if part is not None else []

    def read_by(self, conditions: Sequence[Condition]) -> list[Reading]:
        """Return the same where it is one of these conditions."""
        tried = self._tried
        if not any(each.wrong for each in tried):
            return []
        telling = [each for each in tried if not each.trial.tells_little]
        raised = all(each.seen.kind == "raised" for each in tried if each.wrong)
        facts = [each.seen.seen for each in tried if each.wrong]
        said = symptom_of(facts) if raised else None
        if said in ABOUT_THE_CODE:
            return [(said, {})]
        for name, holds, size in conditions:
            if all(holds(each.trial) for each in telling):
                continue  # that says nothing of this function
            if all(
                holds(each.trial) == each.wrong or (each.trial.tells_little and not each.wrong)
                for each in tried
            ):
                how = _error(facts) if raised else "the result is wrong"
                most = max(size(each.trial) for each in telling if not each.wrong)
                return [(name, {"how": how, "most": str(most)})]
        return []

    def particulars(self) -> list[str]:
        """Return what is particular about the trials that go wrong, if all ordinary ones are right.

        A trial may say so in words, as its `particular`; it is empty for an ordinary one.
        """
        groups: dict[str, list[bool]] = {}
        for each in self._tried:
            groups.setdefault(getattr(each.trial, "particular", ""), []).append(each.wrong)
        if any(groups.pop("", [True])):
            return []
        return [
            name if all(wrong) else f"{name} (not always)"
            for name, wrong in groups.items()
            if any(wrong)
        ]

    @cached_property
    def _tried(self) -> list["_Tried"]:
        """What came of the trials; nothing if they cannot tell."""
        tried = self._try("again")
        if all(each.wrong or each.trial.tells_little for each in tried):
            return []  # wrong everywhere
        # What is wrong with one draw and right with another of its size hangs on no size.
        short = self._try("short")
        if not short or any(each.wrong for each in (*tried, *short)):
            return [*tried, *short] if short else []
        long = self._try("long")  # only where nothing else goes wrong, as they take long
        return [*tried, *short, *long] if long else []

    def _try(self, stage: Stage) -> list["_Tried"]:
        """Make trials; none of them if the function does not live through them."""
        kata, function = self._kata, self._function
        trials, made = _made(kata, function, stage)
        self._submission.workers.errands.appendleft(lambda: _right(kata, function, stage))
        seen = observe_submission(self._submission, function, made, afresh=False)
        if seen is None:
            return []
        right = _right(kata, function, stage)
        return [
            _Tried(trial, ours, not same(ours._replace(effects=()), wanted._replace(effects=())))
            for trial, ours, wanted in zip(trials, seen, right, strict=True)
        ]


def _error(raised: Sequence[Seen | None]) -> str:
    """Say that an error is raised, and in which line if it is one."""
    lines = {None if each is None else each.line for each in raised}
    line = lines.pop() if len(lines) == 1 else None
    return "an error is raised" if line is None else f"an error is raised in line {line}"


class _Tried(NamedTuple):
    trial: Trial
    seen: Observation
    wrong: bool


@cache
def _made(kata: Kata, function: Function, stage: Stage) -> tuple[list[Trial], list[Probe]]:
    """Return trials, and the calls that they are."""
    part = kata.part("trials")
    trials = list(part.trials(function.name, stage)) if part is not None else []
    return trials, [trial.probe(function.name) for trial in trials]


@cache
def _right(kata: Kata, function: Function, stage: Stage) -> list[Observation]:
    """Return what the solution does with them."""
    _, made = _made(kata, function, stage)
    return observe_function(functions_with(kata)[function.name], function, made)
