"""Where and how an array is wrong, in words that do not give the expected numbers away."""

from grader.worker.arrays import Array
from grader.worker.numeric import np

_SEEN = 1e-5  # share of a column's largest value from which an entry counts as wrong
_MOST_NAMED = 6
_MOST_TIMES = 1000  # the value expected, beyond which the share says nothing


def describe_difference(got: Array, want: Array, size: Array | float | None, what: str) -> str:
    """Say which entries of `got` are wrong, by how much, and what relation shows.

    Args:
        got: an array of any shape that is not `want`.
        want: the expected array, same shape.
        size: what errors are measured by: of a shape that fits, the largest value of each column
            for instance. None if each entry should be exact: then the first wrong one is told.
        what: what `got` is, at the start of a sentence.
    """
    with np.errstate(all="ignore"):
        return _describe(got, want, size, what)


def _describe(got: Array, want: Array, size: Array | float | None, what: str) -> str:
    bad = ~np.isfinite(got) & np.isfinite(want)
    if bad.any():
        kind = "nan" if np.isnan(got[bad]).any() else "inf"
        return f"{what} holds {kind} in {_where(bad)}."
    unlike = (got != want) & ~(np.isnan(got) & np.isnan(want))
    if size is None:
        text = f"{what} is wrong in {_where(unlike)}"
        return f"{text}; the first one, at {_place(unlike)}, is {got[unlike][0]}."
    near, far = got.astype(np.float64), want.astype(np.float64)
    error = np.abs(near - far) / np.where(np.asarray(size) > 0, size, 1.0)
    error = np.where(np.isnan(error), 1.0, error) * unlike
    wrong = error > min(_SEEN, error.max() / 2)
    text = f"{what} is wrong in {_where(wrong)}"
    relation = _relation(near, far) if got.size > 1 and np.isfinite(far).all() else None
    if relation:
        return f"{text}: {relation}."
    return f"{text}; {_largest(np.abs(near - far), far, wrong)}."


def _largest(error: Array, want: Array, wrong: Array) -> str:
    """Say where the largest error is, and how large beside what is expected in its column."""
    if not np.isfinite(error[wrong]).all():
        return f"the first error is at {_place(wrong)}"
    largest = error[wrong].max()
    marked = wrong & (error == largest)
    said = f"the largest error is at {_place(marked)}"
    first = np.unravel_index(int(marked.argmax()), marked.shape)
    among = want if want.ndim < 2 else want[first[:-2]][:, first[-1]]
    share = largest / np.abs(among).max()
    if not share < _MOST_TIMES:
        return said
    shown = f"{100 * share:.2g}% of" if share < 0.995 else f"{share:.2g} times"
    shown = "as large as" if shown == "1 times" else shown
    where = "" if want.ndim < 2 else " in that column"
    return f"{said}: {shown} the largest value expected{where}"


def _place(marked: Array) -> str:
    """Return the indices of the first entry that is marked."""
    return str([int(index) for index in np.unravel_index(int(marked.argmax()), marked.shape)])


def _where(wrong: Array) -> str:
    """Name the rows, columns or entries that are marked, or how many."""
    if wrong.all():
        return "every entry" if wrong.size > 1 else "its only entry"
    if wrong.ndim == 1:
        indices = np.flatnonzero(wrong)
        kind = "entry" if len(indices) == 1 else "entries"
        if len(indices) <= _MOST_NAMED:
            return f"{kind} {', '.join(map(str, indices))} of {len(wrong)}"
    if wrong.ndim == 2:
        rows, columns = np.flatnonzero(wrong.any(axis=1)), np.flatnonzero(wrong.any(axis=0))
        if wrong[rows].all():
            return _name("row", rows, wrong.shape[0])
        if wrong[:, columns].all():
            return _name("column", columns, wrong.shape[1])
    return f"{int(wrong.sum())} of {wrong.size} entries"


def _name(kind: str, indices: Array, among: int) -> str:
    if len(indices) == 1:
        return f"{kind} {indices[0]} of {among}"
    if len(indices) > _MOST_NAMED:
        return f"{len(indices)} of {among} {kind}s"
    return f"{kind}s {', '.join(map(str, indices))} of {among}"


def _relation(got: Array, want: Array) -> str | None:
    """Find a cheap relation between the two arrays."""
    close = 1e-6 * float(np.abs(want).max())
    norm = float((want * want).sum())
    if norm > 0:
        factor = float((got * want).sum()) / norm
        if abs(factor) > close and np.allclose(got, factor * want, rtol=0, atol=close):
            return f"it is right up to a constant factor of {factor:.4g}"
    if (
        got.ndim == 2
        and got.shape[0] == got.shape[1]
        and np.allclose(got, want.T, rtol=0, atol=close)
    ):
        return "it is the transpose of what it should be"
    if np.allclose(np.sort(got, axis=None), np.sort(want, axis=None), rtol=0, atol=close):
        return "every number is right, but they stand in the wrong places"
    if want.dtype.kind == "f" and got.any() and np.array_equal(got, np.trunc(want)):
        return "its numbers have lost what stands behind the decimal point"
    return None
