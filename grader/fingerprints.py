"""A table of what known mistakes, and pairs of them, do on the first probes.

There are thousands of pairs; making them all again for each submission would cost seconds.
The table is made at development time (`kata verify --update`) and shipped as
`fingerprints.npz`. It only says which explanations are worth a look: a diagnosis still makes
the mistakes again and compares every probe.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np

from grader import kata
from grader.misconceptions import Mistake, bank, functions_with, pairs
from grader.observation import Observation, observe_function
from grader.probes import probes
from grader.worker.wire import Array

FIRST = 6
"""Probes of each function that the table knows."""
FILE = "fingerprints.npz"
_NEAR = 1e-4
_LARGEST = 1e30  # what the table can hold in single precision
_KINDS = ("array", "raised", "tuple", "list", "list of arrays", "subclass", "object")


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


def fingerprint(observations: Sequence[Observation]) -> Array:
    """Return one number for each of the first observations, shape (FIRST,)."""
    return np.array([_number(observation) for observation in observations[:FIRST]])


def make() -> dict[str, Array]:
    """Return the whole table, two arrays for each function.

    Under its name the explanations' numbers, by row; under its name and "_mistakes" the
    places in the bank of the one or two mistakes of each row, -1 for no second one.
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
        table[function] = np.array(
            [
                fingerprint(observe_function(functions_with(*found)[function], function, first))
                for found in explanations(function)
            ],
            dtype=np.float32,
        )
    return table


def pack(table: dict[str, Array]) -> bytes:
    """Return the table as the bytes of its file."""
    file = BytesIO()
    np.savez_compressed(file, **table)  # type: ignore[arg-type]
    return file.getvalue()


@cache
def load() -> dict[str, Array]:
    """Return the shipped table."""
    data = resources.files("grader").joinpath(FILE).read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def candidates(
    function: str, observations: Sequence[Observation], among: Sequence[int] = range(FIRST)
) -> Iterable[tuple[Mistake, ...]]:
    """Return the explanations whose observations may be these, simplest first.

    Args:
        function: whose observations they are.
        observations: one for each probe.
        among: the places of the probes to go by; those beyond the first ones do not count.
    """
    places = [place for place in among if place < FIRST]
    seen = fingerprint(observations)[places]
    table = load()[function][:, places]
    near = np.abs(table - seen) <= _NEAR * np.maximum(1.0, np.abs(seen))
    rows = load()[f"{function}_mistakes"][near.all(axis=1)]
    return [tuple(bank()[place] for place in row if place >= 0) for row in rows.tolist()]


def _number(observation: Observation) -> float:
    """Boil an observation down to a number; different ones seldom share it."""
    number = 1e6 * _KINDS.index(observation.kind)
    number += 1e5 * sum(len(effect) for effect in observation.effects)
    if observation.values is not None:
        values = observation.values.ravel()
        bad = np.isnan(values)
        weights = np.cos(np.arange(1, values.size + 1))
        number += float(np.where(bad, 0.0, values) @ weights) + 100 * float(bad @ weights)
        number += 1e4 * (observation.values.ndim + sum(observation.values.shape) / 100)
    return max(-_LARGEST, min(_LARGEST, number))
