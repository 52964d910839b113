"""Lives of objects as probes: seen alike in a jail and here, and told in words."""

from collections.abc import Callable

import numpy as np
import pytest

from grader.diagnosis.bank import Mistake, bank, by_id
from grader.diagnosis.mutants import functions_with, keeps_nothing, source_with
from grader.diagnosis.observation import observe_function, observe_submission, same
from grader.diagnosis.probe import probes
from grader.diagnosis.where import Particular, Where, listed
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import load_kata
from grader.learner.submission import Submission
from tests.corpora import some_quick

KATA = load_kata("kv_cache")
CLASS = KATA.functions["KVCache"]


@pytest.fixture
def submitted(jails: Callable[[Limits], Jail]) -> Callable[[str], Submission]:
    """Load a source."""

    def load(source: str) -> Submission:
        submission = Submission(jails(Limits(20, 60)), source.encode(), KATA)
        submission.load()
        return submission

    return load


@pytest.mark.parametrize("mistake", ["half-kept", "result-array-reused", "attend-scales-in-place"])
def test_a_life_is_the_same_there_and_here(
    submitted: Callable[[str], Submission], mistake: str
) -> None:
    """What is seen of a class in a worker is what is seen of it in this process."""
    known = by_id(KATA)[mistake]
    made = probes(KATA, CLASS.name)
    submission = submitted(source_with(KATA, known))
    there = observe_submission(submission, CLASS, made)
    submission.end()
    with np.errstate(all="ignore"):
        here = observe_function(functions_with(KATA, known)[CLASS.name], CLASS, made)
        right = observe_function(functions_with(KATA)[CLASS.name], CLASS, made)
    assert there is not None
    assert all(same(*both) for both in zip(there, here, strict=True))
    assert not all(same(*both) for both in zip(there, right, strict=True))


SHARING = {"caches-share-tokens", "caches-of-one-size-share-tokens", "new-cache-empties-the-others"}


@pytest.mark.parametrize("mistake", some_quick(bank(KATA)), ids=lambda mistake: mistake.id)
def test_lives_hang_on_each_other_only_where_objects_share(mistake: Mistake) -> None:
    """Lives come out the same in whatever order, unless the class itself keeps something."""
    code, made = functions_with(KATA, mistake)[CLASS.name], probes(KATA, CLASS.name)
    assert keeps_nothing(code) == (mistake.id not in SHARING)
    if keeps_nothing(code):
        forward, backward = (observe_function(code, CLASS, order) for order in (made, made[::-1]))
        assert all(same(*both) for both in zip(forward, backward[::-1], strict=True))


@pytest.mark.parametrize(
    "source",
    [
        "class C:\n    kept = []\n    def ask(self): return self.kept",
        "class C:\n    def ask(self, kept={}): return kept",
        "kept = []\nclass C:\n    def ask(self): return kept",
        "class C:\n    count = 0\n    def ask(self): C.count += 1",
        "class C:\n    count = 0\n    def ask(self): type(self).count += 1",
        "class C:\n    count = 0\n    def ask(self): return [self.__class__ for _ in 'a']",
        "class C:\n    count = 0\n    def ask(self): return __class__",
    ],
)
def test_what_objects_may_share(source: str) -> None:
    """A class that has somewhere to keep what all its objects find is known as such."""
    names: dict[str, type] = {}
    exec(source, names)
    assert not keeps_nothing(names["C"])


def test_particular_inputs_are_named(submitted: Callable[[str], Submission]) -> None:
    """Where ordinary inputs are right, all that go wrong are named, and no others."""
    source = KATA.solution_path.read_text(encoding="utf-8")
    source = source.replace("return np.zeros(self.shape)", "return None")
    submission = submitted(source.replace("raise ValueError(", "raise TypeError("))
    submission.workers.renew()
    found = Where(KATA, submission, CLASS).particulars()
    submission.end()
    assert [each.name for each in found] == ["an empty cache", "arrays that do not fit"]


def test_what_is_told_of_several_in_a_row_stands_once() -> None:
    """What is told of particular inputs stands behind the last of those of which it is told."""
    told = "IndexError in line 3"
    some = [
        Particular("large scores", "", is_raised=False),
        *(Particular(name, told, is_raised=True) for name in ("one row", "one head")),
        Particular("one token", "1 of 2 that were tried", is_raised=False),
    ]
    assert listed(some) == (
        f"large scores; one row, one head (each: {told}); one token (1 of 2 that were tried)"
    )


def test_what_is_wrong_on_a_known_base_is_looked_for_here_first(
    jails: Callable[[Limits], Jail],
) -> None:
    """Two mistakes in two functions are named in these, though another pair does the same."""
    kata = load_kata("causal")
    mistakes = [by_id(kata)[name] for name in ("empty-rows-mean", "heads-joined-by-reshape")]
    source = source_with(kata, *mistakes)
    report = grade(kata, jails(Limits(20, 60)), source.encode(), name=kata.file, seed=1)
    assert [one.id for one in report.diagnoses] == [mistake.id for mistake in mistakes]
