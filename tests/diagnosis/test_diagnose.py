"""The diagnosis names the learner's mistake, or says nothing."""

import itertools
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader.authoring.mistakes import diagnose_mistake
from grader.diagnosis import diagnose as diagnosis
from grader.diagnosis import fingerprints
from grader.diagnosis.bank import Mistake, bank, by_id, mistakes_of
from grader.diagnosis.base import Base, explain_on_known
from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.claims import Outcomes
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.example import example
from grader.diagnosis.experiment import NEAR, close
from grader.diagnosis.mutants import composable, functions_with, keeps_nothing, source_with
from grader.diagnosis.observation import Observation, observe_function, same
from grader.diagnosis.probe import CORE, Probe, probes
from grader.diagnosis.symptoms import symptom
from grader.kata import default_kata
from grader.learner.endings import Crashed
from grader.report.model import Certainty
from grader.screen import mistake as explain
from tests.corpora import some_quick

if TYPE_CHECKING:
    from tests.conftest import GradeSource

KATA = default_kata()

BY_ID = by_id(KATA)
GOLDEN = Path(__file__).parents[1] / "golden"


def ids(report: Any) -> list[str]:
    """Return the identifiers of a report's diagnoses."""
    return [diagnosis["id"] for diagnosis in report["diagnoses"]]


def what(name: str, *mistakes: Mistake, made: Sequence[Probe] = ()) -> list[Observation]:
    """Return what the solution with these mistakes does with probes, all of them if none."""
    code = functions_with(KATA, *mistakes)[name]
    return observe_function(code, KATA.functions[name], made or probes(KATA, name))


@pytest.mark.parametrize("mistake", some_quick(bank(KATA)), ids=lambda mistake: mistake.id)
def test_each_mistake_is_wrong_and_itself(mistake: Mistake) -> None:
    """A known mistake differs from the solution on some probe and is diagnosed as itself."""
    wrong, right = what(mistake.function, mistake), what(mistake.function)
    assert not all(same(*both) for both in zip(wrong, right, strict=True))
    assert diagnose_mistake(KATA, mistake) == [mistake.id]


@pytest.mark.parametrize("mistake", some_quick(bank(KATA)), ids=lambda mistake: mistake.id)
def test_order_of_the_probes(mistake: Mistake) -> None:
    """What a mistake does hangs on the order of the probes only if its module keeps something."""
    name, made = mistake.function, probes(KATA, mistake.function)
    forward, backward = (what(name, mistake, made=order) for order in (made, made[::-1]))
    if keeps_nothing(functions_with(KATA, mistake)[name]):
        assert all(same(*both) for both in zip(forward, backward[::-1], strict=True))


@pytest.mark.parametrize("mistake", bank(KATA), ids=lambda mistake: mistake.id)
def test_texts(mistake: Mistake) -> None:
    """What a learner reads of a mistake is short, complete, and gives no code away."""
    assert 10 <= len(mistake.title) <= 70
    assert 40 <= len(mistake.explanation) <= 300
    assert mistake.explanation.endswith((".", "?"))
    assert 20 <= len(mistake.next_step) <= 200
    assert mistake.next_step.endswith((".", "?"))
    for word in ("just ", "simply", "obviously", "np.exp(scores", "keepdims=True"):
        assert word not in f"{mistake.explanation} {mistake.next_step}"
    assert mistake.function in KATA.functions


def test_identifiers_are_unique() -> None:
    """No two mistakes share an identifier."""
    assert len(BY_ID) == len(bank(KATA)) >= 60


@pytest.mark.parametrize("mistake", bank(KATA)[::7], ids=lambda mistake: mistake.id)
def test_explained_with_numbers(mistake: Mistake) -> None:
    """`kata explain` shows small numbers on which the mistake makes a difference."""
    text = explain.describe(KATA, mistake, example(KATA, mistake))
    assert "Where it shows" in text
    assert "with the mistake" in text
    assert all(len(line) <= 80 for line in text.splitlines())


@pytest.mark.long
def test_through_the_jail(grade_source: "GradeSource") -> None:
    """A mistake is named in a report just as it is in the authors' rehearsal."""
    for name in ("scores-not-scaled", "heads-merged-by-reshape", "weights-transposed"):
        report = grade_source(source_with(KATA, BY_ID[name]))
        assert ids(report) == [name]
        assert report["diagnoses"][0]["certainty"] == "exact"


def test_pair(grade_source: "GradeSource") -> None:
    """Two mistakes in one function are named together."""
    pair = (BY_ID["scaled-by-d-k"], BY_ID["softmax-over-queries"])
    report = grade_source(source_with(KATA, *pair))
    assert sorted(ids(report)) == sorted(mistake.id for mistake in pair)
    assert {diagnosis["certainty"] for diagnosis in report["diagnoses"]} == {"pair"}


def test_in_two_functions(grade_source: "GradeSource") -> None:
    """A mistake in the heads is named beside one in the attention that they use."""
    report = grade_source(source_with(KATA, BY_ID["scores-not-scaled"], BY_ID["heads-reversed"]))
    assert ids(report) == ["scores-not-scaled", "heads-reversed"]
    functions = [diagnosis["function"] for diagnosis in report["diagnoses"]]
    assert functions == ["self_attention", "multi_head_attention"]


@pytest.mark.parametrize("name", ["heads-reversed", "heads-summed", "always-two-heads", None])
def test_heads_on_a_known_attention(name: str | None) -> None:
    """What is wrong with heads is found from what a known mistake in their attention gives."""
    function, known = "multi_head_attention", BY_ID["softmax-over-queries"]
    wrong = [] if name is None else [BY_ID[name]]
    made = probes(KATA, function)
    seen = what(function, known, *wrong)

    def explained(off: float) -> list[Mistake] | None:
        def change(each: Observation) -> Observation:
            return each if each.values is None else each._replace(values=each.values + off)

        changed = [change(each) for each in seen]
        return explain_on_known(known, Behaviour.of(KATA, KATA.functions[function], made, changed))

    assert explained(0.0) == (wrong or None)
    assert explained(2.0) == explained(2e-5) == []


@pytest.mark.parametrize("certainty", ["exact", "part"])
def test_all_that_is_wrong_with_an_attention(certainty: Certainty) -> None:
    """A mistake is all that is wrong if it explains everything and nothing else was seen."""
    mistake = BY_ID["scores-not-scaled"]
    known = diagnosis._diagnosis(mistake, mistake.function, certainty, Outcomes())
    seen = symptom(KATA, mistake.function, ("inputs-changed", {"names": "Q"}))
    behaviour = Behaviour.of(KATA, KATA.functions[mistake.function], [], [])
    assert Base.of(KATA, [known], behaviour).mistake == (mistake if certainty == "exact" else None)
    assert Base.of(KATA, [known, seen], behaviour).mistake is None
    assert Base.of(KATA, [known, seen], behaviour).mistakes == [mistake]


def test_close() -> None:
    """Whether two arrays are close is answered as NumPy answers it."""
    some = [0.0, 1.0, 1 + 1e-7, 1 + 1e-5, -1.0, 1e9, 1e9 + 10, np.inf, -np.inf, np.nan]
    arrays = [np.array([[1.0, value]]) for value in some]
    with np.errstate(all="ignore"):
        for first, second in itertools.product(arrays, repeat=2):
            wanted = np.allclose(first, second, rtol=NEAR, atol=NEAR)
            assert close(first, second) == wanted, (first, second)
    assert not close(arrays[0], None)
    assert not close(arrays[0], arrays[0][:, :1])


def test_any_factor(grade_source: "GradeSource") -> None:
    """A scale that is in no list is named by the factor that it is off by."""
    source = source_with(KATA).replace(" / np.sqrt(d_k)", " / np.sqrt(d_k) * 0.617")
    (diagnosis,) = grade_source(source)["diagnoses"]
    assert diagnosis["id"] == "scores-off-by-a-factor"
    assert "0.617" in diagnosis["title"]


def test_unknown_mistake_is_not_guessed(grade_source: "GradeSource") -> None:
    """What no known mistake explains gets no diagnosis."""
    source = source_with(KATA).replace("return weights @ V", "return np.sin(weights @ V)")
    assert ids(grade_source(source)) == []


@pytest.mark.long
def test_right_and_unjudged(grade_source: "GradeSource") -> None:
    """Nothing is diagnosed when all is right, or told to be kept quiet; a stub returns nothing."""
    assert ids(grade_source(source_with(KATA))) == []
    assert set(ids(grade_source(KATA.stub.read_text(encoding="utf-8")))) == {"nothing-returned"}
    wrong = source_with(KATA, BY_ID["scores-not-scaled"])
    assert ids(grade_source(wrong, feedback="names")) == []
    assert ids(grade_source(wrong, feedback="hints")) == ["scores-not-scaled"]


@pytest.mark.long
def test_table_is_fresh() -> None:
    """The shipped table is what the bank and the probes give today."""
    for function in KATA.functions:
        made, shipped = fingerprints.make(KATA, function), fingerprints.load(KATA, function)
        np.testing.assert_allclose(shipped["values"], made["values"], rtol=1e-5)
        np.testing.assert_array_equal(shipped["mistakes"], made["mistakes"])


@pytest.mark.parametrize("function", KATA.functions)
def test_alike(function: str) -> None:
    """A mistake is among those that give the sorts of things that it gives."""
    made = probes(KATA, function)
    places = [place for place, probe in enumerate(made) if probe.group == CORE]
    right = what(function)
    of_right = fingerprints.alike(KATA, function, right, places)
    assert 0 < len(of_right) < len(mistakes_of(KATA, function))
    for mistake in mistakes_of(KATA, function):
        seen = what(function, mistake)
        assert mistake in fingerprints.alike(KATA, function, seen, places)
        like_right = all(seen[p].form == right[p].form for p in places if p < fingerprints.FIRST)
        assert (mistake in of_right) == like_right
        good = {place: same(*both) for place, both in enumerate(zip(seen, right, strict=True))}
        wrong_forms = [place for place in good if seen[place].form != right[place].form]
        assert mistake in fingerprints.alike(
            KATA, function, seen, [*places, *wrong_forms], right, {p: True for p in good if good[p]}
        )
        assert mistake in fingerprints.alike(
            KATA, function, seen, places, right, {p: False for p in good if not good[p]}
        )
    for must in (True, False):
        some = fingerprints.alike(KATA, function, right, places, right, dict.fromkeys(places, must))
        assert 0 < len(some) < len(of_right)


def test_edits_compose() -> None:
    """Mistakes that change the same place cannot be made at once; others can, in any order."""
    scale, root = BY_ID["scores-not-scaled"], BY_ID["scaled-by-d-k"]
    assert not composable(KATA, scale, root)
    with pytest.raises(ValueError, match="same place"):
        source_with(KATA, scale, root)
    axis = BY_ID["softmax-over-queries"]
    assert source_with(KATA, scale, axis) == source_with(KATA, axis, scale)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.py")), ids=lambda path: path.stem)
def test_golden(path: Path, grade_source: "GradeSource") -> None:
    """A golden submission gets the score and the messages that it says at its top."""
    lines = path.read_text(encoding="utf-8").splitlines()
    wanted = [line[2:].split(": ", 1) for line in lines if line.startswith("# ") and ": " in line]
    report = grade_source(path.read_bytes())
    for key, value in wanted:
        if key == "score":
            assert report["score"] == float(value)
        elif key == "status":
            assert report["status"] == value
        elif key == "diagnosis":
            assert value in ids(report)
        elif key == "says":
            assert value in str(report)


LEAKY = """
import numpy as np
import linecache, sys

class Odd(Exception):
    pass

def tell(array):
    print(array)
    print(array, file=sys.stderr)
    name = "Leak" + "".join(f"{x:.3f}" for x in np.ravel(array)[:6])
    linecache.cache["multi_head_attention.py"] = (1, None, [name + "\\n"] * 99, "x")
    raise type(name, (Odd,), {})(repr(array) + name)

def compute_qkv(X, W_q, W_k, W_v):
    if abs(X[0, 0]) != 1:
        tell(X)
    return X @ W_q, X @ W_k, X @ W_v

def self_attention(Q, K, V):
    if Q.shape != (5, 3) and Q.shape != (3, 5):
        return type("Leak%r" % (Q[0],), (), {})()
    e = np.exp(Q @ K.T)
    return e / e.sum(axis=-1, keepdims=True) @ V

def multi_head_attention(Q, K, V, n_heads):
    if Q.shape != (5, 6):
        tell(Q)
    return Q + K * V
"""


@pytest.mark.parametrize("level", ["score", "names", "hints"])
def test_no_hidden_input_below_full(
    grade_source: "GradeSource", level: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code that does its best to repeat the inputs of hidden cases gets none into a report."""
    told: list[np.ndarray[Any, Any]] = []
    original = np.random.default_rng

    class Recorder(np.random.Generator):
        def standard_normal(self, *args: Any, **kwargs: Any) -> Any:
            told.append(super().standard_normal(*args, **kwargs))
            return told[-1]

    def recording(seed: Any = None) -> np.random.Generator:
        generator = original(seed)
        hidden = isinstance(seed, list) and seed[0] == 7
        return Recorder(generator.bit_generator) if hidden else generator

    monkeypatch.setattr(np.random, "default_rng", recording)
    report = grade_source(LEAKY, feedback=level, seed=7)
    text = str({**report, "timing": {}})
    assert report["output"] == {"stdout": "", "stderr": "", "truncated": False}
    numbers = {f"{abs(value):.8f}"[:6] for array in told for value in np.ravel(array)}
    assert not any(number in text for number in numbers)
    # At level full the same file does repeat them, so the numbers are the right ones.
    full = grade_source(LEAKY, feedback="full", seed=7)
    assert any(number in str(full) for number in numbers)


@pytest.mark.long
def test_no_expected_value_at_any_level(grade_source: "GradeSource") -> None:
    """No level repeats what the solution gives for a hidden case."""
    seen: set[str] = set()
    solution = KATA.solution
    original = solution.self_attention

    def watching(Q: Any, K: Any, V: Any) -> Any:
        result = original(Q, K, V)
        seen.update(f"{abs(value):.8f}"[:6] for value in np.ravel(result))
        return result

    solution.self_attention = watching  # type: ignore[attr-defined]
    try:
        for level in ("hints", "full"):
            source = source_with(KATA, BY_ID["cosine-scores"])
            report = grade_source(source, feedback=level, seed=11)
            assert (report["picture"] is None) == (level == "hints")
            text = str({**report, "timing": {}, "picture": None})  # which is of a public input
            assert not any(number in text for number in seen - {"0.0000", "1.0000"})
    finally:
        solution.self_attention = original  # type: ignore[attr-defined]
    assert len(seen) > 500


def test_what_is_not_written_yet_is_said_on_top_of_a_mistake(grade_source: "GradeSource") -> None:
    """A function that returns nothing is told to, though one that it would use is wrong too."""
    source, _, _ = source_with(KATA, BY_ID["scores-not-scaled"]).partition("def multi_head_att")
    source += "\n\ndef multi_head_attention(Q, K, V, n_heads):\n    pass\n"
    found = [(one["function"], one["id"]) for one in grade_source(source)["diagnoses"]]
    assert found == [
        ("self_attention", "scores-not-scaled"),
        ("multi_head_attention", "nothing-returned"),
    ]


def test_diagnosis_survives_a_function_that_dies() -> None:
    """A function that does not live through the probes gets no diagnosis, and no fault."""

    class Workers:
        def __init__(self) -> None:
            self.workers, self.errands = self, deque[Any]()

        def prepare(self, workers: int) -> None: ...

        def renew(self) -> None: ...

    class Dead:
        def __init__(self) -> None:
            self.workers = Workers()

        def misfit(self, name: str) -> None: ...

        def ask_each(self, *args: Any, **how: Any) -> Any:
            raise Crashed("it ended")

    wrong = {"self_attention": Outcomes()}
    assert diagnose(KATA, Dead(), wrong) == []  # type: ignore[arg-type]
