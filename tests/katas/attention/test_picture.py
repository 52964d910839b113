"""Attention made visible: the right matrix of the right function, drawn where it differs."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from grader.diagnosis.bank import by_id
from grader.diagnosis.mutants import source_with
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.katas.common import pictures as weights
from grader.report.model import FEEDBACK, Picture, Report
from grader.screen.matrices import heatmaps, labelled
from grader.screen.terminal import Look
from tests.pages.samples import picture

KATA = default_kata()

Make = Callable[..., Report]
RIGHT = ((0.5, 0.5), (0.1, 0.9))


@pytest.fixture(scope="module")
def make(jails: Callable[[Limits], Jail]) -> Make:
    """Grade a source into a report, once."""

    @cache
    def graded(source: str, feedback: str = "full") -> Report:
        jail = jails(Limits(20, 60))
        return grade(KATA, jail, source.encode(), name="mine.py", seed=1, feedback=feedback)  # type: ignore[arg-type]

    return graded


def drawing(actual: object = RIGHT, numbers: str = "weights") -> Picture:
    """Return a picture of two rows."""
    return replace(picture(RIGHT, actual, ("a", "bb")), numbers=numbers)  # type: ignore[arg-type]


def test_right_weights(make: Make, solution: Path) -> None:
    """A right submission's weights are those expected, and each row sums to 1."""
    found = make(solution.read_text()).picture
    assert found is not None
    assert found.function == "self_attention"
    assert found.actual == found.expected
    np.testing.assert_allclose(np.sum(found.expected, axis=1), 1, atol=1e-5)


def test_no_weights_of_features(make: Make) -> None:
    """A matrix that the features are multiplied by is none of who attends to whom."""
    source = source_with(KATA, by_id(KATA)["features-attend-by-columns"])
    assert make(source).picture is None
    heads = "return np.hstack([V[:, :n] @ _softmax(Q[:, :n].T @ K[:, :n])] * n_heads)"
    softmax = (
        "\n\ndef _softmax(s):\n    e = np.exp(s)\n    return e / e.sum(axis=1, keepdims=True)\n"
    )
    right = KATA.solution_path.read_text(encoding="utf-8")
    begin, _, _ = right.partition("    Q_heads = ")
    found = make(f"{begin}    n = Q.shape[1] // n_heads\n    {heads}{softmax}").picture
    assert found is not None
    assert found.function == "self_attention"


def test_weights_of_one_head(make: Make) -> None:
    """Wrong weights are those that the learner's function used."""
    found = make(source_with(KATA, by_id(KATA)["scores-not-scaled"])).picture
    assert found is not None
    Q, K = (array[:, :4] for array in (weights.Q, weights.K))
    scores = np.exp(Q @ K.T)
    unscaled = scores / scores.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.array(found.actual, dtype=float), unscaled, atol=1e-6)
    assert found.caption == "Who attends to whom"
    assert "those of self_attention." in found.about


def test_weights_of_a_head_among_several(make: Make) -> None:
    """Where one head alone is right, the first head that is wrong among several is shown."""
    found = make(source_with(KATA, by_id(KATA)["scaled-by-heads"])).picture
    assert found is not None
    assert (found.function, found.numbers) == ("multi_head_attention", "weights in head 0")
    assert found.caption == "Who attends to whom in head 0"
    assert "those of head 0 of multi_head_attention." in found.about
    Q, K = (array[:, :4] for array in (weights.Q, weights.K))
    scores = np.exp(Q @ K.T / np.sqrt(2))
    right = scores / scores.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.array(found.actual, dtype=float), right, atol=1e-6)


@pytest.mark.parametrize(
    "mistake",
    [
        "heads-merged-by-reshape",
        "heads-split-by-reshape",
        "heads-reversed",
        "heads-rotated",
        "first-values-for-all",
    ],
)
def test_columns_that_are_no_heads_weights_are_not_drawn(make: Make, mistake: str) -> None:
    """Where heads are right and cut or joined wrongly, nothing is shown as a head's weights."""
    found = make(source_with(KATA, by_id(KATA)[mistake])).picture
    assert found is not None
    assert found.function == "self_attention"
    assert found.actual == found.expected


@pytest.mark.parametrize("function", ["self_attention", "multi_head_attention"])
def test_values_that_come_back_are_no_weights(make: Make, solution: Path, function: str) -> None:
    """The identity that is handed in as the values is not shown as weights."""
    heads = ", n_heads" if function == "multi_head_attention" else ""
    body = f"def {function}(Q, K, V{heads}):\n    return V + 0\n"
    found = make(f"{solution.read_text()}\n\n{body}").picture
    assert found is None or found.actual == found.expected


@pytest.mark.parametrize("feedback", FEEDBACK)
def test_only_full_feedback_shows_weights(make: Make, solution: Path, feedback: str) -> None:
    """Below the level `full` a report holds no weights."""
    report = make(solution.read_text(), feedback)
    assert (report.picture is not None) == (feedback == "full")


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "return 1.0",
        "return V[:2]",
        "return V.tolist()",
        "raise ValueError",
        "import os; os._exit(0)",
    ],
)
def test_answers_that_are_no_weights(make: Make, body: str) -> None:
    """What cannot be drawn is not, and does not harm the report."""
    report = make(f"def self_attention(Q, K, V):\n    {body}\n")
    assert report.picture is None
    assert report.status == "graded"


NO_WEIGHTS = {
    "V added": ("residual-added", ""),
    "Q added": ("query-added", ""),
    "keys for values": ("keys-for-values", ""),
    "features for tokens": (
        "",
        "def self_attention(Q, K, V):\n"
        "    scores = np.exp(Q.T @ K / np.sqrt(Q.shape[1]))\n"
        "    return V @ (scores / scores.sum(axis=1, keepdims=True)).T\n",
    ),
    "joined heads projected": (
        "",
        "_of_heads = multi_head_attention\n"
        "def multi_head_attention(Q, K, V, n_heads):\n"
        "    W_o = np.arange(Q.shape[1] ** 2).reshape(Q.shape[1], -1) % 7 - 2.5\n"
        "    return _of_heads(Q, K, V, n_heads) @ W_o\n",
    ),
}


@pytest.mark.parametrize("name", NO_WEIGHTS)
def test_what_are_no_weights_is_not_drawn(make: Make, solution: Path, name: str) -> None:
    """Where something is added to the weighted values, or made of them, no weights are shown."""
    mistake, more = NO_WEIGHTS[name]
    source = source_with(KATA, by_id(KATA)[mistake]) if mistake else solution.read_text()
    found = make(f"{source}\n\n{more}").picture
    assert found is None or found.actual == found.expected


@pytest.mark.parametrize(
    "mistake", ["not-normalised", "mean-for-sum", "weights-transposed-at-values"]
)
def test_weights_that_do_not_sum_to_one_are_drawn(make: Make, mistake: str) -> None:
    """Weights with another sum are weights."""
    found = make(source_with(KATA, by_id(KATA)[mistake])).picture
    assert found is not None
    assert found.actual != found.expected


def test_numbers_that_json_does_not_know(make: Make) -> None:
    """Weights that are not finite are told by name."""
    source = "import numpy as np\ndef self_attention(Q, K, V):\n    return V * np.inf\n"
    found = make(source).picture
    assert found is not None
    assert found.actual[0] == ("inf", "nan", "nan", "nan")
    assert '"inf"' in make(source).to_json()


def test_a_picture_that_says_nothing_is_not_drawn() -> None:
    """Maps that would look alike are left out."""
    assert heatmaps(drawing(((0.6, 0.5), (0.1, 0.9))), Look()) == []
    assert heatmaps(drawing(((0.2, 0.8), (0.1, 0.9))), Look())


def test_a_picture_below_what_is_said_of_another_function() -> None:
    """A picture says whose it is where what stands above it is about another function."""
    drawn = replace(drawing(), function="self_attention")
    assert labelled(drawn, "self_attention") == drawn
    other = labelled(drawn, "compute_qkv")
    assert other.caption == f"{drawn.caption} (self_attention)"
    assert other.numbers == f"{drawn.numbers} (self_attention)"


def test_shades() -> None:
    """The maps stand side by side, denser is more, in letters where there are no shades."""
    actual = ((1.0, 0.0), ("nan", 1.5))
    drawn = heatmaps(drawing(actual), Look())
    assert drawn == [
        "  Who looks at whom, a row for each query (denser is more; ?? is not finite):",
        "  yours  a   bb      right  a   bb",
        "  a      ██  ··      a      ▓▓  ▓▓",
        "  bb     ??  >1      bb     ░░  ██",
    ]
    spelled = heatmaps(drawing(actual), Look(unicode=False))
    assert spelled[2:] == [
        "  a      @@  ..      a      ##  ##",
        "  bb     ??  >1      bb     --  @@",
    ]


def test_sentences() -> None:
    """For a screen reader the rows that are wrong are read out."""
    drawn = drawing(((0.5, 0.5), (-1.0, "inf")), "weights in head 1")
    told = heatmaps(drawn, Look(plain=True))
    assert told == [
        'Your weights in head 1 for the query "bb": "a" -1 (right: 0.1), "bb" inf (right: 0.9).'
    ]


def test_numbers_that_differ_look_different() -> None:
    """Two weights that differ and are equal in two digits are read out with as many as it takes."""
    told = heatmaps(drawing(((0.5, 0.5), (0.102, 0.898))), Look(plain=True))
    assert told == [
        'Your weights for the query "bb": "a" 0.102 (right: 0.1), "bb" 0.898 (right: 0.9).'
    ]
