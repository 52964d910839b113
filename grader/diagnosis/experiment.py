"""Experiments with one function of a learner's, on public inputs, in one worker."""

from collections.abc import Sequence

import numpy as np

from grader.kata import Kata
from grader.learner.answer import Answer
from grader.learner.endings import Failed, Raised
from grader.learner.requests import Argument
from grader.learner.submission import Submission
from grader.worker.arrays import Array

Reading = tuple[str, dict[str, str]]
"""A symptom's identifier, and the words that its text has room for."""
NEAR = 1e-6
"""How near two values of ordinary size must be to count as the same."""

_MOST = 10_000  # elements of a result, many times those of a right one


class Subject:
    """A learner's function to call, which is not called twice with the same inputs.

    Args:
        kata: what it is a function of.
        submission: the learner's functions, known to keep nothing between calls.
        function: the name of one of them.
    """

    def __init__(self, kata: Kata, submission: Submission, function: str) -> None:
        self.kata = kata
        self.function = function
        self._submission = submission
        self._known: dict[tuple[object, ...], Array | None] = {}

    def __call__(self, *args: Argument, layout: str = "plain") -> Array | None:
        """Return what the function returned, as floats; None if it raised or returned no array.

        The arrays of a tuple come side by side.

        Raises:
            CaseEnded: it hung or died, so that there is nothing more to try.
        """
        (result,) = self.ask_each([args], layout=layout)
        return result

    def ask_each(
        self, calls: Sequence[Sequence[Argument]], layout: str = "plain"
    ) -> list[Array | None]:
        """Make calls in one piece, and return of each what calling it would.

        Raises:
            CaseEnded: it hung or died in one of them.
        """
        keys = [(layout, *map(content, args)) for args in calls]
        new = {key: args for key, args in zip(keys, calls, strict=True) if key not in self._known}
        if new:
            made = [(args, layout) for args in new.values()]
            answers = self._submission.ask_each(self.function, made)
            for key, answer in zip(new, answers, strict=True):
                self._known[key] = self._values(answer)
        return [self._known[key] for key in keys]

    def ask_parts(self, calls: Sequence[Sequence[Array | int]]) -> list[list[Array] | None]:
        """Make calls; return of each the arrays of its tuple, of whatever shapes, if it has them.

        Raises:
            CaseEnded: it hung or died in one of them.
        """
        names = self.kata.functions[self.function].returns
        answers = self._submission.ask_each(self.function, [(args, "plain") for args in calls])
        found: list[list[Array] | None] = []
        for answer in answers:
            try:
                parts = [] if isinstance(answer, Raised) else answer.arrays(names)
            except Failed:
                parts = []
            small = sum(part.size for part in parts) <= _MOST
            found.append([part.astype(np.float64) for part in parts] if parts and small else None)
        return found

    def _values(self, answer: Answer | Raised) -> Array | None:
        if isinstance(answer, Raised):
            return None
        names = self.kata.functions[self.function].returns
        try:
            results = answer.arrays(names) if names else [answer.array(booleans=True)]
        except Failed:
            return None
        if sum(result.size for result in results) > _MOST:
            return None
        if not names:
            return results[0].astype(np.float64)
        if len({result.shape for result in results}) != 1 or results[0].ndim != 2:
            return None
        return np.concatenate(results, axis=1).astype(np.float64)


def content(arg: Argument) -> object:
    """Return what is the same for equal arguments, and can be a key."""
    return (arg.shape, arg.dtype.str, arg.tobytes()) if isinstance(arg, np.ndarray) else arg


def span(values: Array) -> str:
    """Return in words what numbers were seen: one, or something from the least to the greatest."""
    least, greatest = f"{values.min():.3g}", f"{values.max():.3g}"
    return least if least == greatest else f"something from {least} to {greatest}"


def close(first: Array | None, second: Array | None) -> bool:
    """Say whether two arrays are the same up to rounding; nothing is like None."""
    if first is None or second is None or first.shape != second.shape:
        return False
    # As np.allclose has it, in a third of the time.
    near = np.abs(first - second) <= NEAR + NEAR * np.abs(second)
    return bool(((near & np.isfinite(second)) | (first == second)).all())
