"""Whether a value is what it should be, and if not, what was seen, in a sentence.

Values of any plain kind are compared: numbers by their size whatever their type, lists and tuples
item by item, dictionaries key by key, arrays of any dimension. A sentence says where the first
difference is and how many there are; never what the value should be, but for its kind and size.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from grader.cases.differences import describe_difference
from grader.report.seen import Seen
from grader.text import clean_line
from grader.worker.arrays import Array
from grader.worker.numeric import is_array, is_scalar, np

_NEAR_ZERO = 1e-6
"""An error that is small even if it should be 0, as a share of the tolerance."""
_BESIDE = 1e-3
"""The share of the tolerance of an array's largest entry that is added to that of each entry."""
_MOST_SHOWN = 60  # characters of a value
_NAMES = {
    "NoneType": "None",
    "bool": "True or False",
    "int": "a number",
    "float": "a number",
    "str": "a string",
    "bytes": "bytes",
    "list": "a list",
    "tuple": "a tuple",
    "dict": "a dictionary",
    "set": "a set",
    "frozenset": "a set",
    "ndarray": "a NumPy array",
}


class Difference(NamedTuple):
    """How a value is not what it should be.

    Attributes:
        text: a sentence.
        seen: the same as facts.
    """

    text: str
    seen: Seen = Seen("values")


class Exactness(NamedTuple):
    """How near is near enough.

    Attributes:
        tolerance: greatest error as a share of the size; None if there must be none.
        size: what the errors of an array are measured by, of a shape that fits; by each entry's
            own size if None.
    """

    tolerance: float | None = None
    size: Array | None = None


def is_close(got: Array, want: Array, exactness: Exactness) -> bool:
    """Say whether an array is another but for small errors; what is not finite equals its like."""
    if got.shape != want.shape:
        return False
    tolerance, size = exactness
    with np.errstate(all="ignore"):
        alike = (got == want) | ((got != got) & (want != want))
        if tolerance is None or alike.all():
            return bool(alike.all())
        if size is None:
            own = np.abs(want.astype(np.float64))
            largest = own[np.isfinite(own)].max(initial=0.0)
            size = own + _BESIDE * largest + _NEAR_ZERO
        near = np.abs(got.astype(np.float64) - want) <= tolerance * size
    return bool((near & np.isfinite(want) | alike).all())


def find_difference(got: Any, want: Any, what: str, exactness: Exactness) -> Difference | None:
    """Say how `got` is not `want`; None if it is.

    Args:
        got: what the learner's code returned.
        want: what it should be.
        what: what `got` is, at the start of a sentence.
        exactness: how near is near enough.
    """
    if is_array(want) and want.ndim:
        return _of_arrays(got, want, what, exactness)
    got, want = _plain(got), _plain(want)
    if isinstance(want, float | int):
        return _of_numbers(got, want, what, exactness)
    kinds = _kind(got), _kind(want)
    if kinds[0] != kinds[1]:
        return _wrong_kind(got, want, what)
    if isinstance(want, list | tuple):
        return _of_sequences(got, want, what, exactness)
    if isinstance(want, dict):
        return _of_dictionaries(got, want, what, exactness)
    if isinstance(want, set | frozenset):
        return _of_sets(got, want, what)
    if got == want:
        return None
    if isinstance(want, str):
        return Difference(f"{what} is {_show(got)}, which is wrong{_of_texts(got, want)}.")
    return Difference(f"{what} is {_show(got)}, which is wrong.")


def _of_arrays(got: Any, want: Array, what: str, exactness: Exactness) -> Difference | None:
    if type(got) is not np.ndarray:
        return _wrong_kind(got, want, what)
    if got.shape != want.shape:
        text = f"{what} has shape {got.shape}, but should have shape {want.shape}."
        return Difference(text, Seen("shape"))
    if is_close(got, want, exactness):
        return None
    size = exactness.size
    if size is None and exactness.tolerance is not None:
        size = np.abs(want.astype(np.float64))
        size = size[np.isfinite(size)].max(initial=0.0)
    finite = np.isfinite(got).all() or not np.isfinite(want).all()
    text = describe_difference(got, want, size, what)
    return Difference(text, Seen("values" if finite else "not_finite"))


def _of_numbers(got: Any, want: float, what: str, exactness: Exactness) -> Difference | None:
    if not isinstance(got, float | int):
        return _wrong_kind(got, want, what)
    if got == want or (got != got and want != want):
        return None
    tolerance = exactness.tolerance
    if tolerance is not None and not isinstance(want, bool):
        with suppress(OverflowError):  # an int that no float can hold
            error, size = abs(float(got) - float(want)), abs(float(want)) + _NEAR_ZERO
            if math.isfinite(want) and error <= tolerance * size:
                return None
    odd = _is_finite(want) and not _is_finite(got)
    text = f"{what} is {_show(got)}, which is wrong."
    return Difference(text, Seen("not_finite" if odd else "values"))


def _of_sequences(got: Any, want: Any, what: str, exactness: Exactness) -> Difference | None:
    if len(got) != len(want):
        text = f"{what} has {_count(got)}, but should have {len(want)}."
        return Difference(text, Seen("wrong_count" if isinstance(want, tuple) else "values"))
    pairs = enumerate(zip(got, want, strict=True))
    found = (
        difference
        for at, (one, other) in pairs
        if (difference := find_difference(one, other, f"{what}[{at}]", exactness)) is not None
    )
    return _first_of(found, got)


def _of_dictionaries(got: Any, want: Any, what: str, exactness: Exactness) -> Difference | None:
    odd = [key for key in got if key not in want]
    if odd:
        key = f"{_show(odd[0])}{_more(odd)}"
        return Difference(f"{what} has a key that it should not have: {key}.")
    lacking = len(want) - len(got)
    if lacking:
        return Difference(f"{what} lacks {lacking} of the {len(want)} keys that it should have.")
    found = (
        difference
        for key in want
        if (difference := find_difference(got[key], want[key], f"{what}[{_show(key)}]", exactness))
        is not None
    )
    return _first_of(found, got)


def _of_sets(got: Any, want: Any, what: str) -> Difference | None:
    odd, lacking = list(got - want), len(want - got)
    if odd:
        return Difference(f"{what} holds what it should not: {_show(odd[0])}{_more(odd)}.")
    if lacking:
        return Difference(f"{what} lacks {lacking} of the {len(want)} that it should hold.")
    return None


def _of_texts(got: str, want: str) -> str:
    """Say what relation there is between two texts, behind a sentence."""
    if got.split() == want.split():
        return ": its spaces or line ends differ"
    if got.casefold() == want.casefold():
        return ": its upper and lower case differ"
    if want.startswith(got):
        return ": it ends too early"
    if got.startswith(want):
        return ": it goes on for too long"
    place = [one == other for one, other in zip(got, want, strict=False)].index(False)
    return f" from character {place} on" if place else ""


def _first_of(found: Iterator[Difference], got: Any) -> Difference | None:
    """Return the first difference, and how many there are of the members."""
    first = next(found, None)
    count = 1 + sum(1 for _ in found)
    if first is None or count == 1:
        return first
    return first._replace(text=f"{first.text} {count} of the {_count(got)} there differ.")


def _wrong_kind(got: Any, want: Any, what: str) -> Difference:
    kind = _NAMES.get(_kind(want), "a value of another type")
    name = clean_line(type(got).__name__, _MOST_SHOWN)
    text = f"{what} is {_name(got)}, but should be {kind}."
    return Difference(text, Seen("wrong_kind", type=name))


def _name(got: Any) -> str:
    """Name what came instead of a value of the right kind."""
    from grader.learner.remote import Handle  # of plain suites alone

    if isinstance(got, Handle):
        return f"an object of class {clean_line(got._at.kind, _MOST_SHOWN)}"
    name = _NAMES.get(_kind(got))
    if name is None:
        return f"an object of type {clean_line(type(got).__name__, _MOST_SHOWN)}"
    shown = isinstance(got, bool | int | float | str | bytes)
    return f"{_show(got)}, {name}" if shown and not isinstance(got, bool) else name


def _kind(value: Any) -> str:
    kind = type(value).__name__
    return {"float": "int", "frozenset": "set"}.get(kind, kind)


def _plain(value: Any) -> Any:
    """Return the plain number that a scalar of NumPy is, or an array with no axis."""
    if is_scalar(type(value)) or (is_array(value) and not value.ndim):
        return value.item()
    return value


def _is_finite(value: float) -> bool:
    """Say whether a number is finite; an int always is, if no float can hold it."""
    return isinstance(value, int) or math.isfinite(value)


def _show(value: Any) -> str:
    """Return a value for a sentence, not all of a long one."""
    text = repr(value) if isinstance(value, bool | int | float | str | bytes) else None
    if text is None:
        text = ascii(value) if isinstance(value, tuple) else _name(value)
    return clean_line(text, _MOST_SHOWN)


def _count(got: Any) -> str:
    return f"{len(got)} item" if len(got) == 1 else f"{len(got)} items"


def _more(odd: list[Any]) -> str:
    return f" and {len(odd) - 1} more" if len(odd) > 1 else ""
