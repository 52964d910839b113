"""A table of what known mistakes, and pairs of them, do on the first probes.

There are thousands of pairs; making them all again for each submission would cost seconds.
The table is made at development time (`kata verify --update`) and shipped as
`fingerprints.npz`. It only says which explanations are worth a look: a diagnosis still makes
the mistakes again and compares every probe.
"""

import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np

from grader import kata
from grader.misconceptions import Mistake, bank, functions_with, mistake_at, pairs, places_of
from grader.observation import Observation, observe_function
from grader.probes import probes
from grader.worker.arrays import Array

FIRST = 6
"""Probes of each function that the table knows."""
FILE = "fingerprints.npz"
_NEAR = 1e-4
_LARGEST = 1e30  # what the table can hold in single precision


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


def make() -> dict[str, Array]:
    """Return the whole table, two arrays for each function.

    Under its name the explanations' values, by row; under its name and "_form" what kind of
    thing each was; under its name and "_mistakes" the places in the bank of the one or two
    mistakes of each row, -1 for no second one.
    """
    places = {mistake: place for place, mistake in enumerate(bank())}
    table: dict[str, Array] = {}
    for function in kata.FUNCTIONS:
        table[f"{function}_mistakes"] = np.array(
            [
                [places[found[0]], places[found[1]] if len(found) > 1 else -1]
                for found in explanations(function)
            ],
            dtype=np.int16,
        )
        first = probes(function)[:FIRST]
        made = [
            fingerprint(observe_function(functions_with(*found)[function], function, first))
            for found in explanations(function)
        ]
        table[function] = np.array([values for values, _ in made], dtype=np.float32)
        table[f"{function}_form"] = np.array([form for _, form in made], dtype=np.uint16)
    return table


def pack(table: dict[str, Array]) -> bytes:
    """Return the table as the bytes of its file, which is not compressed, to be read fast."""
    file = BytesIO()
    np.savez(file, **table)  # type: ignore[arg-type]
    return file.getvalue()


@cache
def load(function: str) -> dict[str, Array]:
    """Return what the shipped table has on one function."""
    data = resources.files("grader").joinpath(FILE).read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files if name.startswith(function)}


def candidates(
    function: str, observations: Sequence[Observation], among: Sequence[int] = range(FIRST)
) -> list[tuple[Mistake, ...]]:
    """Return the explanations whose observations may be these, simplest first.

    Args:
        function: whose observations they are.
        observations: one for each probe.
        among: the places of the probes to go by; those beyond the first ones do not count.
    """
    places = [place for place in among if place < FIRST]
    values = np.array([_values(observations[place]) for place in places])
    table = load(function)[function][:, places]
    near = np.abs(table - values) <= _NEAR * np.maximum(1.0, np.abs(values))
    fitting = near.all(axis=1) & _has_form(function, observations, places)
    rows = load(function)[f"{function}_mistakes"][fitting]
    return [tuple(mistake_at(place) for place in row if place >= 0) for row in rows.tolist()]


def alike(
    function: str, observations: Sequence[Observation], among: Sequence[int]
) -> list[Mistake]:
    """Return the mistakes of a function that give the same sorts of things, of whatever values.

    Args:
        function: as for `candidates`.
        observations: as for `candidates`.
        among: as for `candidates`.
    """
    places = [place for place in among if place < FIRST]
    rows = load(function)[f"{function}_mistakes"][_has_form(function, observations, places)]
    single = {first for first, second in rows.tolist() if second < 0}
    return [mistake_at(place) for place in places_of(function) if place in single]


def _has_form(function: str, observations: Sequence[Observation], places: Sequence[int]) -> Array:
    """Say of each explanation whether all but its values is what was seen at these places."""
    seen = np.array([_form(observations[place]) for place in places])
    same: Array = (load(function)[f"{function}_form"][:, places] == seen).all(axis=1)
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
