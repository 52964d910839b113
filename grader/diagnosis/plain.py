"""What can be seen of a function, or a class, that takes or returns other things than arrays.

It is asked what the visible cases ask, in fresh workers, and held against the solution.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.cases.comparing import Exactness, find_difference
from grader.cases.public import public_calls
from grader.cases.recorded import CaseCall, chain
from grader.cases.rehearsal import Rehearsal
from grader.diagnosis.exceptions import symptom_of
from grader.diagnosis.experiment import Reading
from grader.diagnosis.suspects import another_each_time, remembered
from grader.kata import Function, Kata
from grader.learner.endings import CaseEnded
from grader.learner.outcomes import METHOD, Odd, Returned, Thrown
from grader.learner.remote import Handle, Remote
from grader.learner.submission import Submission
from grader.report.seen import Seen

_MOST = 30  # chains of calls that are made
_MANY = 4  # inputs that must give one result before it is said that any do
_SAME = Exactness(1e-6)
_FEW_DIGITS = 2e-3  # greatest error of what was rounded
_KINDS = {
    type(None): "None",
    bool: "True or False",
    int: "a number",
    float: "a number",
    str: "a string",
    bytes: "bytes",
    list: "a list",
    tuple: "a tuple",
    dict: "a dictionary",
    set: "a set",
    np.ndarray: "an array",
}


class _Seen(NamedTuple):
    """What came of a call, and what should have.

    Attributes:
        got: the value; a `Thrown`, an `Odd` or a handle where there is none.
        want: the value; an exception where one is raised.
        changed: the places of the arguments that were changed.
    """

    got: Any
    want: Any
    changed: tuple[int, ...] = ()

    @property
    def is_right(self) -> bool:
        if isinstance(self.want, Exception):
            name = type(self.want).__name__
            return isinstance(self.got, Thrown) and self.got.type == name
        if isinstance(self.got, Thrown | Odd):
            return False
        return _is_object(self.want) or _near(self.got, self.want, _SAME)


def read_plain(kata: Kata, submission: Submission, function: Function) -> list[Reading]:
    """Return what can be said of a wrong function, or class, on the inputs of the visible cases."""
    calls = list(public_calls(kata))
    places = [at for at, call in enumerate(calls) if _is_about(calls, call, function.name)][:_MOST]
    chains = [chain(calls, at) for at in places]
    try:
        seen = [_ask(kata, submission, one) for one in chains]
        return _read(kata, submission, function, chains, seen) if seen else []
    except CaseEnded:
        return []  # it hung or died: the case's message says so


def _read(
    kata: Kata,
    submission: Submission,
    function: Function,
    chains: Sequence[list[CaseCall]],
    seen: Sequence[_Seen],
) -> list[Reading]:
    answered = [each for each in seen if not isinstance(each.got, Thrown)]
    values = [each for each in answered if each.want is not None and not _is_object(each.want)]
    raised = [each.got.seen for each in seen if isinstance(each.got, Thrown) and not each.is_right]
    if values and all(each.got is None for each in values):
        return [("nothing-returned", {})]
    kind = _wrong_kind(values)
    if kind:
        return kind
    if len(raised) == len(seen):
        return _of_exceptions(raised)
    if not function.is_class:
        kept = _state(kata, submission, chains[0], seen[0])
        if kept:
            return kept
    changed = sorted({at for each in seen for at in each.changed})
    if changed and not function.is_class:
        names = [function.parameters[at] for at in changed if at < len(function.parameters)]
        return [("inputs-changed", {"names": " and ".join(names)})] if names else []
    wrong = [each for each in values if not each.is_right]
    if len(values) >= _MANY and wrong and _all_one(values):
        return [("one-result-always", {})]
    if wrong and all(_is_rounded(each.got, each.want) for each in values):
        return [("few-digits", {"digits": str(_digits(wrong))})]
    if wrong and all(_other_length(each) for each in values):
        return [("length-wrong", {})]
    return _of_exceptions(raised)


def _ask(kata: Kata, submission: Submission, calls: list[CaseCall], times: int = 1) -> _Seen:
    """Make calls in a fresh worker; return what came of the last, asked so many times."""
    submission.workers.renew()
    remote = Remote(submission, list(kata.classes))
    module = Rehearsal(kata.solution_path.read_text(encoding="utf-8"), kata).module
    theirs: list[Any] = []
    ours: list[Any] = []
    changed: tuple[int, ...] = ()
    for call in [*calls, *[calls[-1]] * (times - 1)]:
        want = _call_ours(module, call, ours)
        got, changed = _call_theirs(remote, call, theirs)
        ours.append(want)
        theirs.append(got)
        if call is not calls[-1] and isinstance(got, Thrown | Odd):
            return _Seen(got, want)
    return _Seen(theirs[-1], ours[-1], changed)


def _call_ours(module: Any, call: CaseCall, results: list[Any]) -> Any:
    args, kwargs = call.given(results)
    where: Any = module if call.owner is None else results[call.owner.at]
    try:
        for part in call.name.split("."):
            where = getattr(where, part)
        return where(*args, **kwargs)
    except Exception as error:
        return error


def _call_theirs(remote: Remote, call: CaseCall, results: list[Any]) -> tuple[Any, tuple[int, ...]]:
    args, kwargs = call.given(results)
    if call.owner is None:
        outcome = remote.ask("call", [call.name, *args], kwargs)
        before = 1
    else:
        outcome = remote.ask("method", [results[call.owner.at], call.name, *args], kwargs)
        before = 2
    if isinstance(outcome, Returned):
        return outcome.value, tuple(at - before for at in outcome.changed if at >= before)
    return (None if outcome is METHOD else outcome), ()


def _is_about(calls: Sequence[CaseCall], call: CaseCall, name: str) -> bool:
    while call.owner is not None:
        call = calls[call.owner.at]
    return call.name.partition(".")[0] == name


def _wrong_kind(values: Sequence[_Seen]) -> list[Reading]:
    """Find out whether it is always one wrong kind of thing."""
    if any(isinstance(each.got, Odd | Handle) for each in values):
        odd = all(isinstance(each.got, Odd | Handle) for each in values)
        return [("no-plain-value", {})] if odd else []
    got = {_KINDS.get(type(each.got), "") for each in values}
    want = {_KINDS.get(type(each.want), "") for each in values}
    if len(got) != 1 or len(want) != 1 or got == want or "" in got | want:
        return []
    return [("another-kind-returned", {"got": got.pop(), "want": want.pop()})]


def _state(
    kata: Kata, submission: Submission, calls: list[CaseCall], first: _Seen
) -> list[Reading]:
    """Find out whether one call gives one result, in one worker and in another."""
    if isinstance(first.got, Thrown | Odd | Handle):
        return []
    again = _ask(kata, submission, calls)
    second = _ask(kata, submission, calls, times=3)
    if not _near(again.got, first.got, _SAME):
        return [another_each_time(submission.code)]
    if not _near(second.got, first.got, _SAME) and _near(second.want, first.want, _SAME):
        return [remembered(submission.code)]
    return []


def _of_exceptions(raised: Sequence[Seen]) -> list[Reading]:
    name = symptom_of(raised)
    return [(name, {})] if name else []


def _all_one(values: Sequence[_Seen]) -> bool:
    """Say whether one value comes whatever the inputs, where different ones are wanted."""
    first = values[0]
    one = all(_near(each.got, first.got, _SAME) for each in values)
    return one and not all(_near(each.want, first.want, _SAME) for each in values)


def _other_length(each: _Seen) -> bool:
    sized = isinstance(each.got, list | tuple | str) and isinstance(each.want, list | tuple | str)
    return sized and len(each.got) != len(each.want)


def _digits(wrong: Sequence[_Seen]) -> int:
    """Return to how many digits all of these are right, at least."""
    return max(
        digits
        for digits in range(1, 8)
        if digits == 1 or all(_is_rounded(one.got, one.want, 10.0**-digits) for one in wrong)
    )


def _is_object(value: Any) -> bool:
    """Say whether a value of the solution's is none that can be compared."""
    return not isinstance(value, Exception) and type(value) not in _KINDS


def _is_rounded(got: Any, want: Any, most: float = _FEW_DIGITS) -> bool:
    """Say whether a value is right to a few digits."""
    if isinstance(got, int | float) and isinstance(want, int | float):
        return abs(got - want) <= most * max(1.0, abs(want))
    return _near(got, want, Exactness(most))


def _near(got: Any, want: Any, exactness: Exactness) -> bool:
    try:
        return find_difference(got, want, "It", exactness) is None
    except Exception:
        return False
