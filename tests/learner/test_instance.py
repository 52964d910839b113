"""Objects of the learner's, asked by cases that name what they need."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from grader.jail import Jail, Limits
from grader.kata import load_kata
from grader.learner.endings import Failed, Raised
from grader.learner.instance import Instance
from grader.learner.submission import REFILLED, Submission

SOURCE = """
import numpy as np
class KVCache:
    def __init__(self, n_heads, d_k):
        self.kept = []
        self.last = np.zeros(2)
    def append(self, k, v):
        self.kept.append(k)
        k[0] += 1 if v is None else 0
    def attend(self, q):
        self.last += q
        return self.last
    def first(self):
        return self.kept[0]
    def quiet(self):
        self.last += 1
    def __len__(self):
        return len(self.kept)
"""
Open = Callable[[str], Submission]
ONE, TWO = np.ones(2), np.full(2, 2.0)


@pytest.fixture
def load(jails: Callable[[Limits], Jail]) -> Iterator[Open]:
    """Load a source in a worker."""
    opened = []

    def loaded(source: str) -> Submission:
        limits = Limits(call_seconds=20, submission_seconds=60)
        submission = Submission(jails(limits), source.encode(), load_kata("kv_cache"))
        opened.append(submission)
        submission.load()
        return submission

    yield loaded
    for submission in opened:
        submission.end()


def test_methods_and_length(load: Open) -> None:
    """Methods are called in the worker, and what they change of their arguments is told."""
    submission = load(SOURCE)
    one, other = (Instance.of(submission, "KVCache", 1, 2) for _ in range(2))
    assert not one.call("append", ONE, ONE).changed
    assert one.call("append", ONE, None).changed.keys() == {2}
    assert (len(one), len(other)) == (2, 0)
    with pytest.raises(Raised, match=r"KVCache\.nothing raised AttributeError"):
        one.call("nothing")
    thrown = one.error("first", 1)
    assert thrown is not None
    assert thrown.type == "TypeError"
    assert one.error("first") is None


def test_arrays_that_the_caller_uses_again(load: Open) -> None:
    """Arrays that are refilled are the same objects as in the method's last call."""
    cache = Instance.of(load(SOURCE), "KVCache", 1, 2)
    cache.call("append", ONE, TWO)
    cache.call("append", 5 * ONE, TWO)
    assert cache.call("first").value.tolist() == [1, 1]
    cache = Instance.of(load(SOURCE), "KVCache", 1, 2)
    cache.call("append", ONE, TWO)
    cache.call("append", 5 * ONE, TWO, layout=REFILLED)
    assert cache.call("first").value.tolist() == [5, 5]


def test_results_are_watched(load: Open) -> None:
    """A result that a later call writes to is told, whatever was called in between."""
    cache = Instance.of(load(SOURCE), "KVCache", 1, 2)
    assert not cache.call("attend", ONE).overwritten
    assert cache.call("attend", ONE).overwritten
    cache.call("append", ONE, ONE)  # it returns nothing, so there is nothing else to watch
    assert cache.call("quiet").overwritten


def test_results_can_be_written_to(load: Open) -> None:
    """What a caller writes into a result is in the array that the learner's code returned."""
    cache = Instance.of(load(SOURCE), "KVCache", 1, 2)
    cache.call("attend", ONE)
    cache.fill_result(7.0)
    assert cache.call("attend", ONE).value.tolist() == [8, 8]


@pytest.mark.parametrize("source", ["def KVCache(n_heads, d_k): return [n_heads]", "KVCache = 3"])
def test_what_is_no_class(load: Open, source: str) -> None:
    """What makes no object of a class of the learner's is the learner's failure."""
    with pytest.raises((Failed, Raised)):
        Instance.of(load(source), "KVCache", 1, 2)
