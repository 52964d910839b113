"""Which inputs are worth trying, to tell a solution with an edit from the solution."""

import ast
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.authoring.code import as_code
from grader.authoring.replay import SEARCH_SECONDS, Candidate, Make, play
from grader.authoring.varied import variations
from grader.cases.recorded import CaseCall, chain
from grader.kata import Kata

_MOST_CALLS = 60  # of the cases, whose arguments are varied
_MOST_VARIED = 2_000  # calls with one varied argument
_MOST_TWICE = 500  # calls with two
_NOTHING = 10_000  # the weight of an array without numbers: what shows elsewhere too says more
_SHORT = 20  # characters of a text that may matter as it is
_MOST_HINTS = 40


def candidates(kata: Kata, calls: Sequence[CaseCall], make: Make, seed: int) -> list[Candidate]:
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
    varied = _varied_twice(asked, np.random.default_rng(seed), _constants(kata))
    found = []
    ends = time.monotonic() + SEARCH_SECONDS
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


def _is_odd(value: Any) -> bool:
    """Say whether a result holds nan or infinity, so that no kata asks for it."""
    if isinstance(value, float):
        return not np.isfinite(value)
    if isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating):
        return not np.isfinite(value).all()
    return isinstance(value, list | tuple) and any(map(_is_odd, value))


def _sample(calls: Sequence[CaseCall]) -> list[int]:
    """Return the places of some calls, from all over: of each name at least one."""
    by_name: dict[str, list[int]] = {}
    for at, call in enumerate(calls):
        by_name.setdefault(call.name, []).append(at)
    share = max(1, _MOST_CALLS // max(1, len(by_name)))
    places = [at for found in by_name.values() for at in found[:: -(-len(found) // share)] if found]
    return sorted(places)


def _constants(kata: Kata) -> list[Any]:
    """Return the constants of a solution, and whole numbers beside them."""
    nodes = ast.walk(ast.parse(kata.solution_path.read_bytes()))
    found = [node.value for node in nodes if isinstance(node, ast.Constant)]
    numbers = [one + by for one in found if type(one) is int for by in (0, 1, -1)]
    others = [one for one in found if isinstance(one, float | str) and len(str(one)) < _SHORT]
    return list(dict.fromkeys([*numbers, *others]))[:_MOST_HINTS]


def _distinct(found: Iterable[list[CaseCall]]) -> Iterator[list[CaseCall]]:
    seen = set()
    for calls in found:
        text = as_code(calls, most=10_000)
        if text not in seen:
            seen.add(text)
            yield calls


def _varied_twice(
    asked: Sequence[list[CaseCall]], rng: np.random.Generator, hints: Sequence[Any]
) -> list[list[CaseCall]]:
    """Return calls that differ from these in one way, and some that differ in two."""
    longer = [other for one in asked for other in _longer(one, rng)]
    each = (other for one in [*asked, *longer] for other in _varied(one, rng, hints))
    once = [calls for calls, _ in zip(each, range(_MOST_VARIED), strict=False)]
    twice = []
    for at in rng.integers(len(once), size=_MOST_TWICE) if once else ():
        others = list(_varied(once[at], rng, hints))
        twice += [others[rng.integers(len(others))]] if others else []
    return longer + once + twice


def _longer(calls: list[CaseCall], rng: np.random.Generator) -> Iterator[list[CaseCall]]:
    """Yield the same calls with one of an object's methods called once more before the last."""
    *before, last = calls
    for call in {call.name: call for call in before if call.owner is not None}.values():
        yield [*before, call, last]
        others = zip(variations(call.args, rng), range(2), strict=False)
        yield from ([*before, call._replace(args=tuple(args)), last] for args, _ in others)


def _varied(
    calls: list[CaseCall], rng: np.random.Generator, hints: Sequence[Any]
) -> Iterator[list[CaseCall]]:
    """Yield the same calls with other arguments in one of them."""
    for at in range(len(calls) - 1, -1, -1):
        call = calls[at]
        names = list(call.kwargs)
        values = [*call.args, *call.kwargs.values()]
        for other in variations(values, rng, hints):
            args, kwargs = other[: len(call.args)], other[len(call.args) :]
            changed = call._replace(args=tuple(args), kwargs=dict(zip(names, kwargs, strict=True)))
            yield [*calls[:at], changed, *calls[at + 1 :]]


def _size(calls: Sequence[CaseCall]) -> int:
    return sum(_weight(one) for call in calls for one in (1, *call.args, *call.kwargs.values()))


def _weight(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.size or _NOTHING
    if isinstance(value, list | tuple | set | frozenset):
        return 1 + sum(map(_weight, value))
    if isinstance(value, dict):
        return 1 + sum(map(_weight, value.values()))
    return len(value) if isinstance(value, str | bytes) else 1
