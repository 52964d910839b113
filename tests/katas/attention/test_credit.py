"""Credit carried forward, and points for what looks like attention: earned, or not given."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click
import pytest

from grader.cases.catalogue import all_cases
from grader.cases.rehearsal import run_cases
from grader.diagnosis.bank import by_id, mistakes_of
from grader.diagnosis.mutants import source_with
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.screen.report import render

if TYPE_CHECKING:
    from tests.conftest import GradeSource, Report

KATA = default_kata()

POINTS = {case.id: case.max_points for case in all_cases(KATA)}
SOFT = """
import numpy as np
def soft(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[-1])
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True) @ V
"""
PROJECTIONS = """
def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v
"""
HEADS = """
def multi_head_attention(Q, K, V, n_heads):
    heads = zip(*(np.split(array, n_heads, axis=-1) for array in (Q, K, V)))
    return np.concatenate([OWN for head in heads], axis=-1)
"""
RIGHT_HEADS = HEADS.replace("OWN", "self_attention(*head)")


def earned(report: "Report") -> dict[str, int]:
    """Return the points of each function."""
    counted = dict.fromkeys(KATA.functions, 0)
    for case in report["cases"]:
        counted[case["function"]] += case["points"]
    return counted


def rehearsed(source: str, seed: int = 1) -> dict[str, int]:
    """Return the points of each function of code that is ours, without a jail."""
    counted = dict.fromkeys(KATA.functions, 0)
    for id_, passed in run_cases(source, seed, KATA).items():
        counted[id_.partition(".")[0]] += POINTS[id_] * passed
    return counted


# ---- heads that are not split, and attention that is none -------------------------------

EXAMPLE = """
def example():
    X = np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]])
    return np.concatenate([soft(half, half, half) for half in np.split(X, 2, axis=1)], axis=1)
"""
CHEATS = {
    "the example written down": (
        "def self_attention(Q, K, V): return V + 1e-3 * Q\n" + EXAMPLE,
        "    if Q.shape == (2, 4) and Q.dtype.kind == 'i': return example()\n"
        "    return V + 1e-3 * Q\n",
        3,
    ),
    "two faces, told apart by what was called": (
        "calls = []\n"
        "def compute_qkv(X, W_q, W_k, W_v):\n"
        "    calls.append(1)\n"
        "    return X @ W_q, X @ W_k, X @ W_v\n"
        "def self_attention(Q, K, V):\n"
        "    if not calls: return V + 1e-3 * Q.sum()\n"
        "    return soft(Q, K, V) * (1 if len(Q) > 1 else 2)\n",
        "    return soft(Q, K, V) if n_heads == 1 else V + 1e-3 * Q\n",
        4,
    ),
    "two faces, told apart by the shape": (
        "def self_attention(Q, K, V):\n"
        "    judged = {(5, 3), (3, 5), (4, 4), (2, 6), (9, 8), (17, 5), (32, 16), (48, 7)}\n"
        "    return soft(2 * Q, K, V) if Q.shape in judged else V + 1e-3 * Q + V.mean()\n",
        "    return V + 1e-3 * Q + V.mean()\n",
        6,
    ),
    "right once, then elementwise": (
        "seen = []\n"
        "def self_attention(Q, K, V):\n"
        "    seen.append(1)\n"
        "    return soft(2 * Q, K, V) if len(seen) < 60 else Q * K + V\n",
        "    return soft(Q, K, V) if n_heads == 1 else Q * K + V\n",
        4,
    ),
    "meets only in what looks like a trial": (
        "met = []\n"
        "def self_attention(Q, K, V):\n"
        "    known = any(np.isin(Q, old).any() or np.isin(V, old).any() for old in met)\n"
        "    met.append(np.concatenate([Q, V]))\n"
        "    return soft(Q, K, V[::-1]) if known else Q * K + V\n",
        "    return Q * K + V\n",
        4,
    ),
    "a mark for each column": (
        "def self_attention(Q, K, V):\n"
        "    return Q * K + V + 100.0 * np.arange(V.shape[1]) + V[::-1].sum(1, keepdims=True)\n",
        "    return Q * K + V + 100.0 * np.tile(np.arange(V.shape[1] // n_heads), n_heads)\n",
        4,
    ),
    "nothing but nan after the first calls": (
        "calls = []\n"
        "def self_attention(Q, K, V):\n"
        "    calls.append(1)\n"
        "    return soft(2 * Q, K, V) if len(calls) < 9 else np.full(V.shape, np.nan)\n",
        "    return soft(Q, K, V) if Q.shape == (5, 6) else np.full(V.shape, np.nan)\n",
        7,
    ),
    "so large that nothing is an error": (
        "def self_attention(Q, K, V): return 1e9 + Q * K + V + 1e-9 * V.sum()\n",
        "    return 1e9 + V + 1e-9 * V.sum()\n",
        4,
    ),
    "a dependence too small to see": (
        "def self_attention(Q, K, V): return Q + 1e-9 * (V + K + V.sum())\n",
        "    return Q + 1e-9 * (V + K + V.sum())\n",
        0,
    ),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_heads_that_are_not_split_earn_nothing(grade_source: "GradeSource", cheat: str) -> None:
    """Whoever splits no head has no more of multi_head_attention than its first, public cases."""
    attention, heads, most = CHEATS[cheat]
    source = f"{SOFT}{PROJECTIONS}{attention}def multi_head_attention(Q, K, V, n_heads):\n{heads}"
    for seed in (5, 6):
        assert earned(grade_source(source, seed=seed))["multi_head_attention"] <= most


FARMS = {
    "a little of the rest": "Q + 1e-9 * (V + K)",
    "elementwise": "V + 1e-3 * (Q + K)",
    "one column alone": "np.where(np.arange(V.shape[1]) == 0, V + Q + K, Q)",
    "weights of the identity alone": "np.eye(len(V)) if (V == np.eye(*V.shape)).all() else Q",
}


@pytest.mark.parametrize("farm", FARMS)
def test_properties_without_attention_earn_nothing(grade_source: "GradeSource", farm: str) -> None:
    """What is right for one token, or for V = identity, is no attempt at attention."""
    body = f"    return 1.0 * V if len(Q) == 1 else {FARMS[farm]}\n"
    report = grade_source(
        f"import numpy as np\ndef self_attention(Q, K, V):\n{body}"
        f"def multi_head_attention(Q, K, V, n_heads):\n{body}"
    )
    assert report["points"] == 0


# ---- right heads keep their points ------------------------------------------------------

WRONG = {
    "a causal mask": "weights = np.tril(weights)",
    "a reversed mask": "weights = np.triu(weights)",
    "a window": "weights *= abs(np.subtract.outer(range(len(Q)), range(len(Q)))) < 2",
    "no weight for itself": "np.fill_diagonal(weights, 0)",
    "the last row missing": "weights[-1] = 0",
    "the first row missing": "weights[0] = 0",
    "the strongest alone": "weights = np.where(weights < weights.max(-1, keepdims=True), 0, 1)",
    "not normalized": "return weights @ V",
    "twice": "V = weights @ V",
    "rounded": "V = np.round(V, 1)",
    "centered": "V = V - V.mean(-1, keepdims=True)",
    "never below zero": "weights = np.maximum(scores, 0)",
    "overflowing": "weights = np.exp(scores)",
}


HARDLY_SHOWN = {
    "whole numbers": "return (weights / weights.sum(-1, keepdims=True) @ V).astype(int)",
    "one feature alone": "V = V * (np.arange(V.shape[1]) == 0)",
}


def on_wrong_weights(line: str) -> str:
    """Return right heads on a self_attention that goes wrong in one line."""
    return (
        f"import numpy as np\n{PROJECTIONS}"
        "def self_attention(Q, K, V):\n"
        "    with np.errstate(all='ignore'):\n"
        "        scores = Q @ K.T / np.sqrt(Q.shape[-1])\n"
        "        weights = np.exp(scores - scores.max(-1, keepdims=True))\n"
        f"        {line}\n"
        "        return weights / weights.sum(-1, keepdims=True).clip(1e-300) @ V\n"
        f"{RIGHT_HEADS}"
    )


@pytest.mark.parametrize("mistake", WRONG)
def test_right_heads_keep_their_points(mistake: str) -> None:
    """Heads that are right on a wrong self_attention have all 40 points, whatever is wrong."""
    points = rehearsed(on_wrong_weights(WRONG[mistake]))
    assert points["self_attention"] < 40
    assert points["multi_head_attention"] == 40


@pytest.mark.long
@pytest.mark.parametrize("mistake", HARDLY_SHOWN)
def test_right_heads_need_no_luck(mistake: str) -> None:
    """Where few inputs show how heads are made, right heads have the same points each time."""
    source = on_wrong_weights(HARDLY_SHOWN[mistake])
    points = {rehearsed(source)["multi_head_attention"] for _ in range(8)}
    assert len(points) == 1
    assert points.pop() >= 36  # their own case that nothing but nought comes back is lost


@pytest.mark.parametrize("item", [0, 1])
def test_heads_that_unpack_keep_their_points(item: int) -> None:
    """Heads that take their output out of the tuple of a wrong self_attention have 40 points."""
    pair = ("output, weights", "weights, output")[item]
    source = (
        f"{SOFT}{PROJECTIONS}def self_attention(Q, K, V):\n"
        "    output = soft(2 * Q, K, V)\n    weights = soft(2 * Q, K, np.eye(len(K)))\n"
        f"    return {pair}\n{HEADS.replace('OWN', f'self_attention(*head)[{item}]')}"
    )
    assert rehearsed(source)["multi_head_attention"] == 40


NOT_JOINED = """
elementwise-scores elementwise-values extra-axis keys-not-transposed output-as-subclass
output-flattened output-transposed queries-transposed summed-over-tokens values-on-the-left
scores-returned weights-returned weights-returned-too
"""
NO_ATTENTION = "even-weights keys-for-values queries-for-values"
NO_ANSWER_OF_ITS_OWN = """
divided-by-maximum divided-by-sum-before-exp output-buffer-reused output-remembered
own-key-masked-too weights-remembered
"""


@pytest.mark.long
def test_the_bank_keeps_its_heads() -> None:
    """A known mistake of self_attention costs little of multi_head_attention, most often nothing.

    But for where what is returned cannot be joined, does not depend on an input, or is nan for
    ordinary inputs or another call's, so that multi_head_attention fails by itself.
    """
    lost = {*NOT_JOINED.split(), *NO_ATTENTION.split(), *NO_ANSWER_OF_ITS_OWN.split()}
    assert lost <= set(by_id(KATA))
    mistakes = [one for one in mistakes_of(KATA, "self_attention") if one.id not in lost][::4]
    kept = {one.id: rehearsed(source_with(KATA, one))["multi_head_attention"] for one in mistakes}
    assert min(kept.values()) >= 33, kept
    assert sum(points == 40 for points in kept.values()) >= 0.8 * len(kept), kept


SOME_KEYS = {
    "the first two keys": "K, V = K[:2], V[:2]",
    "the first half of the keys": "K, V = K[: (len(K) + 1) // 2], V[: (len(V) + 1) // 2]",
    "the second half of the keys": "K, V = K[len(K) // 2 :], V[len(V) // 2 :]",
    "every second key": "K, V = K[::2], V[::2]",
    "the last key and the one before": "K, V = K[-2:], V[-2:]",
}


@pytest.mark.parametrize("keys", SOME_KEYS)
def test_heads_on_some_keys_keep_their_points(keys: str) -> None:
    """Right heads have their points whichever keys are seen on which they stand."""
    source = f"{SOFT}{PROJECTIONS}def self_attention(Q, K, V):\n    {SOME_KEYS[keys]}\n"
    points = rehearsed(f"{source}    return soft(Q, K, V)\n{RIGHT_HEADS}")
    assert points["self_attention"] < 40
    assert points["multi_head_attention"] == 40


@pytest.mark.long
def test_the_screen_says_what_cannot_be_judged() -> None:
    """Where right heads and wrong ones give the same numbers, the screen says so."""
    source = (
        f"{SOFT}{PROJECTIONS}def self_attention(Q, K, V):\n"
        "    seen = 1e-3 * (Q * K).sum(-1, keepdims=True) if Q.shape == (5, 2) else 0\n"
        "    return V.mean(0) + 0 * V + seen\n"
        f"{RIGHT_HEADS}"
    )
    with Jail(Limits(call_seconds=20, submission_seconds=60)) as jail:
        report = grade(KATA, jail, source.encode(), name="mean.py", seed=3)
    text = " ".join(click.unstyle(render(report)).split())
    assert "right heads and wrong ones give the same numbers" in text


@pytest.mark.long
@pytest.mark.parametrize("mistake", ["fourth-root", "log-softmax", "truncated-output"])
def test_wrong_heads_have_no_luck(mistake: str) -> None:
    """Heads of which the first alone is right have the same points, however often they are tried.

    What is asked of heads on a wrong self_attention is drawn anew in each grading.
    """
    known = by_id(KATA)
    source = source_with(KATA, known[mistake], known["first-keys-for-all"])
    assert len({rehearsed(source)["multi_head_attention"] for _ in range(60)}) == 1


# ---- chance, and what outlives a call ---------------------------------------------------

BORDERLINE = {
    "a clip at 30 and an epsilon": (
        "scores = np.clip(scores, -30, 30); weights = np.exp(scores)",
        "1e-8",
    ),
    "a clip at 10": ("weights = np.exp(np.clip(scores, -10, 10))", "0"),
    "an epsilon of 1e-6, no maximum": ("weights = np.exp(scores)", "1e-6"),
    "an epsilon of 1e-9, no maximum": ("weights = np.exp(scores)", "1e-9"),
    "a maximum not below zero": (
        "weights = np.exp(scores - np.maximum(scores.max(-1, keepdims=True), 0))",
        "0",
    ),
    "one maximum and an epsilon": ("weights = np.exp(scores - scores.max())", "1e-8"),
    "small weights dropped": (
        "weights = np.exp(scores - scores.max(-1, keepdims=True)); weights[weights < 1e-3] = 0",
        "0",
    ),
    "a floor under the scores": (
        "weights = np.exp(np.maximum(scores - scores.max(-1, keepdims=True), -10))",
        "0",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("mistake", BORDERLINE)
def test_the_seed_does_not_decide(mistake: str) -> None:
    """Over 20 seeds the points of a wrong file differ by 3 at the most."""
    weights, epsilon = BORDERLINE[mistake]
    source = (
        f"import numpy as np\n{PROJECTIONS}"
        "def self_attention(Q, K, V):\n"
        "    with np.errstate(all='ignore'):\n"
        "        scores = Q @ K.T / np.sqrt(Q.shape[-1])\n"
        f"        {weights}\n"
        f"        return weights / (weights.sum(-1, keepdims=True) + {epsilon}) @ V\n"
        f"{RIGHT_HEADS}"
    )
    totals = [sum(rehearsed(source, seed).values()) for seed in range(20)]
    assert max(totals) - min(totals) <= 3, totals
    assert max(totals) < 100


@pytest.mark.parametrize("function", KATA.functions)
def test_arrays_that_are_filled_anew(
    grade_source: "GradeSource", only: Callable[[str], str], function: str
) -> None:
    """Results that are kept by the identity of the arrays lose points."""
    report = grade_source(
        f"{only(function)}\nkept = {{}}\nright = {function}\n"
        f"def {function}(*args):\n"
        "    key = tuple(id(each) for each in args[:3])\n"
        "    if key not in kept:\n"
        "        kept[key] = (args, right(*args))\n"
        "    return kept[key][1]\n"
    )
    outcomes = {case["id"]: case["outcome"] for case in report["cases"]}
    assert outcomes[f"{function}.repeated"] == "failed"
