"""A table of what known mistakes, and pairs of them, do on the first probes.

There are thousands of pairs; making them all again for each submission would cost seconds.
The table is made at development time (`kata verify --update`) and lies in the folder `tables` of
the kata. It only says which explanations are worth a look: a diagnosis still makes the mistakes
again and compares every probe. Where there is no table that fits the bank, one of single mistakes
is made, which does not take long.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from grader.diagnosis import entries
from grader.diagnosis.bank import Mistake, bank, mistakes_of
from grader.diagnosis.mutants import functions_with, pairs
from grader.diagnosis.observation import Observation, observe_function
from grader.diagnosis.probe import probes
from grader.kata import Kata
from grader.worker.arrays import Array

FIRST = 6
"""Probes of each function that the table knows."""
_NEAR = 1e-4
_SAME = 2e-7  # as near as numbers in single precision are that come of the same values
_LARGEST = 1e30  # what the table can hold in single precision
_ROW = np.dtype(
    [
        ("mistakes", np.int16, 2),  # the places in the bank of one or two; -1 for no second one
        ("values", np.float32, FIRST),
        ("forms", np.uint16, FIRST),
    ]
)


def explanations(kata: Kata, function: str, *, paired: bool) -> Iterator[tuple[Mistake, ...]]:
    """Yield what may be wrong with a function: single mistakes first, then pairs.

    Whatever can be wrong with what a function stands on can be wrong inside of it too.
    """
    involved = [kata.functions[function].stands_on, function]
    for mistake in bank(kata):
        if mistake.function in involved:
            yield (mistake,)
    if paired:
        yield from pairs(kata, *involved)


def fingerprint(observations: Sequence[Observation]) -> tuple[list[float], list[int]]:
    """Boil each of the first observations down to a number for its values, one for the rest."""
    first = observations[:FIRST]
    return [_values(each) for each in first], [_form(each) for each in first]


def make(kata: Kata, function: str, *, paired: bool = True) -> Array:
    """Return the table of one function: a row, of the type `_ROW`, for each explanation."""
    places = {mistake: place for place, mistake in enumerate(bank(kata))}
    first = probes(kata, function)[:FIRST]
    rows = []
    for found in explanations(kata, function, paired=paired):
        wrong = functions_with(kata, *found)[function]
        mistakes = [places[mistake] for mistake in found]
        seen = observe_function(wrong, kata.functions[function], first)
        values, forms = fingerprint(seen)
        missing = [0] * (FIRST - len(first))
        rows.append(([*mistakes, -1][:2], [*values, *missing], [*forms, *missing]))
    return np.array(rows, dtype=_ROW)


def update(kata: Kata) -> None:
    """Make the tables of a kata again."""
    for function in kata.functions if bank(kata) else ():
        path = _path(kata, function)
        path.parent.mkdir(exist_ok=True)
        np.save(path, make(kata, function), allow_pickle=False)
    load.cache_clear()


@cache
def load(kata: Kata, function: str) -> Array:
    """Return the table of one function; see `make`."""
    if not (_path(kata, function).is_file() and entries.knows_edits(kata)):
        return make(kata, function, paired=False)
    table: Array = np.load(_path(kata, function), allow_pickle=False)
    return table


def is_fresh(kata: Kata, function: str) -> bool:
    """Say whether the table of a function is what `update` would make."""
    return not bank(kata) or load(kata, function).tobytes() == make(kata, function).tobytes()


def _path(kata: Kata, function: str) -> Path:
    return kata.folder / "tables" / f"{function}.npy"


def candidates(
    kata: Kata,
    function: str,
    observations: Sequence[Observation],
    among: Sequence[int] = range(FIRST),
) -> list[tuple[Mistake, ...]]:
    """Return the explanations whose observations may be these, simplest first.

    Args:
        kata: whose mistakes explain.
        function: whose observations they are.
        observations: one for each probe.
        among: the places of the probes to go by; those beyond the first ones do not count.
    """
    table = load(kata, function)
    rows = table["mistakes"][_is_near(table, observations, among)]
    return [tuple(bank(kata)[place] for place in row if place >= 0) for row in rows.tolist()]


def alike(
    kata: Kata,
    function: str,
    observations: Sequence[Observation],
    among: Sequence[int],
    right: Sequence[Observation] = (),
    good: Mapping[int, bool] = MappingProxyType({}),
) -> list[Mistake]:
    """Return the mistakes of a function that give the same sorts of things, of whatever values.

    Args:
        kata: as for `candidates`.
        function: as for `candidates`.
        observations: as for `candidates`.
        among: as for `candidates`.
        right: what the solution does with each probe.
        good: by the place of a probe, whether the mistakes must do just that there, or must not.
    """
    table = load(kata, function)
    fitting = _has_form(table, observations, among)
    for place, must in good.items():
        if place < FIRST:
            alike_there = _is_near(table, right, [place], _NEAR if must else _SAME)
            fitting = fitting & (alike_there == must)
    rows = table["mistakes"][fitting]
    single = {bank(kata)[place] for place in rows[rows[:, 1] < 0, 0].tolist()}
    return [mistake for mistake in mistakes_of(kata, function) if mistake in single]


def _is_near(
    table: Array, observations: Sequence[Observation], among: Sequence[int], near: float = _NEAR
) -> Array:
    """Say of each explanation whether it may be what was seen at these places."""
    places = _known(observations, among)
    values = np.array([_values(observations[place]) for place in places])
    close: Array = np.abs(table["values"][:, places] - values) <= near * np.maximum(
        1.0, np.abs(values)
    )
    return close.all(axis=1) & _has_form(table, observations, places)


def _has_form(table: Array, observations: Sequence[Observation], among: Sequence[int]) -> Array:
    """Say of each explanation whether all but its values is what was seen at these places."""
    places = _known(observations, among)
    seen = np.array([_form(observations[place]) for place in places])
    same: Array = (table["forms"][:, places] == seen).all(axis=1)
    return same


def _known(observations: Sequence[Observation], among: Sequence[int]) -> list[int]:
    """Return those of the places that the table knows."""
    return [place for place in among if place < min(FIRST, len(observations))]


def _values(observation: Observation) -> float:
    """Boil the values of an observation down to a number; different ones seldom share it."""
    if observation.values is None:
        return 0.0
    values = observation.values.ravel()
    bad = np.isnan(values)
    weights = np.cos(np.arange(1, values.size + 1))
    number = float(np.where(bad, 0.0, values) @ weights) + 100 * float(bad @ weights)
    return max(-_LARGEST, min(_LARGEST, number))


def _form(observation: Observation) -> int:
    """Boil down what is not its values to a number."""
    return zlib.crc32(repr(observation.form).encode()) & 0xFFFF
