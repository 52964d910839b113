"""A table of what known mistakes, and pairs of them, do on the first probes.

There are thousands of pairs; making them all again for each submission would cost seconds.
The table is made at development time (`kata verify --update`) and shipped in the folder
`tables`. It only says which explanations are worth a look: a diagnosis still makes
the mistakes again and compares every probe.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from grader.diagnosis.bank import Mistake, bank, functions_with, mistake_at, pairs, places_of
from grader.diagnosis.observation import Observation, observe_function
from grader.kata import kata
from grader.katas.attention.probes import probes
from grader.worker.arrays import Array

FIRST = 6
"""Probes of each function that the table knows."""
_FOLDER = kata.FOLDER / "tables"
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


def explanations(function: str) -> Iterator[tuple[Mistake, ...]]:
    """Yield what may be wrong with a function: single mistakes first, then pairs.

    Whatever can be wrong with self_attention can be wrong with the attention inside
    multi_head_attention too.
    """
    involved = [function]
    if function == "multi_head_attention":
        involved = ["self_attention", function]
    for mistake in bank():
        if mistake.function in involved:
            yield (mistake,)
    yield from pairs(*involved)


def fingerprint(observations: Sequence[Observation]) -> tuple[list[float], list[int]]:
    """Boil each of the first observations down to a number for its values, one for the rest."""
    first = observations[:FIRST]
    return [_values(each) for each in first], [_form(each) for each in first]


def make(function: str) -> Array:
    """Return the table of one function: a row, of the type `_ROW`, for each explanation."""
    places = {mistake: place for place, mistake in enumerate(bank())}
    first = probes(function)[:FIRST]
    rows = []
    for found in explanations(function):
        wrong = functions_with(*found)[function]
        mistakes = [places[mistake] for mistake in found]
        seen = observe_function(wrong, function, first)
        rows.append(([*mistakes, -1][:2], *fingerprint(seen)))
    return np.array(rows, dtype=_ROW)


def update() -> None:
    """Make the shipped table again."""
    for function in kata.FUNCTIONS:
        np.save(_path(function), make(function), allow_pickle=False)
    load.cache_clear()


@cache
def load(function: str) -> Array:
    """Return the shipped table of one function; see `make`."""
    table: Array = np.load(_path(function), allow_pickle=False)
    return table


def _path(function: str) -> Path:
    return _FOLDER / f"{function}.npy"


def candidates(
    function: str, observations: Sequence[Observation], among: Sequence[int] = range(FIRST)
) -> list[tuple[Mistake, ...]]:
    """Return the explanations whose observations may be these, simplest first.

    Args:
        function: whose observations they are.
        observations: one for each probe.
        among: the places of the probes to go by; those beyond the first ones do not count.
    """
    rows = load(function)["mistakes"][_is_near(function, observations, among)]
    return [tuple(mistake_at(place) for place in row if place >= 0) for row in rows.tolist()]


def alike(
    function: str,
    observations: Sequence[Observation],
    among: Sequence[int],
    right: Sequence[Observation] = (),
    good: Mapping[int, bool] = MappingProxyType({}),
) -> list[Mistake]:
    """Return the mistakes of a function that give the same sorts of things, of whatever values.

    Args:
        function: as for `candidates`.
        observations: as for `candidates`.
        among: as for `candidates`.
        right: what the solution does with each probe.
        good: by the place of a probe, whether the mistakes must do just that there, or must not.
    """
    fitting = _has_form(function, observations, among)
    for place, must in good.items():
        if place < FIRST:
            alike_there = _is_near(function, right, [place], _NEAR if must else _SAME)
            fitting = fitting & (alike_there == must)
    rows = load(function)["mistakes"][fitting]
    single = set(rows[rows[:, 1] < 0, 0].tolist())
    return [mistake_at(place) for place in places_of(function) if place in single]


def _is_near(
    function: str, observations: Sequence[Observation], among: Sequence[int], near: float = _NEAR
) -> Array:
    """Say of each explanation whether it may be what was seen at these places."""
    places = [place for place in among if place < FIRST]
    values = np.array([_values(observations[place]) for place in places])
    table = load(function)["values"][:, places]
    close: Array = np.abs(table - values) <= near * np.maximum(1.0, np.abs(values))
    return close.all(axis=1) & _has_form(function, observations, places)


def _has_form(function: str, observations: Sequence[Observation], among: Sequence[int]) -> Array:
    """Say of each explanation whether all but its values is what was seen at these places."""
    places = [place for place in among if place < FIRST]
    seen = np.array([_form(observations[place]) for place in places])
    same: Array = (load(function)["forms"][:, places] == seen).all(axis=1)
    return same


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
