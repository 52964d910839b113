"""The search for holes: small edits of the solution that all cases let through."""

import os
import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from grader.authoring.bench import Bench, Tried
from grader.authoring.edits import Edit, edits
from grader.kata import Kata

_MOST_BENCHES = 4


@dataclass(frozen=True)
class Hole:
    """An edit that no case notices.

    Attributes:
        line: of the solution.
        old: what stands there.
        new: what the edit puts in its place.
        call: calls that tell the two apart; empty if none were found.
        solution: what the solution does at the last of them.
        edit: what it does with the edit.
        asked: whether a case asks just that, and does not look.
    """

    line: int
    old: str
    new: str
    call: str = ""
    solution: str = ""
    edit: str = ""
    asked: bool = False


@dataclass
class Search:
    """What came of a search.

    Attributes:
        edits: how many edits were tried.
        killed: how many of them a case noticed.
        holes: those that none did, with an input that tells them apart.
        perhaps_equivalent: those for which no such input was found.
    """

    edits: int = 0
    killed: int = 0
    holes: list[Hole] = field(default_factory=list)
    perhaps_equivalent: list[Hole] = field(default_factory=list)


def search(
    kata: Kata, watch: Callable[[Iterable[Any], int, str], Iterable[Any]], jobs: int | None = None
) -> Search:
    """Try each edit of a kata's solution.

    Args:
        kata: whose cases are looked at.
        watch: shows progress: takes an iterable, its length and a label, and yields from it.
        jobs: how many at once.

    Raises:
        GraderFault: the solution cannot be judged outside of the jail.
    """
    made = edits(kata.solution_path.read_text(encoding="utf-8"))
    found = Search(edits=len(made))
    count = jobs or min(_MOST_BENCHES, len(os.sched_getaffinity(0)))
    for edit, tried in watch(_try_all(kata, made, count), len(made), "edits of the solution"):
        if tried.verdict == "killed":
            found.killed += 1
            continue
        about = edit.line, edit.old, edit.new
        if tried.witness is None:
            found.perhaps_equivalent.append(Hole(*about))
        else:
            found.holes.append(Hole(*about, *tried.witness))
    return found


def _try_all(kata: Kata, made: list[Edit], count: int) -> Iterator[tuple[Edit, Tried]]:
    """Try edits, some at once; yield them in order."""
    benches = [Bench(kata) for _ in range(count)]
    idle: queue.SimpleQueue[Bench] = queue.SimpleQueue()
    for bench in benches:
        idle.put(bench)

    def try_one(edit: Edit) -> Tried:
        bench = idle.get()
        try:
            return bench.try_out(edit.source)
        finally:
            idle.put(bench)

    pool = ThreadPoolExecutor(count)
    try:
        yield from zip(made, pool.map(try_one, made), strict=True)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for bench in benches:
            bench.end()
