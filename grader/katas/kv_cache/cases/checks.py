"""A cache as the cases use it: each step asked, and what comes back held against the formula."""

from collections.abc import Sequence

import numpy as np

from grader.cases.checks import check_close, check_shape
from grader.katas.common import tokens
from grader.katas.common.inputs import Inputs
from grader.learner.endings import Failed
from grader.learner.instance import Instance
from grader.learner.submission import Submission
from grader.report.seen import Seen
from grader.worker.arrays import Array

NAME = "KVCache"
WHAT = "The output of attend"


class Cache:
    """A cache of the learner's, and what it has been given.

    Args:
        submission: the learner's class.
        n_heads: number of heads.
        d_k: features of a head.
    """

    def __init__(self, submission: Submission, n_heads: int, d_k: int) -> None:
        self.shape = (n_heads, d_k)
        self.keys: list[Array] = []
        self.values: list[Array] = []
        self.object = Instance.of(submission, NAME, n_heads, d_k)

    def append(self, k: Array, v: Array, layout: str = "plain") -> list[str]:
        """Append a token; return which arguments that changed."""
        changed = self.object.call("append", k, v, layout=layout).changed
        self.keys.append(k)
        self.values.append(v)
        return [name for name, place in (("k", 2), ("v", 3)) if place in changed]

    def append_each(self, k: Array, v: Array) -> None:
        """Append tokens, of shape (tokens, heads, d_k), in one request."""
        self.object.call_each("append", k, v)
        self.keys.extend(k)
        self.values.extend(v)

    def fill(self, k: Array, v: Array) -> "Cache":
        """Append tokens, of shape (tokens, heads, d_k)."""
        for each in zip(k, v, strict=True):
            self.append(*each)
        return self

    def attend(self, q: Array, layout: str = "plain") -> Array:
        """Return what the learner's cache makes of a query.

        Raises:
            Failed: that is no array of this shape, or an earlier one is written to.
        """
        returned = self.object.call("attend", q, layout=layout)
        if returned.overwritten:
            raise Failed(
                "An array that attend had returned was changed by a later call.",
                Seen("overwritten"),
            )
        got = returned.value
        if got is None:
            raise Failed("attend returned None instead of an array.", Seen("returned_none"))
        if type(got) is not np.ndarray or got.dtype.kind not in "iuf":
            kind = str(got.dtype) if isinstance(got, np.ndarray) else type(got).__name__
            text = f"attend returned something of type {kind}, not an array of numbers."
            raise Failed(text, Seen("wrong_kind", type=kind))
        check_shape(got, self.shape, WHAT)
        return got

    def check(self, q: Array, *, dtype: str = "float64", layout: str = "plain") -> None:
        """Fail unless the answer to a query is that of the formula."""
        got = self.attend(q, layout)
        keys, values = (np.array(each) for each in (self.keys, self.values))
        size = np.abs(values.astype(np.float64)).max(axis=0) if len(values) else np.ones(self.shape)
        check_close(got, tokens.attended(q, keys, values), size, WHAT, dtype=dtype)

    def check_length(self) -> None:
        """Fail unless its length is the number of tokens."""
        said, wanted = len(self.object), len(self.keys)
        if said != wanted:
            tokens_were = "token was" if wanted == 1 else "tokens were"
            text = f"len(cache) is {said} after {wanted} {tokens_were} appended."
            raise Failed(text, Seen("values"))


def check_each_step(
    submission: Submission,
    drawn: Sequence[Inputs],
    *,
    dtype: str = "float64",
    layout: str = "plain",
) -> None:
    """Fail unless a cache is right after each of its tokens.

    Args:
        submission: the learner's class.
        drawn: for each cache the q, k, v of its tokens, of shape (tokens, heads, d_k).
        dtype: the dtype of the inputs.
        layout: see `Submission.call`.
    """
    for queries, keys, values in drawn:
        cache = Cache(submission, *queries.shape[1:])
        for q, k, v in zip(queries, keys, values, strict=True):
            cache.append(k, v, layout)
            cache.check(q, dtype=dtype, layout=layout)


def check_refused(cache: Cache, method: str, args: Sequence[Array], shape: tuple[int, ...]) -> None:
    """Fail unless a call raises a ValueError that names both shapes.

    Args:
        cache: whose method is called.
        method: which.
        args: what it is called with.
        shape: that of the argument that does not fit.
    """
    thrown = cache.object.error(method, *args)
    got = f"{method} with an array of shape {shape}, where {cache.shape} is asked for,"
    if thrown is None:
        raise Failed(f"{got} raised nothing.", Seen("values"))
    if "builtins.ValueError" not in thrown.classes:
        text = f"{got} raised {thrown.type}, not a ValueError."
        raise Failed(text, Seen("raised", type=thrown.type))
    missing = [str(each) for each in (cache.shape, shape) if str(each) not in thrown.message]
    if missing:
        text = f"{got} raised a ValueError whose message does not name {' nor '.join(missing)}."
        raise Failed(text, Seen("values"))


def check_unchanged(names: Sequence[str]) -> None:
    """Fail if a call changed the arrays of these arguments, or made them read-only."""
    if names:
        said = " and ".join(names)
        text = f"KVCache changed its input {said} in place, or made it read-only."
        raise Failed(text, Seen("changed_inputs", name=said))
