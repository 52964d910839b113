"""The katas that follow the first: each holds together, from its statement to its pictures."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from grader.authoring.handins import check_golden
from grader.authoring.judging import Judging
from grader.authoring.mistakes import diagnose_mistake
from grader.cases.catalogue import all_cases
from grader.diagnosis.bank import bank, by_id
from grader.diagnosis.example import example
from grader.diagnosis.mutants import source_with
from grader.diagnosis.probe import probes
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import Kata, load_kata
from grader.katas.common import batches, tokens
from grader.report.model import Report
from grader.report.sentences import may_come_of_its_base
from grader.worker.arrays import Array

HERE = Path(__file__).parent
KATAS = ("causal", "kv_cache")
FEWEST = {"causal": 60, "kv_cache": 25}
FILES = {
    kind: [
        pytest.param(name, path, id=f"{name}-{path.stem}")
        for name in KATAS
        for path in sorted((HERE / name / kind).glob("*.py"))
    ]
    for kind in ("right", "golden")
}

Make = Callable[..., Report]


@pytest.fixture(scope="module")
def make(jails: Callable[[Limits], Jail]) -> Make:
    """Grade a source by one of the katas."""

    @cache
    def graded(name: str, source: str, seed: int = 1) -> Report:
        kata = load_kata(name)
        return grade(kata, jails(Limits(20, 60)), source.encode(), name=kata.file, seed=seed)

    return graded


@pytest.mark.parametrize(("name", "path"), FILES["right"])
def test_right_is_right(make: Make, name: str, path: Path) -> None:
    """A correct submission gets full marks, whatever its style and the seed."""
    for seed in (1, 2):
        report = make(name, path.read_text(encoding="utf-8"), seed)
        assert [(c.id, c.message) for c in report.cases if c.outcome != "passed"] == []
        assert report.score == 1.0
        assert report.diagnoses == ()


@pytest.mark.long
@pytest.mark.parametrize(("name", "path"), FILES["golden"])
def test_wrong_is_told(jails: Callable[[Limits], Jail], name: str, path: Path) -> None:
    """A wrong submission gets the points, the diagnosis and the words that stand at its top."""
    assert list(check_golden(load_kata(name), jails(Limits(20, 60)), path)) == []


@pytest.mark.long
@pytest.mark.parametrize("name", KATAS)
def test_each_mistake_is_found_and_named(name: str) -> None:
    """Each mistake of a bank loses points, is diagnosed as itself, and shows in small numbers."""
    kata = load_kata(name)
    assert len(bank(kata)) >= FEWEST[name]
    with np.errstate(all="ignore"), Judging(kata) as judging:
        for mistake in bank(kata):
            assert judging.missed(source_with(kata, mistake), one_will_do=True), mistake.id
            assert diagnose_mistake(kata, mistake) == [mistake.id]
            assert example(kata, mistake) is not None, mistake.id


@pytest.mark.parametrize("name", KATAS)
def test_the_stub_gets_nothing(make: Make, name: str) -> None:
    """A stub has no points, and each of its functions is still to be done."""
    report = make(name, load_kata(name).stub.read_text(encoding="utf-8"))
    assert report.points == 0
    assert {one.id for one in report.diagnoses} == {"nothing-returned"}


@pytest.mark.parametrize("name", KATAS)
def test_points_and_hints(name: str) -> None:
    """Points sum to 100, and no hint gives the line of code away."""
    cases = all_cases(load_kata(name))
    assert sum(case.max_points for case in cases) == 100
    for case in cases:
        assert case.hint.strip()
        for given_away in ("keepdims", "axis=", ".copy(", "np.where", "swapaxes", "tril"):
            assert given_away not in case.hint


@pytest.mark.parametrize("name", ["attention", *KATAS])
def test_no_probe_passes_an_array_twice(name: str) -> None:
    """Each argument of a probe is an array of its own, so that a change of one is of no other."""
    kata = load_kata(name)
    for function in kata.functions:
        for probe in probes(kata, function):
            arrays = [arg for arg in probe.args if isinstance(arg, np.ndarray)]
            for one, other in combinations(arrays, 2):
                assert not np.shares_memory(one, other), (function, probe.group)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "    batch, seq_len, d_model = X.shape",
            "    X = X - X.mean(axis=-1, keepdims=True)\n    {}",
        ),
        ("    if mask is None:", "    if mask is not None and not mask:\n        return X\n    {}"),
        ("(X @ W_v)", "(X @ W_k)"),
        ("", ""),
    ],
)
def test_what_does_not_come_of_the_base_is_not_said_to(make: Make, old: str, new: str) -> None:
    """Where a layer is wrong whatever it stands on, no line sends its writer to what is not it."""
    kata = load_kata("causal")
    source = source_with(kata, by_id(kata)["only-a-whole-empty-mask"])
    assert source.count(old) == 1 or not old
    changed = source.replace(old, new.format(old.strip())) if old else source
    report = make("causal", changed)
    base, layer = report.functions[1:]
    assert base.passed < base.cases
    assert layer.passed < layer.cases
    assert bool(may_come_of_its_base(layer.name, report)) == (not old)


@pytest.mark.parametrize(
    ("old", "new", "of_its_base"),
    [
        ("return np.concatenate(heads, axis=-1)", "return np.concatenate(heads, axis=0)", False),
        ("return np.concatenate(heads, axis=-1)", "return Q + 0 * np.sum(heads)", False),
        ("return weights @ V", "return (weights @ V)[:, :-1]", True),
        ("return weights @ V", "return Q + 0 * np.sum(weights @ V)", True),
    ],
)
def test_another_failure_than_that_of_its_base(
    make: Make, old: str, new: str, of_its_base: bool
) -> None:
    """A wrong shape, or what is left out, comes of a base that does so, and not of its numbers."""
    kata = load_kata("attention")
    source = source_with(kata, by_id(kata)["scores-not-scaled"])
    assert source.count(old) == 1
    report = make("attention", source.replace(old, new))
    told = replace(report, diagnoses=())
    assert bool(may_come_of_its_base("multi_head_attention", told)) == of_its_base


def test_nothing_is_said_of_masks_where_none_is_given() -> None:
    """Of causal_mask nothing but the number of tokens can tell right calls from wrong ones."""
    part = load_kata("causal").part("trials")
    assert part is not None
    trials = [*part.trials("causal_mask", "again"), *part.trials("causal_mask", "short")]
    telling = {
        condition.symptom
        for condition in part.CONDITIONS
        if len({condition.holds(trial) for trial in trials}) > 1
    }
    assert telling == {"wrong-for-one-token", "wrong-for-axes-of-one", "wrong-for-long"}


def test_the_statement_of_causal_attention() -> None:
    """The example of the statement is worked out rightly, with each of its masks."""
    kata = load_kata("causal")
    Q = np.array([[[[2.0, 0, 0, 0]] * 3]])
    K = np.zeros((1, 1, 3, 4))
    K[0, 0, 1:, 0] = np.log([2, 3])
    V = np.array([[[[6.0, 0, 0, 1], [12, 0, 6, 1], [18, 6, 0, 1]]]])
    causal, padding = kata.solution.causal_mask(3), np.array([[[[False, True, True]]]])
    outputs: dict[str, tuple[Array, list[list[float]]]] = {
        "causal": (causal, [[6, 0, 0, 1], [10, 0, 4, 1], [14, 3, 2, 1]]),
        "padding": (padding, [[15.6, 3.6, 2.4, 1]] * 3),
        "both": (causal & padding, [[0, 0, 0, 0], [12, 0, 6, 1], [15.6, 3.6, 2.4, 1]]),
    }
    text = kata.statement.read_text(encoding="utf-8")
    for mask, rows in outputs.values():
        got = kata.solution.masked_attention(Q, K, V, mask)
        np.testing.assert_allclose(got[0, 0], rows, atol=1e-12)
    for shown in ("[14, 3, 2, 1]]", "[15.6, 3.6, 2.4, 1]", "[10, 0, 4, 1]", "[ 0,    0,   0,   0]"):
        assert shown in text


def test_the_cache_is_the_last_row_of_causal_attention() -> None:
    """After each token a cache gives what the other kata gives for the last row."""
    cache = load_kata("kv_cache").solution.KVCache(3, 4)
    q, k, v = tokens.bounded(np.random.default_rng(1), 6, 3, 4, 3.0)
    for at in range(6):
        cache.append(k[at], v[at])
        Q, K, V = (array[: at + 1].swapaxes(0, 1)[None] for array in (q, k, v))
        rows = load_kata("causal").solution.masked_attention(Q, K, V, batches.causal(at + 1))
        np.testing.assert_allclose(cache.attend(q[at]), rows[0, :, -1], atol=1e-12)


PICTURED = [
    ("causal", "mask-upside-down", "causal_mask", "mask"),
    ("causal", "scores-not-scaled", "masked_attention", "weights in head 0"),
    ("causal", "heads-split-by-reshape", "multi_head_attention", "weights in head 0"),
    ("kv_cache", "not-scaled", "KVCache", "weights in head 0"),
]


@pytest.mark.parametrize(("name", "mistake", "function", "numbers"), PICTURED)
def test_pictures(make: Make, name: str, mistake: str, function: str, numbers: str) -> None:
    """The picture shows the weights under the mask, of the wrong function, and says of which."""
    kata: Kata = load_kata(name)
    found = make(name, source_with(kata, by_id(kata)[mistake])).picture
    assert found is not None
    assert (found.function, found.numbers) == (function, numbers)
    assert f"by the output of {function}" in found.caption or name != "causal" or numbers == "mask"
    assert found.actual != found.expected
    assert np.triu(np.array(found.expected, dtype=float), k=1).max() == 0
    right = make(name, kata.solution_path.read_text(encoding="utf-8")).picture
    assert right is not None
    assert right.actual == right.expected
