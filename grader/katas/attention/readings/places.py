"""In which places an output is right, and how that is put in words."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from grader.diagnosis.experiment import NEAR, Reading, close
from grader.worker.arrays import Array


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def flags(seen: Array, right: Array, axis: int) -> list[bool]:
    """Say of each row (axis 0) or column (axis 1) whether it is right."""
    lines = (np.moveaxis(array, axis, 0) for array in (seen, right))
    return [close(*line) for line in zip(*lines, strict=True)]


def where(flags: Sequence[Sequence[bool]]) -> str | None:
    """Name the places that are right in every trial, if there are some and not all."""
    flags = [each for each in flags if len(each) > 1]
    for name, holds in _PLACES.items():
        if flags and all(
            [holds(i, len(each)) for i in range(len(each))] == list(each) for each in flags
        ):
            return name
    return None


_PLACES: dict[str, Callable[[int, int], bool]] = {
    "only-first": lambda i, n: i == 0,
    "only-last": lambda i, n: i == n - 1,
    "not-first": lambda i, n: i > 0,
    "not-last": lambda i, n: i < n - 1,
    "even": lambda i, n: i % 2 == 0,
}


_NAMES = {
    "only-first": ("the first {kind} only", "All {line}s but the first are {how}"),
    "only-last": ("the last {kind} only", "All {line}s but the last are {how}"),
    "not-first": ("all but the first {kind}", "The first {line} is {how}"),
    "not-last": ("all but the last {kind}", "The last {line} is {how}"),
    "even": ("every other {kind}", "The {line}s between them are {how}"),
}


def left_empty(pairs: Iterable[tuple[Array, Array]]) -> bool:
    """Say of what came back, and what is right, whether nothing but zeros is wrong."""
    return all(not seen[np.abs(seen - right) > NEAR].any() for seen, right in pairs)


def in_words(
    place: str, kind: str, line: str, pairs: Iterable[tuple[Array, Array]]
) -> dict[str, str]:
    """Return what is right, and what is not.

    Args:
        place: as `where` has it.
        kind: what is right in some places: tokens, for instance; in the singular.
        line: in what each of them lies: a row, for instance.
        pairs: what came back and what is right, of each trial.
    """
    which, wrong = _NAMES[place]
    empty = left_empty(pairs)
    return {
        "which": which.format(kind=kind),
        "wrong": wrong.format(line=line, how="0 everywhere" if empty else "wrong"),
        "next": (_AT_ZEROS if empty else _AT_OTHERS).format(line=line),
    }


_AT_ZEROS = (
    "Which line should set the {line}s that are 0? Print how often it is run, and for which."
)
_AT_OTHERS = (
    "What is different there: where a loop or a slice starts or ends, a mask, or what is kept from "
    "one turn of a loop to the next?"
)
"""What to ask of rows, columns or blocks that are not right."""


def carried(pairs: Sequence[tuple[Array, Array]]) -> str:
    """Say to which numbers each is added, of what came back and what is right; "" if to none."""
    return next(
        (
            where
            for where, total in CARRIED.items()
            if all(close(seen, total(right)) for seen, right in pairs)
        ),
        "",
    )


CARRIED: dict[str, Callable[[Array], Array]] = {
    "before it in its row": lambda right: np.cumsum(right, axis=1),
    "above it in its column": lambda right: np.cumsum(right, axis=0),
    "before it in its row and in all rows above": lambda right: np.cumsum(right).reshape(
        right.shape
    ),
    "above it in its column and in all columns before": lambda right: (
        np.cumsum(right.T).reshape(right.T.shape).T
    ),
}
"""With which numbers a sum may go on, and what comes of it."""


_HUGE = 1e9  # numbers that have no digits behind the point to lose
_WHOLE = {
    "digits": "any digit",
    "end": "at the decimal point",
    "stored": ", or stored as whole numbers",
}
_FEW = 3  # numbers that are too few to have been computed and rounded


def few_decimals(arrays: Iterable[Array]) -> Reading | None:
    """Find out whether no number has more than a few digits behind the point."""
    numbers = np.concatenate([array.ravel() for array in arrays])
    if len(np.unique(numbers)) <= _FEW:
        return None  # no numbers that were rounded, but zeros, say
    for decimals in range(5):
        scaled = numbers * 10.0**decimals
        if np.abs(scaled - np.round(scaled)).max() < 1e-6 and 1 <= np.abs(scaled).max() < _HUGE:
            some = {"digits": f"more than {decimals} digits", "end": f"after {decimals} of them"}
            return "rounded-to-decimals", {**some, "stored": ""} if decimals else _WHOLE
    return None
