"""The bank of known mistakes, and the wrong solutions that they make.

The bank itself, with all that a learner reads of it, is `mistakes.toml` beside this
file. A mistake is a small edit of the solution's source, so that mistakes compose: two whose
edits do not overlap make a solution with both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations, pairwise
from types import CodeType
from typing import Any

from grader.diagnosis import entries
from grader.kata import kata

Function = Callable[..., Any]


@dataclass(frozen=True)
class Mistake:
    """One known mistake.

    Attributes:
        id: stable; what `kata explain` takes.
        function: the function at fault.
        title: the mistake in a few words.
        explanation: what comes out, and why it is not attention.
        next_step: a question or an experiment, not the answer.
        edits: (old, new) pairs of the solution's source.
    """

    id: str
    function: str
    title: str
    explanation: str
    next_step: str
    edits: tuple[tuple[str, str], ...]


@cache
def bank() -> tuple[Mistake, ...]:
    """Return all known mistakes, in the flow of data, likelier ones first."""
    return tuple(mistake_at(place) for place in range(len(_entries())))


@cache
def mistake_at(place: int) -> Mistake:
    """Return the mistake at this place of the bank; reading them all takes a while."""
    entry = entries.read(_entries()[place])
    return Mistake(**{**entry, "edits": tuple((old, new) for old, new in entry["edits"])})


@cache
def _entries() -> list[str]:
    return entries.text_of("mistakes.toml").split("[[mistake]]")[1:]


def find(identifier: str) -> Mistake | None:
    """Return the mistake with this identifier, if there is one."""
    place = next(iter(_places("id", identifier)), None)
    return None if place is None else mistake_at(place)


def mistakes_of(function: str) -> list[Mistake]:
    """Return the known mistakes of one function."""
    return [mistake_at(place) for place in places_of(function)]


def places_of(function: str) -> list[int]:
    """Return the places in the bank of the mistakes of one function."""
    return list(_places("function", function))


@cache
def by_id() -> dict[str, Mistake]:
    """Return the bank by identifier."""
    return {mistake.id: mistake for mistake in bank()}


def _places(key: str, value: str) -> Iterator[int]:
    """Yield the places of the entries with this line."""
    line = f'\n{key} = "{value}"\n'
    return (place for place, entry in enumerate(_entries()) if line in entry)


def source_with(*mistakes: Mistake) -> str:
    """Return the solution's source with these mistakes made in it.

    Raises:
        ValueError: an edit's old text does not stand exactly once in the solution, or two
            edits overlap.
    """
    source = _solution_source()
    spans = sorted((*_span(old), new) for mistake in mistakes for old, new in mistake.edits)
    for (_, end, _), (start, _, _) in pairwise(spans):
        if start < end:
            raise ValueError("these mistakes change the same place of the solution")
    pieces, position = [], 0
    for start, end, new in spans:
        pieces += [source[position:start], new]
        position = end
    return "".join([*pieces, source[position:]])


def functions_with(*mistakes: Mistake) -> dict[str, Function]:
    """Return the kata's functions with these mistakes, in a module of their own.

    What they keep between calls is kept in that module: two calls of this function share
    nothing.

    Raises:
        ValueError: as for `source_with`.
    """
    namespace: dict[str, Any] = {"__name__": "mistaken"}
    for piece in source_with(*mistakes).split("\n\n\n"):  # what stands at the top level
        exec(_compiled(piece), namespace)  # noqa: S102
    return {name: namespace[name] for name in kata.FUNCTIONS}


def composable(first: Mistake, second: Mistake) -> bool:
    """Say whether two mistakes can be made at once."""
    spans = sorted(_span(old) for mistake in (first, second) for old, _ in mistake.edits)
    return all(end <= start for (_, end), (start, _) in pairwise(spans))


def pairs(*functions: str) -> Iterator[tuple[Mistake, Mistake]]:
    """Yield the pairs of mistakes of these functions that can be made at once."""
    known = [mistake for mistake in bank() if mistake.function in functions]
    return (pair for pair in combinations(known, 2) if composable(*pair))


@lru_cache(1024)
def _compiled(piece: str) -> CodeType:
    """Compile a piece of a solution; most pieces are the same whatever the mistakes."""
    return compile(piece, "<mistaken>", "exec")


@cache
def _solution_source() -> str:
    return kata.solution_path().read_text(encoding="utf-8")


@cache
def _span(old: str) -> tuple[int, int]:
    """Return where an old text stands in the solution."""
    source = _solution_source()
    if source.count(old) != 1:
        raise ValueError(f"{old!r} stands {source.count(old)} times in the solution, not once")
    start = source.index(old)
    return start, start + len(old)
