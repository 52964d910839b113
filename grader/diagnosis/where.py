"""Where a function is right and where it is wrong, by what the inputs of its calls have in common.

What is tried and what can be common to it, a kata says in `trials.py`, which has

    trials(function, stage)   the trials of a function in one of the stages below
    CONDITIONS                what they may have in common, from the narrowest to the widest
"""

import builtins
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from itertools import groupby
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from grader.diagnosis.exceptions import ABOUT_THE_CODE, symptom_of
from grader.diagnosis.experiment import Reading
from grader.diagnosis.mutants import functions_with
from grader.diagnosis.observation import Observation, observe_function, observe_submission, same
from grader.diagnosis.probe import Probe
from grader.kata import Function, Kata
from grader.learner.submission import Submission
from grader.report.seen import Seen

_MOST_TYPES = 2  # of exceptions that are named
_MULTIPLES = (2, 3)  # of the largest size that is right: whether these are right too
Stage = Literal["again", "short", "long"]
"""Short trials; the same once more, with other numbers; long ones, where nothing else is wrong."""


class Trial(Protocol):
    """One call that differs from ordinary ones in a way of its own."""

    @property
    def tells_little(self) -> str:
        """What makes many a wrong function right here: "with one token"; empty if nothing does."""

    def probe(self, function: str) -> Probe:
        """Return the call, the same each time."""


NO_WORDS: Mapping[str, str] = MappingProxyType({})
"""What a condition adds to the blanks of its symptom, if it is the only one of it."""


class Condition(NamedTuple):
    """What trials may have in common.

    Attributes:
        symptom: what is said if a function is wrong where this holds, and only there.
        holds: whether it does, of a trial.
        size: the size of a trial, of which the largest that is right is told as {most}.
        of_size: the same trial of another size, where the condition is that trials are large: what
            lies between is tried as well, and the smallest that is wrong is told as {least}.
        words: what else the texts of the symptom leave blank, where several conditions share it.
        in_blocks: what is said instead where multiples of the largest size are right as well: a
            symptom, and its words, in which {most} is that size.
        block: the size of which multiples are said to be right; 0 if none are. Some are tried.
    """

    symptom: str
    holds: Callable[[Any], bool]
    size: Callable[[Any], int] = lambda _: 0
    of_size: Callable[[Any, int], Any] | None = None
    words: Mapping[str, str] = NO_WORDS
    in_blocks: tuple[str, Mapping[str, str]] | None = None
    block: int = 0


class Particular(NamedTuple):
    """What is particular about some trials that go wrong.

    Attributes:
        name: the same in words.
        told: how many of them go wrong, and what is raised; empty if all give wrong results.
        is_raised: whether none of them gives a result.
    """

    name: str
    told: str
    is_raised: bool


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
        said = symptom_of(e.seen.seen for e in tried if e.wrong and e.seen.kind == "raised")
        if said in ABOUT_THE_CODE:
            return [(said, {})]
        for condition in conditions:
            holds = condition.holds
            if all(holds(each.trial) for each in telling):
                continue  # that says nothing of this function
            if all(
                holds(each.trial) == each.wrong or (each.trial.tells_little and not each.wrong)
                for each in tried
            ):
                if condition.block:
                    multiples = self._right_multiples(condition, tried, condition.block)
                    if not multiples or not all(multiples):
                        continue
                most, least = self._border(condition, [*telling, *(e for e in tried if e.wrong)])
                how = _how([each.seen for each in tried if each.wrong])
                right, wrong = (
                    {e.trial.tells_little for e in tried if holds(e.trial) and e.wrong == is_wrong}
                    for is_wrong in (False, True)
                )
                if right - wrong:
                    how += f", but not {' or '.join(sorted(right - wrong))}"
                words = {"how": how, "most": str(most), "least": str(least)}
                symptom, more = condition.symptom, condition.words
                if condition.in_blocks is not None:
                    multiples = self._right_multiples(condition, tried, most)
                    if any(multiples) and not all(multiples):
                        continue
                    if any(multiples):
                        symptom, named = condition.in_blocks
                        more = {name: text.format(most=most) for name, text in named.items()}
                return [(symptom, {**words, **more})]
        return []

    def _border(self, condition: Condition, tried: Sequence["_Tried"]) -> tuple[int, int]:
        """Return the largest size that is right and the smallest that is wrong, as was tried."""
        sizes = {True: [0], False: [0]}
        for each in tried:
            sizes[each.wrong].append(condition.size(each.trial))
        most, least = max(sizes[False]), min(sizes[True][1:])
        if condition.of_size is None:
            return most, least
        wrong = next(e.trial for e in tried if e.wrong and condition.size(e.trial) == least)
        while least - most > 1:
            middle = (most + least) // 2
            is_right = self._are_right([condition.of_size(wrong, middle)])
            if not is_right:
                break  # it hung or died there, which is not what is told
            if all(is_right):
                most = middle
            else:
                least = middle
        return most, least

    def _right_multiples(
        self, condition: Condition, tried: Sequence["_Tried"], most: int
    ) -> list[bool]:
        """Say of a few multiples of the largest size that is right whether they are right too."""
        wrong = next(each.trial for each in tried if each.wrong)
        if condition.of_size is None:
            return []
        return self._are_right([condition.of_size(wrong, times * most) for times in _MULTIPLES])

    def _are_right(self, trials: Sequence[Any]) -> list[bool]:
        """Say of more trials whether they are right; nothing if the function does not live."""
        made = [trial.probe(self._function.name) for trial in trials]
        seen = observe_submission(self._submission, self._function, made, afresh=False)
        code = functions_with(self._kata)[self._function.name]
        right = observe_function(code, self._function, made)
        return [same(*both) for both in zip(seen or [], right, strict=seen is not None)]

    def particulars(self) -> list["Particular"]:
        """Return what is particular about the trials that go wrong, if all ordinary ones are right.

        A trial may say so in words, as its `particular`; it is empty for an ordinary one. Wrong
        results come first: an exception is told of elsewhere, too.
        """
        groups: dict[str, list[_Tried]] = {}
        for each in self._tried:
            groups.setdefault(getattr(each.trial, "particular", ""), []).append(each)
        if "" not in groups or any(each.wrong for each in groups.pop("")):
            return []
        found = [
            _particular(name, [each.seen for each in group if each.wrong], len(group))
            for name, group in groups.items()
            if any(each.wrong for each in group)
        ]
        return sorted(found, key=lambda each: each.is_raised)

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


def _particular(name: str, wrong: Sequence[Observation], tried: int) -> Particular:
    """Say which inputs go wrong, how many of them, and what is raised if nothing comes back."""
    raised = [each.seen for each in wrong if each.kind == "raised"]
    told = [] if len(wrong) == tried else [f"{len(wrong)} of {tried} that were tried"]
    is_raised = len(raised) == len(wrong)
    if is_raised:
        told.append(f"{_types(raised) or 'an error'}{_line(raised)}")
    return Particular(name, ", ".join(told), is_raised)


def listed(some: Sequence[Particular]) -> str:
    """Name what is particular; what is told of several in a row stands once, behind the last."""
    groups = [(told, list(each)) for told, each in groupby(some, lambda one: one.told)]
    parts = []
    for told, group in groups:
        names = ", ".join(each.name for each in group)
        each = "each: " if len(group) > 1 else ""
        parts.append(f"{names} ({each}{told})" if told else names)
    return "; ".join(parts)


def _how(wrong: Sequence[Observation]) -> str:
    """Say how results are wrong that have something in common."""
    raised = [each.seen for each in wrong if each.kind == "raised"]
    types = _types(raised)
    error = f"an error is raised{_line(raised)}{types and f' ({types})'}"
    if len(raised) == len(wrong):
        return error
    return f"the result is wrong, or {error}" if raised else "the result is wrong"


def _types(raised: Sequence[Seen | None]) -> str:
    """Name the exceptions, if they are Python's own and not many."""
    types = sorted({"" if each is None else each.type for each in raised})
    few = len(types) <= _MOST_TYPES and all(hasattr(builtins, name) for name in types)
    return " or ".join(types) if few else ""


def _line(raised: Sequence[Seen | None]) -> str:
    """Say in which line all of these were raised, if it is one."""
    lines = {None if each is None else each.line for each in raised}
    line = lines.pop() if len(lines) == 1 else None
    return "" if line is None else f" in line {line}"


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
