"""The wrong solutions that known mistakes make.

A mistake is a small edit of the solution's source, so that mistakes compose: two whose edits do
not overlap make a solution with both.
"""

import __future__

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate, combinations, pairwise
from types import CodeType
from typing import Any

import numpy as np

from grader.diagnosis.bank import Mistake, bank
from grader.kata import Kata

Runnable = Callable[..., Any]
"""A function of ours, right or wrong."""
_FUTURE = __future__.annotations.compiler_flag


def source_with(kata: Kata, *mistakes: Mistake) -> str:
    """Return the solution's source with these mistakes made in it.

    Raises:
        ValueError: an edit's old text does not stand exactly once in the solution, or two
            edits overlap.
    """
    return "".join(_pieces_with(kata, mistakes))


def functions_with(kata: Kata, *mistakes: Mistake) -> dict[str, Runnable]:
    """Return the kata's functions with these mistakes, in a module of their own.

    What they keep between calls is kept in that module: two calls of this function share
    nothing.

    Raises:
        ValueError: as for `source_with`.
    """
    namespace: dict[str, Any] = {"__name__": "mistaken"}
    flags = 0  # what a piece before says of those after it: `from __future__ import annotations`
    for piece in _pieces_with(kata, mistakes):
        code = _compiled(piece, flags)
        flags |= code.co_flags & _FUTURE
        exec(code, namespace)  # noqa: S102
    return {name: namespace[name] for name in kata.functions}


def keeps_nothing(code: Runnable) -> bool:
    """Say whether a wrong solution has nowhere to keep anything between calls, or objects."""
    functions, kept = [code], []
    if isinstance(code, type):
        functions = [each for each in vars(code).values() if inspect.isfunction(each)]
        if any({code.__name__, "type", "__class__"} & _names(each.__code__) for each in functions):
            return False  # what its objects share can be changed
        kept += _own(vars(code))
    for each in functions:
        kept += [*_own(each.__globals__), *(each.__defaults__ or ())]
    return not any(isinstance(value, dict | list | set | np.ndarray) for value in kept)


def _own(names: Mapping[str, Any]) -> list[Any]:
    """Return what a namespace holds beside what Python puts there."""
    return [value for name, value in names.items() if not name.startswith("__")]


def _names(code: CodeType) -> set[str]:
    """Return the names that a function takes from outside of it, those within it included."""
    within = [each for each in code.co_consts if isinstance(each, CodeType)]
    return {*code.co_names, *code.co_freevars}.union(*map(_names, within))


def composable(kata: Kata, *mistakes: Mistake) -> bool:
    """Say whether these mistakes can be made at once."""
    spans = sorted(_span(kata, old) for mistake in mistakes for old, _ in mistake.edits)
    return all(end <= start for (_, end), (start, _) in pairwise(spans))


def pairs(kata: Kata, *functions: str) -> Iterator[tuple[Mistake, Mistake]]:
    """Yield the pairs of mistakes of these functions that can be made at once."""
    known = [mistake for mistake in bank(kata) if mistake.function in functions]
    return (pair for pair in combinations(known, 2) if composable(kata, *pair))


def _pieces_with(kata: Kata, mistakes: Sequence[Mistake]) -> Iterator[str]:
    """Yield what stands at the top level of the solution, piece by piece, with these mistakes.

    Most pieces are the same whatever the mistakes, so each is compiled once.
    """
    source = _source(kata)
    edits = sorted((*_span(kata, old), new) for mistake in mistakes for old, new in mistake.edits)
    for (_, end, _), (start, _, _) in pairwise(edits):
        if start < end:
            raise ValueError("these mistakes change the same place of the solution")
    position, text = 0, ""
    for cut in _cuts(kata):
        while edits and edits[0][0] < cut:
            start, end, new = edits.pop(0)
            text += source[position:start] + new
            position = end
        if position <= cut:  # else an edit changes where one piece ends and the next begins
            yield text + source[position:cut]
            position, text = cut, ""


@cache
def _cuts(kata: Kata) -> tuple[int, ...]:
    """Return where the pieces of the solution end: before each statement but the first."""
    source = _source(kata)
    lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
    starts = {lines[_first_line(statement) - 1] for statement in ast.parse(source).body}
    return (*sorted(starts)[1:], len(source))


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


@lru_cache(1024)
def _compiled(piece: str, flags: int) -> CodeType:
    code: CodeType = compile(piece, "<mistaken>", "exec", flags, dont_inherit=True)
    return code


@cache
def _source(kata: Kata) -> str:
    return kata.solution_path.read_text(encoding="utf-8")


@cache
def _span(kata: Kata, old: str) -> tuple[int, int]:
    """Return where an old text stands in the solution."""
    source = _source(kata)
    if source.count(old) != 1:
        raise ValueError(f"{old!r} stands {source.count(old)} times in the solution, not once")
    start = source.index(old)
    return start, start + len(old)
