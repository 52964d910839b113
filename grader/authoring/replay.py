"""Calls of the cases made again, of two modules, until the two do something different."""

import contextlib
import enum
import random
import reprlib
import signal
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from grader.authoring.varied import variations
from grader.cases.comparing import Exactness, find_difference
from grader.cases.recorded import Call, Ref, chain
from grader.kata import Kata

_CALL_SECONDS = 0.5  # of computing, in which one call must have ended
_SEARCH_SECONDS = 4.0  # in which a difference must have been found
_ENOUGH = Exactness(2e-5)
_MOST_CALLS = 60  # of the cases, whose arguments are varied
_MOST_VARIED = 2_000  # calls with one varied argument
_MOST_TWICE = 500  # calls with two
_MOST_ITEMS = 300  # that an iterator is asked for
_DEPTH = 6
_NOTHING = 10_000  # the weight of an array without numbers: what shows elsewhere too says more
_TEXT = 240  # characters of a call, or of a result, as they are shown
_repr = reprlib.Repr()
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxdict = 8
_repr.maxstring = _repr.maxother = 80


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


class Outcome(NamedTuple):
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
        return f"raises {self.value}" if self.kind == "raised" else _shown(self.value)

    def is_like(self, other: "Outcome") -> bool:
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

    calls: list[Call]
    right: list[Outcome]
    asked: bool


class _TooLong(BaseException):
    """A call does not come to an end."""


def candidates(kata: Kata, calls: Sequence[Call], make: Any, seed: int) -> list[Candidate]:
    """Return what is worth trying: the calls of the cases, then variations of them.

    Left out is where the solution hangs on chance, or answers with an error of its own accord
    that no case has seen: such an input is none that the kata asks for.

    Args:
        kata: whose cases made the calls.
        calls: they.
        make: makes the solution's module anew.
        seed: what the variations are drawn from.
    """
    asked = list(_distinct(chain(list(calls), at) for at in _sample(calls)))
    known = {each.value for calls in asked for each in play(calls, make()) if each.kind == "raised"}
    varied = _varied_twice(asked, np.random.default_rng(seed))
    found = []
    ends = time.monotonic() + _SEARCH_SECONDS
    tried = [*((one, True) for one in asked), *((one, False) for one in varied)]
    once, again = make(), make()
    for one, is_asked in tried:
        right = play(one, once)
        last = right[-1]
        if last.kind == "endless" or (last.kind == "raised" and last.value not in known):
            continue
        if not is_asked and _is_odd(last.value):
            continue
        if all(a.is_like(b) for a, b in zip(right, play(one, again), strict=True)):
            found.append(Candidate(one, right, is_asked))
        if time.monotonic() > ends:
            break
    return sorted(found, key=lambda one: (not one.asked, _size(one.calls)))


def find(tried: Iterable[Candidate], make_right: Any, make_wrong: Any) -> Witness | None:
    """Return a call in which the solution with an edit differs from the solution, if one is found.

    What differs is made again, alone, with both: what went before might have been what counts.
    """
    wrong = make_wrong()
    ends = time.monotonic() + _SEARCH_SECONDS
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
            shown = str(before), str(after)
            if shown[0] == shown[1]:
                shown = f"{before} ({_details(before)})", f"{after} ({_details(after)})"
            return Witness(_as_code(calls[:at]), *shown, asked)
    return None


def play(calls: Sequence[Call], module: ModuleType) -> list[Outcome]:
    """Make calls, one after the other, and return what came of each."""
    results: list[Any] = []
    outcomes: list[Outcome] = []
    random.seed(1)
    np.random.seed(1)
    for call in calls:
        outcome, result = _play_one(call, module, results)
        results.append(result)
        outcomes.append(outcome)
    return outcomes


def _play_one(call: Call, module: ModuleType, results: list[Any]) -> tuple[Outcome, Any]:
    try:
        with _limited(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            args, kwargs = call.given(results)
            where: Any = module if call.owner is None else results[call.owner.at]
            for part in call.name.split("."):
                where = getattr(where, part)
            result = where(*args, **kwargs)
            value = _image(result)
            return Outcome("returned", value, _image((args, kwargs))), result
    except _TooLong:
        return Outcome("endless"), None
    except Exception as error:
        return Outcome("raised", type(error).__name__), None
    except SystemExit:
        return Outcome("raised", "SystemExit"), None


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


def _differ(first: Sequence[Outcome], second: Sequence[Outcome]) -> int:
    """Return how many calls it takes until two modules differ; 0 if they do not."""
    pairs = enumerate(zip(first, second, strict=True), 1)
    return next((at for at, both in pairs if not both[0].is_like(both[1])), 0)


def _is_odd(value: Any) -> bool:
    """Say whether a result holds nan or infinity, so that no kata asks for it."""
    if isinstance(value, float):
        return not np.isfinite(value)
    if isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating):
        return not np.isfinite(value).all()
    return isinstance(value, list | tuple) and any(map(_is_odd, value))


def _sample(calls: Sequence[Call]) -> list[int]:
    """Return the places of some calls, from all over: of each name at least one."""
    by_name: dict[str, list[int]] = {}
    for at, call in enumerate(calls):
        by_name.setdefault(call.name, []).append(at)
    share = max(1, _MOST_CALLS // max(1, len(by_name)))
    places = [at for found in by_name.values() for at in found[:: -(-len(found) // share)] if found]
    return sorted(places)


def _distinct(found: Iterable[list[Call]]) -> Iterator[list[Call]]:
    seen = set()
    for calls in found:
        text = _as_code(calls, most=10_000)
        if text not in seen:
            seen.add(text)
            yield calls


def _varied_twice(asked: Sequence[list[Call]], rng: np.random.Generator) -> list[list[Call]]:
    """Return calls that differ from these in one way, and some that differ in two."""
    longer = [other for one in asked for other in _longer(one, rng)]
    each = (other for one in [*asked, *longer] for other in _varied(one, rng))
    once = [calls for calls, _ in zip(each, range(_MOST_VARIED), strict=False)]
    twice = []
    for at in rng.integers(len(once), size=_MOST_TWICE) if once else ():
        others = list(_varied(once[at], rng))
        twice += [others[rng.integers(len(others))]] if others else []
    return longer + once + twice


def _longer(calls: list[Call], rng: np.random.Generator) -> Iterator[list[Call]]:
    """Yield the same calls with one of an object's methods called once more before the last."""
    *before, last = calls
    for call in {call.name: call for call in before if call.owner is not None}.values():
        yield [*before, call, last]
        others = zip(variations(call.args, rng), range(2), strict=False)
        yield from ([*before, call._replace(args=tuple(args)), last] for args, _ in others)


def _varied(calls: list[Call], rng: np.random.Generator) -> Iterator[list[Call]]:
    """Yield the same calls with other arguments in one of them."""
    for at in range(len(calls) - 1, -1, -1):
        call = calls[at]
        names = list(call.kwargs)
        values = [*call.args, *call.kwargs.values()]
        for other in variations(values, rng):
            args, kwargs = other[: len(call.args)], other[len(call.args) :]
            changed = call._replace(args=tuple(args), kwargs=dict(zip(names, kwargs, strict=True)))
            yield [*calls[:at], changed, *calls[at + 1 :]]


def _size(calls: Sequence[Call]) -> int:
    return sum(_weight(one) for call in calls for one in (1, *call.args, *call.kwargs.values()))


def _weight(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.size or _NOTHING
    if isinstance(value, list | tuple | set | frozenset):
        return 1 + sum(map(_weight, value))
    if isinstance(value, dict):
        return 1 + sum(map(_weight, value.values()))
    return len(value) if isinstance(value, str | bytes) else 1


def _as_code(calls: Sequence[Call], most: int = _TEXT) -> str:
    """Return calls as one would write them, the last ones of many."""
    used = {one.at for call in calls for one in _all_refs(call)}
    texts = []
    for at, call in enumerate(calls):
        given = [_shown(arg) for arg in call.args]
        given += [f"{name}={_shown(arg)}" for name, arg in call.kwargs.items()]
        before = "" if call.owner is None else f"{_name(call.owner)}."
        text = f"{before}{call.name}({', '.join(given)})"
        texts.append(f"{_name(Ref(at))} = {text}" if at in used else text)
    whole = "; ".join(texts)
    return whole if len(whole) <= most else f"…{whole[-most:]}" if len(texts) > 1 else whole[:most]


def _all_refs(call: Call) -> list[Ref]:
    found = [call.owner] if call.owner is not None else []
    return found + [one for one in (*call.args, *call.kwargs.values()) if isinstance(one, Ref)]


def _name(ref: Ref) -> str:
    return f"object{ref.at + 1}"


def _shown(value: Any) -> str:
    if isinstance(value, Ref):
        return _name(value)
    if isinstance(value, np.ndarray):
        if not value.size:
            return f"np.empty({value.shape})"
        text = np.array2string(value, threshold=24, edgeitems=2, precision=4, separator=", ")
        return f"array({' '.join(text.split())})"
    text = " ".join(_repr.repr(value).split())
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"


def _details(outcome: Outcome) -> str:
    """Say what does not show in what was returned: its shape, what became of the arguments."""
    if isinstance(outcome.value, np.ndarray):
        return f"of shape {outcome.value.shape}; the arguments are {_shown(outcome.args[0])} then"
    return f"the arguments are {_shown(outcome.args)} then"
