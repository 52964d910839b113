"""Calls of the cases made again, of two modules, until the two do something different."""

import contextlib
import enum
import random
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from grader.authoring.code import as_code, details, shown
from grader.cases.comparing import Exactness, find_difference
from grader.cases.recorded import CaseCall

SEARCH_SECONDS = 4.0
"""In which a difference must have been found, and the inputs with which it is looked for."""
Make = Callable[[], ModuleType]
"""Makes a module anew."""
_CALL_SECONDS = 0.5  # of computing, in which one call must have ended
_ENOUGH = Exactness(2e-5)
_MOST_ITEMS = 300  # that an iterator is asked for
_DEPTH = 6


class Witness(NamedTuple):
    """An input for which two modules differ.

    Attributes:
        call: the call, or the calls that lead to it, as code.
        solution: what the solution does with it.
        edit: what the solution with the edit does.
        asked: whether a case asks just that.
    """

    call: str
    solution: str
    edit: str
    asked: bool


class Played(NamedTuple):
    """What came of a call.

    Attributes:
        kind: "returned", "raised", or "endless".
        value: what was returned, as it can be compared; the type of what was raised.
        args: what stands in the arguments afterwards.
    """

    kind: str
    value: Any = None
    args: Any = None

    def __str__(self) -> str:
        if self.kind == "endless":
            return "does not come to an end"
        return f"raises {self.value}" if self.kind == "raised" else shown(self.value)

    def is_like(self, other: "Played") -> bool:
        """Say whether two outcomes cannot be told apart, up to rounding."""
        if self.kind != other.kind:
            return False
        try:
            pairs = ((self.value, other.value), (self.args, other.args))
            return all(find_difference(*pair, "It", _ENOUGH) is None for pair in pairs)
        except Exception:
            return False


class Candidate(NamedTuple):
    """Calls to make, with what the solution does at each.

    Attributes:
        calls: they.
        right: what the solution does.
        asked: whether a case asks just that.
    """

    calls: list[CaseCall]
    right: list[Played]
    asked: bool


class _TooLong(BaseException):
    """A call does not come to an end."""


def find(tried: Iterable[Candidate], make_right: Make, make_wrong: Make) -> Witness | None:
    """Return a call in which the solution with an edit differs from the solution, if one is found.

    What differs is made again, alone, with both: what went before might have been what counts.
    """
    wrong = make_wrong()
    ends = time.monotonic() + SEARCH_SECONDS
    for calls, right, asked in tried:
        if time.monotonic() > ends:
            return None
        if not _differ(right, play(calls, wrong)):
            continue
        both = play(calls, make_right()), play(calls, make_wrong())
        at = _differ(*both)
        if at:
            last = at - 1
            before, after = both[0][last], both[1][last]
            told = str(before), str(after)
            if told[0] == told[1]:
                told = (
                    f"{before} ({details(before.value, before.args)})",
                    f"{after} ({details(after.value, after.args)})",
                )
            return Witness(as_code(calls[:at]), *told, asked)
    return None


def play(calls: Sequence[CaseCall], module: ModuleType) -> list[Played]:
    """Make calls, one after the other, and return what came of each."""
    results: list[Any] = []
    outcomes: list[Played] = []
    random.seed(1)
    np.random.seed(1)
    for call in calls:
        outcome, result = _play_one(call, module, results)
        results.append(result)
        outcomes.append(outcome)
    return outcomes


def _play_one(call: CaseCall, module: ModuleType, results: list[Any]) -> tuple[Played, Any]:
    try:
        with _limited(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            args, kwargs = call.given(results)
            where: Any = module if call.owner is None else results[call.owner.at]
            for part in call.name.split("."):
                where = getattr(where, part)
            result = where(*args, **kwargs)
            value = _image(result)
            return Played("returned", value, _image((args, kwargs))), result
    except _TooLong:
        return Played("endless"), None
    except Exception as error:
        return Played("raised", type(error).__name__), None
    except SystemExit:
        return Played("raised", "SystemExit"), None


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Raise in what computes for too long."""

    def ring(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, _CALL_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _image(value: Any, depth: int = 0) -> Any:
    """Return a value as it can be compared and kept: an object as what it holds."""
    if depth > _DEPTH:
        return "…"
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return value
    if isinstance(value, np.ndarray):
        return _image(value.tolist(), depth) if value.dtype == object else value.copy()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        items = [_image(one, depth + 1) for one in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: _image(one, depth + 1) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return set(value)
    if hasattr(value, "__next__"):
        first = zip(value, range(_MOST_ITEMS), strict=False)
        return ["iterates over", [_image(one, depth + 1) for one, _ in first]]
    if callable(value) and not hasattr(value, "__dict__"):
        return "a function"
    held = getattr(value, "__dict__", None) or {
        name: getattr(value, name, None) for name in getattr(value, "__slots__", ())
    }
    return {
        "an object of": type(value).__name__,
        **{name: _image(one, depth + 1) for name, one in held.items()},
    }


def _differ(first: Sequence[Played], second: Sequence[Played]) -> int:
    """Return how many calls it takes until two modules differ; 0 if they do not."""
    pairs = enumerate(zip(first, second, strict=True), 1)
    return next((at for at, both in pairs if not both[0].is_like(both[1])), 0)
