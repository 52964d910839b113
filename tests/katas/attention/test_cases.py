"""The hidden cases: right is right in any style, wrong is wrong however close."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader.cases.case import Case
from grader.cases.catalogue import all_cases
from grader.cases.checks import check_close, check_shape, is_close
from grader.cases.rehearsal import run_cases
from grader.kata import default_kata
from grader.katas.attention.cases import (
    case_compute_qkv,
    case_multi_head_attention,
    case_multi_head_attention_inputs,
    case_self_attention,
    case_self_attention_inputs,
)
from grader.katas.common import inputs as attention
from grader.learner.endings import Failed
from grader.worker.arrays import Array

if TYPE_CHECKING:
    from tests.conftest import GradeSource, Report

KATA = default_kata()
TOLERANCE = KATA.tolerance._asdict()

MODULES = {
    "compute_qkv": (case_compute_qkv,),
    "self_attention": (case_self_attention, case_self_attention_inputs),
    "multi_head_attention": (case_multi_head_attention, case_multi_head_attention_inputs),
}


FULL = {"compute_qkv": 20, "self_attention": 40, "multi_head_attention": 40}


def not_passed(report: "Report") -> set[str]:
    """Return the identifiers of the cases that were not passed, without those that waited."""
    return {case["id"] for case in report["cases"] if case["outcome"] not in ("passed", "not_run")}


def missed(source: str, seed: int = 3) -> set[str]:
    """Return the identifiers of the cases that code of ours does not pass, without a jail."""
    return {id_ for id_, passed in run_cases(source, seed, KATA).items() if not passed}


def missed_of(function: str, source: str, seed: int = 3) -> set[str]:
    """Return the names of the cases of one function that code of ours does not pass."""
    ids = missed(source, seed)
    return {id_.partition(".")[2] for id_ in ids if id_.startswith(f"{function}.")}


def points(report: "Report") -> dict[str, int]:
    """Return the points of each function."""
    counted: Counter[str] = Counter(dict.fromkeys(KATA.functions, 0))
    for case in report["cases"]:
        counted[case["function"]] += case["points"]
    return dict(counted)


# ---- the catalogue -------------------------------------------------------------------


@pytest.mark.parametrize("function", KATA.functions)
def test_every_case_has_the_mark(function: str) -> None:
    """Each function that pytest takes for a case is marked, for the function of its files."""
    members = {
        name: member
        for module in MODULES[function]
        for name, member in vars(module).items()
        if name.startswith("case_") and callable(member)
    }
    assert members
    for name, member in members.items():
        mark = getattr(member, "case", None)
        assert isinstance(mark, Case), name
        assert mark.function == function
        assert mark.id == f"{function}.{name.removeprefix('case_').replace('_', '-')}"


def test_catalogue_is_in_the_flow_of_data() -> None:
    """The catalogue holds every case once, function by function."""
    functions = [case.function for case in all_cases(KATA)]
    assert functions == sorted(functions, key=list(KATA.functions).index)
    ids = [case.id for case in all_cases(KATA)]
    assert len(set(ids)) == len(ids)


def test_points() -> None:
    """The points are whole and positive, sum to 100 and weigh the functions as documented."""
    counted: Counter[str] = Counter()
    for case in all_cases(KATA):
        assert type(case.max_points) is int
        assert case.max_points > 0
        counted[case.function] += case.max_points
    assert counted == FULL


def test_words_for_the_learner() -> None:
    """Each case has a title of one line that fits the screen, unlike its siblings', and a hint."""
    titles = [(case.function, case.title) for case in all_cases(KATA)]
    assert len(set(titles)) == len(titles)
    for case in all_cases(KATA):
        assert 0 < len(case.title) <= 70
        assert case.title == case.title.strip()
        assert case.hint.strip()
        for given_away in ("keepdims", "axis=", "np.sqrt", "np.split", " @ ", "softmax("):
            assert given_away not in case.hint


def test_needs_come_before() -> None:
    """What a case needs is an earlier case of the same function."""
    seen: set[str] = set()
    for case in all_cases(KATA):
        assert case.needs is None or case.needs in seen
        assert case.needs is None or case.needs.startswith(f"{case.function}.")
        seen.add(case.id)


def test_examples_are_visible() -> None:
    """What the statement tells, the shapes and the worked example, is visible; no more is."""
    visible = {case.id for case in all_cases(KATA) if case.visibility == "visible"}
    told = ("returns", "example")
    assert visible == {f"{function}.{name}" for function in KATA.functions for name in told}


# ---- the reference against an oracle -------------------------------------------------

ORACLE = """\
import math

import numpy as np


def dot(left, right):
    return math.fsum(float(a) * float(b) for a, b in zip(left, right))


def product(left, right):
    columns = list(zip(*right))
    return np.array([[dot(row, column) for column in columns] for row in left])


def compute_qkv(X, W_q, W_k, W_v):
    X = X.tolist()
    return tuple(product(X, W.tolist()) for W in (W_q, W_k, W_v))


def attend(Q, K, V):
    out = []
    for query in Q:
        scores = [dot(query, key) / math.sqrt(len(query)) for key in K]
        largest = max(scores)
        exponents = [math.exp(score - largest) for score in scores]
        total = math.fsum(exponents)
        out.append([dot(exponents, column) / total for column in zip(*V)])
    return out


def self_attention(Q, K, V):
    return np.array(attend(Q.tolist(), K.tolist(), V.tolist()))


def multi_head_attention(Q, K, V, n_heads):
    rows = [[] for _ in Q]
    d_k = Q.shape[1] // n_heads
    for head in range(n_heads):
        part = slice(head * d_k, (head + 1) * d_k)
        for row, more in zip(rows, attend(*(x[:, part].tolist() for x in (Q, K, V)))):
            row += more
    return np.array(rows)
"""
"""The kata in plain Python, every sum by `math.fsum`, nothing shared with the reference."""


@pytest.fixture(scope="module")
def oracle() -> ModuleType:
    """The kata in plain Python."""
    module = ModuleType("oracle")
    exec(ORACLE, module.__dict__)
    return module


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The solution."""
    return KATA.solution


def heads_of_every_kind() -> list[tuple[str, attention.Inputs]]:
    """Return inputs for one head of every kind that the cases draw, named."""
    rng = np.random.default_rng(2017)
    shares = np.array([1.0, 0.9, 1.0, 0.8, 0.7])
    mixed = np.array([1.0, -1.0, 0.0, 0.5, -0.5])
    kinds = [
        (f"{seq_len}x{width} spread {spread}", attention.draw(rng, seq_len, width, spread))
        for seq_len, width in case_self_attention.SIZES
        for spread in (1.0, 2.0)
    ]
    kinds += [
        (f"far {far:g} {rows}", attention.offset(rng, 5, 4, far * rows))
        for far in (1_500.0, 2_000.0, 20_000.0, 1e6)
        for rows in (shares, -shares, mixed)
    ]
    kinds += [(f"wide {s}", attention.draw(rng, 8, 5, s)) for s in (100.0, 700.0)]
    kinds += [(f"{t.__name__}", attention.integers(rng, 5, 3, t)) for t in (np.int64, np.int32)]
    kinds += [("one token", attention.draw(rng, 1, 4, 3.0)), ("1x1", attention.draw(rng, 1, 1))]
    return kinds


HEADS = heads_of_every_kind()


@pytest.mark.parametrize(("kind", "inputs"), HEADS, ids=[kind for kind, _ in HEADS])
def test_reference_of_one_head(
    reference: ModuleType, oracle: ModuleType, kind: str, inputs: attention.Inputs
) -> None:
    """The reference's self_attention is the oracle's, to a fraction of the tolerance."""
    got, want = reference.self_attention(*inputs), oracle.self_attention(*inputs)
    error = np.abs(got - want).max(axis=0) / attention.largest_of(inputs)
    assert error.max() < TOLERANCE["float64"] / 20, kind


@pytest.mark.parametrize("size", case_multi_head_attention.SIZES)
def test_reference_of_many_heads(
    reference: ModuleType, oracle: ModuleType, size: tuple[int, int, int]
) -> None:
    """The reference's multi_head_attention is the oracle's."""
    seq_len, d_model, n_heads = size
    inputs = attention.draw(np.random.default_rng(3), seq_len, d_model, 1.7)
    got = reference.multi_head_attention(*inputs, n_heads)
    want = oracle.multi_head_attention(*inputs, n_heads)
    assert np.abs(got - want).max() < 1e-12 * np.abs(inputs[2]).max() * d_model


@pytest.mark.parametrize("size", case_compute_qkv.SIZES)
def test_reference_of_the_projections(
    reference: ModuleType, oracle: ModuleType, size: tuple[int, int]
) -> None:
    """The reference's compute_qkv is the oracle's."""
    inputs = case_compute_qkv.draw(np.random.default_rng(4), size)
    pairs = zip(reference.compute_qkv(*inputs), oracle.compute_qkv(*inputs), strict=True)
    for got, want in pairs:
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-13 * size[1])


def test_worked_example(reference: ModuleType, oracle: ModuleType) -> None:
    """The numbers of the statement's worked example are the reference's and the oracle's."""
    X = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    want = np.array([[4.999174, 5.999174, 7, 8], [5, 6, 7, 8]])
    for module in (reference, oracle):
        Q, K, V = module.compute_qkv(X, *(np.eye(4) for _ in range(3)))
        got = module.multi_head_attention(Q, K, V, 2)
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-6)
        weight = 1 / (1 + math.exp(12 / math.sqrt(2)))
        assert got[0, 0] == pytest.approx(1 * weight + 5 * (1 - weight), abs=1e-14)


def test_oracle_passes_every_case(grade_source: "GradeSource") -> None:
    """On the very inputs of the cases the oracle and the reference agree."""
    assert grade_source(ORACLE)["score"] == 1.0


def test_makers_keep_their_promise() -> None:
    """Offset scores lie around their offsets, without one-hot weights or a lost softmax."""
    for far in (-1e6, -1500.0, 2000.0, 1e6):
        rows = far * np.array([1.0, 0.9, 1.0, 0.8, -0.7])
        Q, K, _ = attention.offset(np.random.default_rng(5), 5, 4, rows)
        scores = Q @ K.T
        assert np.abs(scores.mean(axis=1) - rows).max() < 10
        assert scores.std(axis=1).min() > 0.1
        assert scores.std(axis=1).max() < 10


# ---- right in any order of summation -------------------------------------------------

STYLES = {
    "keys backwards": "lambda Q, K, V: plain(Q, K[::-1], V[::-1])",
    "features backwards": "lambda Q, K, V: plain(Q[:, ::-1], K[:, ::-1], V)",
    "keys shuffled": "lambda Q, K, V: plain(Q, K[shuffled(K)], V[shuffled(K)])",
    "scale first": "lambda Q, K, V: weigh((Q / np.sqrt(Q.shape[1])) @ K.T, V)",
    "scale twice": "lambda Q, K, V: weigh((Q / Q.shape[1]**.25) @ (K / Q.shape[1]**.25).T, V)",
    "einsum": "lambda Q, K, V: weigh(np.einsum('ik,jk->ij', Q, K) / np.sqrt(Q.shape[1]), V)",
    "power": "lambda Q, K, V: weigh(Q @ K.T * Q.shape[1] ** -0.5, V)",
    "normalize last": "lambda Q, K, V: late(Q @ K.T / np.sqrt(Q.shape[1]), V)",
    "log-sum-exp": "lambda Q, K, V: logsumexp(Q @ K.T / np.sqrt(Q.shape[1])) @ V",
    "online": "lambda Q, K, V: np.array([online(q, K, V) for q in Q])",
    "loops": "lambda Q, K, V: np.array([loops(q, K, V) for q in Q])",
    "longdouble": "lambda Q, K, V: plain(Q.astype(np.longdouble), K, V)",
    "fortran out": "lambda Q, K, V: np.asfortranarray(plain(Q, K, V))",
    "view out": "lambda Q, K, V: np.repeat(plain(Q, K, V), 2, axis=0)[::2]",
    "big-endian out": "lambda Q, K, V: plain(Q, K, V).astype('>f8')",
}
RIGHT = """\
import math

import numpy as np


def plain(Q, K, V):
    return weigh(Q @ K.T / np.sqrt(Q.shape[1]), V)


def weigh(scores, V):
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ V


def late(scores, V):
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights @ V / weights.sum(axis=1, keepdims=True)


def shuffled(K):
    return np.random.default_rng(len(K)).permutation(len(K))


def logsumexp(scores):
    top = scores.max(axis=1, keepdims=True)
    return np.exp(scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True)))


def online(q, K, V):
    top, total, out = -np.inf, 0.0, np.zeros(V.shape[1])
    for key, value in zip(K, V):
        score = q @ key / math.sqrt(len(q))
        new = max(top, score)
        total = total * math.exp(top - new) + math.exp(score - new)
        out = out * math.exp(top - new) + math.exp(score - new) * value
        top = new
    return out / total


def loops(q, K, V):
    scores = []
    for key in K:
        score = 0.0
        for a, b in zip(q, key):
            score += float(a) * float(b)
        scores.append(score / math.sqrt(len(q)))
    weights = [math.exp(score - max(scores)) for score in scores]
    out = [0.0] * V.shape[1]
    for weight, value in zip(weights, V):
        for column, entry in enumerate(value):
            out[column] += weight / sum(weights) * float(entry)
    return out


self_attention = STYLE


def compute_qkv(X, W_q, W_k, W_v):
    order = np.random.default_rng(X.shape[1]).permutation(X.shape[1])
    return tuple(X[:, order] @ W[order] for W in (W_q, W_k, W_v))


def multi_head_attention(Q, K, V, n_heads):
    d_k = Q.shape[1] // n_heads
    out = np.empty(Q.shape)
    for head in reversed(range(n_heads)):
        part = slice(head * d_k, (head + 1) * d_k)
        out[:, part] = self_attention(Q[:, part], K[:, part], V[:, part])
    return out
"""


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_summation_passes(style: str, seed: int) -> None:
    """A correct style is right, in whatever order it sums up and however it lays its result out."""
    assert missed(RIGHT.replace("STYLE", STYLES[style]), seed) == set()


def test_a_rehearsal_is_a_grading(grade_source: "GradeSource", independent: str) -> None:
    """What the next tests run without a jail comes out as a grading does."""
    for source in (independent, independent.replace(ROOT, ""), RIGHT.replace("STYLE", "plain")):
        report = grade_source(source, seed=3)
        ids = {case["id"] for case in report["cases"] if case["outcome"] != "passed"}
        assert missed(source, seed=3) == ids


def test_largest_correct_error_is_far_below_the_bound(reference: ModuleType) -> None:
    """Correct styles stay a factor of 20 below the tolerance, on the hardest inputs too."""
    styles = ModuleType("styles")
    exec(RIGHT.replace("STYLE", "plain"), styles.__dict__)
    worst = {"float64": 0.0, "float32": 0.0}
    rng = np.random.default_rng(6)
    for _, inputs in HEADS:
        want = reference.self_attention(*inputs)
        for style in STYLES.values():
            attend = eval(style, styles.__dict__)
            error = np.abs(attend(*inputs) - want).max(axis=0) / attention.largest_of(inputs)
            worst["float64"] = max(worst["float64"], float(error.max()))
    for _ in range(10):
        Q, K, V = (array.astype(np.float32) for array in attention.draw(rng, 7, 4))
        want = reference.self_attention(*attention.to_float64((Q, K, V)))
        error = np.abs(styles.plain(Q, K, V) - want).max(axis=0) / attention.largest_of((Q, K, V))
        worst["float32"] = max(worst["float32"], float(error.max()))
    for dtype, error in worst.items():
        assert error < TOLERANCE[dtype] / 20, dtype


# ---- wrong, however close ------------------------------------------------------------

ROUNDED = {
    **{f"{n} decimals": f"np.round(array, {n})" for n in (3, 5, 7)},
    "float16": "array.astype(np.float16)",
    "bfloat16": "truncated(array, 16)",
    "12 bits": "truncated(array, 12)",
    "integers": "np.rint(array)",
    "an epsilon": "array * (1 - 1e-5)",
}


@pytest.mark.parametrize("kind", ROUNDED)
@pytest.mark.parametrize("function", KATA.functions)
def test_rounded_answers_fail(only: Callable[[str], str], kind: str, function: str) -> None:
    """An answer that was rounded, or kept in half precision, loses points in each function."""
    source = (
        f"{only(function)}\n"
        "def truncated(array, bits):\n"
        "    raw = np.asarray(array, np.float32).view(np.uint32)\n"
        "    kept = raw & np.uint32((0xffffffff << bits) & 0xffffffff)\n"
        "    return kept.view(np.float32).astype(float)\n"
        "def coarse(right):\n"
        "    def call(*args):\n"
        "        result = right(*args)\n"
        "        change = lambda array: " + ROUNDED[kind] + "\n"
        "        return tuple(map(change, result)) if type(result) is tuple else change(result)\n"
        "    return call\n"
        f"{function} = coarse({function})\n"
    )
    assert missed_of(function, source)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("function", ["self_attention", "multi_head_attention"])
def test_computing_in_lower_precision_fails(
    only: Callable[[str], str], dtype: str, function: str
) -> None:
    """Scores computed in half or single precision from double inputs lose points."""
    lower = f"Q, K, V = (array.astype(np.{dtype}) for array in (Q, K, V))\n    scores ="
    source = only(function).replace("scores =", lower, 1)
    assert "large" in missed_of(function, source)


def test_half_of_the_bound() -> None:
    """An error of half the tolerance is close, twice the tolerance is not, by column."""
    want = np.array([[1.0, 1e-6], [2.0, 2e-6]])
    size = np.abs(want).max(axis=0)
    for dtype, tolerance in TOLERANCE.items():
        for column in (0, 1):
            error = np.zeros_like(want)
            error[0, column] = tolerance * size[column]
            assert is_close(want + error / 2, want, size, dtype=dtype)
            assert not is_close(want + error * 2, want, size, dtype=dtype)
            with pytest.raises(Failed, match=r"^It "):
                check_close(want + error * 2, want, size, "It", dtype=dtype)


def test_tolerances_lie_where_they_tell_right_from_wrong() -> None:
    """The bounds lie above what correct styles need and below what wrong ones show."""
    assert 4e-8 < TOLERANCE["float64"] < 1e-4
    assert 3e-7 < TOLERANCE["float32"] < 1e-4


def test_not_finite_is_close_to_nothing() -> None:
    """NaN and the infinities are close to no number, and shapes must be equal."""
    want, size = np.ones((2, 2)), np.ones(2)
    for value in (np.nan, np.inf, -np.inf):
        got = np.array([[1.0, 1.0], [1.0, value]])
        assert not is_close(got, want, size)
        with pytest.raises(Failed, match=r"holds (nan|inf)"):
            check_close(got, want, size, "It")
    assert not is_close(np.ones((2, 1)), want, size)
    with pytest.raises(Failed, match=r"has shape \(4,\), but should have shape \(2, 2\)"):
        check_shape(np.ones(4), (2, 2), "It")


@pytest.mark.parametrize("dtype", ["?", "b", "B", "l", "L", "e", "f", "d"])
def test_any_dtype_can_be_compared(dtype: str) -> None:
    """Two answers of any type that may cross are compared without an error or a warning."""
    low, high = np.zeros((2, 2), dtype), np.ones((2, 2), dtype)
    size = np.ones(2)
    assert is_close(high, high, size)
    assert not is_close(low, high, size)
    assert not is_close(high, low, size)
    with pytest.raises(Failed, match="every entry"):
        check_close(low, high, size, "It")


def messages_for(got: Array, want: Array) -> str:
    """Return what is said when `got` came instead of `want`."""
    with pytest.raises(Failed) as failed:
        check_close(got, want, np.abs(want).max(axis=0), "It")
    return failed.value.message


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda want: 2 * want, "it is right up to a constant factor of 2"),
        (lambda want: want.T, "the transpose of what it should be"),
        (lambda want: want[::-1], "every number is right, but they stand in the wrong places"),
        (lambda want: np.trunc(want), "lost what stands behind the decimal point"),
        (lambda want: want + np.eye(4)[1] * 3, "wrong in column 1 of 4"),
        (lambda want: want + np.eye(4)[:, [2]], "wrong in row 2 of 4"),
        (lambda want: want + np.diag([1, 0, 0, 1]), "wrong in 2 of 16 entries"),
        (lambda want: want * np.array([1, np.nan, 1, 1]), "holds nan in column 1 of 4"),
    ],
)
def test_messages_say_what_shows(change: Any, fragment: str) -> None:
    """A wrong array is described by where it is wrong and by a relation that shows."""
    want = 10 * np.random.default_rng(7).standard_normal((4, 4))
    message = messages_for(change(want), want)
    assert message.startswith("It ")
    assert fragment in message
    for number in want.ravel():
        assert f"{number:.4f}" not in message


def test_messages_give_no_expected_number_away(
    grade_source: "GradeSource", reference: ModuleType
) -> None:
    """No message on wrong arrays holds an array or a number with many digits."""
    source = "".join(f"{name} = lambda *args: args[0] * 1.1\n" for name in KATA.functions)
    for case in grade_source(source)["cases"]:
        assert "array(" not in case["message"]
        assert "[[" not in case["message"]
        assert not any(part.count(".") == 1 and len(part) > 9 for part in digits(case["message"]))


def digits(text: str) -> Sequence[str]:
    """Return the numbers in a text."""
    kept = "".join(char if char.isdigit() or char == "." else " " for char in text)
    return [part.strip(".") for part in kept.split()]


# ---- what the cases are there to catch -----------------------------------------------

SOFTMAX = "weights = np.exp(scores - scores.max(axis=-1, keepdims=True))"
ROOT = " / np.sqrt(Q.shape[-1])"
SCORES = "    scores = Q @ K.T"
IN_ATTENTION = {
    "no scale": (ROOT, "", {"values"}),
    "scale by d_k": (ROOT, " / Q.shape[-1]", {"values"}),
    "scale upwards": (ROOT, " * np.sqrt(Q.shape[-1])", {"values"}),
    "naive softmax": (SOFTMAX, "weights = np.exp(scores)", {"large"}),
    "one maximum": (SOFTMAX, "weights = np.exp(scores - scores.max())", {"far"}),
    "maximum of each key": (SOFTMAX, SOFTMAX.replace("axis=-1", "axis=0"), {"values"}),
    "mean for maximum": (SOFTMAX, SOFTMAX.replace("max", "mean"), {"large"}),
    "maximum of zero at least": (
        SOFTMAX,
        "weights = np.exp(scores - np.maximum(scores.max(axis=-1, keepdims=True), 0))",
        {"negative"},
    ),
    "clipped scores": (SOFTMAX, "weights = np.exp(np.clip(scores, -700, 700))", {"large"}),
    "no root of a sum": (
        "weights.sum(axis=-1, keepdims=True)",
        "(weights.sum(axis=-1, keepdims=True) + 1e-5)",
        {"values"},
    ),
    "softmax over the queries": (
        "axis=-1, keepdims=True) @",
        "axis=0, keepdims=True) @",
        {"values"},
    ),
    "no keepdims": ("weights.sum(axis=-1, keepdims=True) @", "weights.sum(axis=-1) @", {"values"}),
    "causal mask": (ROOT, f"{ROOT} + np.triu(np.full((len(Q), len(Q)), -1e30), 1)", {"values"}),
    "positions": (ROOT, f"{ROOT} + np.arange(len(Q))", {"values"}),
    "diagonal left out": (ROOT, f"{ROOT} - 1e30 * np.eye(len(Q)) * (len(Q) > 1)", {"values"}),
    "keys for values": ("@ V", "@ K", {"values"}),
    "zero scores masked": (SOFTMAX, f"scores[scores == 0] = -1e30\n    {SOFTMAX}", {"zero-scores"}),
    "input changed": (
        SCORES,
        f"    if V.flags.writeable: V[:] = V[::-1].copy()\n    V = V[::-1]\n{SCORES}",
        {"unchanged"},
    ),
    "read-only refused": (SCORES, f"    if not V.flags.writeable: V += 0\n{SCORES}", {"layouts"}),
    "order in memory": (SCORES, f"    Q = Q.ravel('K').reshape(Q.shape)\n{SCORES}", {"layouts"}),
    "weights of integers": (SOFTMAX, f"{SOFTMAX}.astype(Q.dtype)", {"integers"}),
    "squeezed": ("@ V", "@ V.squeeze()", {"one-token"}),
    "hard-coded width": (ROOT, " / np.sqrt(4)", {"values"}),
}
JOIN = "return np.concatenate([attend(*head) for head in heads], axis=-1)"
SPLIT = "heads = zip(*(np.split(array, n_heads, axis=-1) for array in (Q, K, V)))"
IN_HEADS = {
    "integers kept": (JOIN, f"out = np.zeros_like(Q)\n    out[...] = {JOIN[7:]}\n    return out"),
    "by reshape": (SPLIT, SPLIT.replace("np.split(array, n_heads, axis=-1)",
                                        "array.reshape(n_heads, len(Q), -1)")),
    "interleaved": (SPLIT, SPLIT.replace("np.split(array, n_heads, axis=-1)",
                                         "[array[:, i::n_heads] for i in range(n_heads)]")),
    "joined by reshape": (JOIN, "return np.stack([attend(*h) for h in heads]).reshape(Q.shape)"),
    "in reverse": (JOIN, JOIN.replace("in heads", "in list(heads)[::-1]")),
    "always two": (SPLIT, f"n_heads = 2 if Q.shape[1] % 2 == 0 else n_heads\n    {SPLIT}"),
    "one for all": (JOIN, "return attend(Q, K, V)"),
    "first for all": (JOIN, "return np.hstack([attend(*next(heads))] * n_heads)"),
    "scaled by d_model": (JOIN, JOIN.replace("attend(*head)",
                                             "attend(head[0] / np.sqrt(n_heads), *head[1:])")),
    "averaged": (JOIN, "return np.tile(sum(attend(*h) for h in heads) / n_heads, n_heads)"),
    "stacked": (JOIN, "return np.stack([attend(*head) for head in heads])"),
    "below each other": (JOIN, JOIN.replace("axis=-1", "axis=0")),
    "split by tokens": (SPLIT, SPLIT.replace("np.split(array, n_heads, axis=-1)",
                                             "np.array_split(array, n_heads, axis=0)")),
}  # fmt: skip
PRODUCTS = "X @ W_q, X @ W_k, X @ W_v"
IN_PROJECTIONS = {
    "transposed": ("X @ W_q.T, X @ W_k.T, X @ W_v.T", {"values"}),
    "one transposed": ("X @ W_q, X @ W_k, X @ W_v.T", {"values"}),
    "swapped": ("X @ W_q, X @ W_v, X @ W_k", {"values"}),
    "all the same": ("X @ W_q, X @ W_q, X @ W_q", {"values"}),
    "from the left": ("*((W[:1, :1] * X) for W in (W_q, W_k, W_v)),", {"values"}),
    "elementwise": ("*(X * W[:1] for W in (W_q, W_k, W_v)),", {"example"}),
    "not used": ("X, X, X", {"values"}),
    "normalized": ("*(X @ W / np.sqrt(len(W)) for W in (W_q, W_k, W_v)),", {"example"}),
    "integers": ("*((X @ W).astype(X.dtype) for W in (W_q, W_k, W_v)),", {"integers"}),
    "squeezed": ("*((X @ W).squeeze() for W in (W_q, W_k, W_v)),", {"one-token"}),
}


@pytest.mark.parametrize("mistake", IN_ATTENTION)
@pytest.mark.parametrize("function", ["self_attention", "multi_head_attention"])
def test_mistake_in_attention(only: Callable[[str], str], mistake: str, function: str) -> None:
    """A single mistake in attention fails the cases that are there to catch it."""
    old, new, expected = IN_ATTENTION[mistake]
    source = only(function)
    assert source.count(old) == 1
    names = missed_of(function, source.replace(old, new))
    assert names
    for name in expected if function == "self_attention" else ():
        assert any(one.startswith(name) for one in names), name


@pytest.mark.parametrize("mistake", IN_HEADS)
def test_mistake_in_the_heads(only: Callable[[str], str], mistake: str) -> None:
    """A single mistake in splitting or joining the heads fails the cases of values."""
    old, new = IN_HEADS[mistake]
    source = only("multi_head_attention")
    assert source.count(old) == 1
    expected = "integers" if mistake == "integers kept" else "values"
    assert expected in missed_of("multi_head_attention", source.replace(old, new))


@pytest.mark.parametrize("mistake", IN_PROJECTIONS)
def test_mistake_in_the_projections(only: Callable[[str], str], mistake: str) -> None:
    """A single mistake in compute_qkv fails the cases that are there to catch it."""
    new, expected = IN_PROJECTIONS[mistake]
    source = only("compute_qkv")
    assert source.count(PRODUCTS) == 1
    assert expected <= missed_of("compute_qkv", source.replace(PRODUCTS, new))


def test_list_for_a_tuple_costs_one_point(grade_source: "GradeSource", independent: str) -> None:
    """A list of the right three arrays loses the point of the tuple and no other."""
    report = grade_source(independent.replace(PRODUCTS, f"[{PRODUCTS}]"))
    assert not_passed(report) == {"compute_qkv.tuple"}
    assert report["points"] == 99


STATEFUL = {
    "remembers the shape": (
        "seen = {}\n"
        "def remember(function):\n"
        "    def call(*args):\n"
        "        key = (function, *(getattr(arg, 'shape', arg) for arg in args))\n"
        "        if key not in seen: seen[key] = function(*args)\n"
        "        return seen[key]\n"
        "    return call\n"
    ),
    "remembers the first input": (
        "seen = {}\n"
        "def remember(function):\n"
        "    def call(*args):\n"
        "        key = (function, args[0].tobytes(), args[0].shape, args[-1:] == (3,))\n"
        "        if key not in seen: seen[key] = function(*args)\n"
        "        return seen[key]\n"
        "    return call\n"
    ),
    "remembers sums": (
        "seen = {}\n"
        "def remember(function):\n"
        "    def call(*args):\n"
        "        key = (function, *((np.shape(arg), float(np.sum(arg))) for arg in args))\n"
        "        if key not in seen: seen[key] = function(*args)\n"
        "        return seen[key]\n"
        "    return call\n"
    ),
    "one buffer for all results": (
        "buffers = {}\n"
        "def remember(function):\n"
        "    def call(*args):\n"
        "        result = function(*args)\n"
        "        parts = result if isinstance(result, tuple) else (result,)\n"
        "        kept = []\n"
        "        for number, part in enumerate(parts):\n"
        "            buffer = buffers.setdefault((function, number, part.shape), part)\n"
        "            buffer[...] = part\n"
        "            kept.append(buffer)\n"
        "        return tuple(kept) if isinstance(result, tuple) else kept[0]\n"
        "    return call\n"
    ),
}


@pytest.mark.parametrize("kind", STATEFUL)
@pytest.mark.parametrize("function", KATA.functions)
def test_state_between_calls_is_caught(
    only: Callable[[str], str], kind: str, function: str
) -> None:
    """A function in which something outlives a call loses points."""
    source = f"{only(function)}\n{STATEFUL[kind]}\n{function} = remember({function})\n"
    assert missed_of(function, source)


# ---- credit carried forward ----------------------------------------------------------

ON_TOP = (
    "def multi_head_attention(Q, K, V, n_heads):\n"
    "    heads = zip(*(np.split(array, n_heads, axis=-1) for array in (Q, K, V)))\n"
    "    return np.concatenate([self_attention(*head) for head in heads], axis=-1)\n"
)
WRONG_ATTENTION = {
    "no scale": ("Q @ K.T", SOFTMAX),
    "scale by d_k": ("Q @ K.T / Q.shape[-1]", SOFTMAX),
    "naive softmax": (f"Q @ K.T{ROOT}", "weights = np.exp(scores)"),
    "one maximum": (f"Q @ K.T{ROOT}", "weights = np.exp(scores - scores.max())"),
    "keys and values swapped": (f"Q @ V.T{ROOT}", SOFTMAX),
    "queries by queries": (f"Q @ Q.T{ROOT}", SOFTMAX),
}


def with_attention(independent: str, scores: str, softmax: str) -> str:
    """Return a submission with right heads on top of a self_attention made of these lines."""
    start = independent.index("def self_attention")
    return (
        independent[:start]
        + "def self_attention(Q, K, V):\n"
        + "    with np.errstate(all='ignore'):\n"
        + f"        scores = {scores}\n"
        + f"        {softmax}\n"
        + "        return weights / weights.sum(axis=-1, keepdims=True) @ V\n"
        + ON_TOP
    )


@pytest.mark.parametrize("mistake", WRONG_ATTENTION)
def test_right_heads_keep_their_points(
    grade_source: "GradeSource", independent: str, mistake: str
) -> None:
    """Right heads on top of a wrong self_attention have all 40 points; the mistake costs once."""
    report = grade_source(with_attention(independent, *WRONG_ATTENTION[mistake]))
    earned = points(report)
    assert earned["compute_qkv"] == 20
    assert earned["self_attention"] < 40
    assert earned["multi_head_attention"] == 40


def test_wrong_heads_lose_points_on_a_wrong_attention(
    grade_source: "GradeSource", independent: str
) -> None:
    """Interleaved or re-cut heads earn no value on top of a wrong self_attention either."""
    source = with_attention(independent, "Q @ K.T", SOFTMAX)
    split = "np.split(array, n_heads, axis=-1) for array in (Q, K, V)"
    for wrong in (
        "[array[:, i::n_heads] for i in range(n_heads)] for array in (Q, K, V)",
        "array.reshape(n_heads, len(Q), -1) for array in (Q, K, V)",
        "np.split(array, n_heads, axis=-1)[::-1] for array in (Q, K, V)",
    ):
        assert split in source
        report = grade_source(source.replace(split, wrong))
        assert "multi_head_attention.values" in not_passed(report)
        assert points(report)["multi_head_attention"] < 20


def test_right_attention_carries_nothing(grade_source: "GradeSource", independent: str) -> None:
    """With a right self_attention, heads that attend wrongly are not credited."""
    source = independent + "\n" + ON_TOP.replace("self_attention(*head)", "own(*head)")
    source += "def own(Q, K, V):\n    return attend(Q * np.sqrt(Q.shape[-1]), K, V)\n"
    report = grade_source(source)
    assert points(report)["self_attention"] == 40
    assert "multi_head_attention.values" in not_passed(report)


TRIVIAL = {
    "zeros": "np.zeros(np.shape(V))",
    "ones": "np.ones(np.shape(V))",
    "V": "V",
    "Q": "Q",
    "the mean": "np.broadcast_to(V.mean(), V.shape)",
    "the sum of all": "Q + K + V",
    "nan": "np.full(V.shape, np.nan)",
    "bool": "V > 0",
    "bool of all": "Q + K + V > 0",
}


@pytest.mark.parametrize("kind", TRIVIAL)
def test_trivial_attention_carries_nothing(kind: str) -> None:
    """A self_attention that no heads could spoil earns its heads no value of any case."""
    names = missed(
        f"import numpy as np\ndef self_attention(Q, K, V):\n    return {TRIVIAL[kind]}\n"
        f"def multi_head_attention(Q, K, V, n_heads):\n    return {TRIVIAL[kind]}\n"
    )
    for function in ("self_attention", "multi_head_attention"):
        for name in ("example", "values", "all-heads", "odd-heads", "large", "repeated"):
            id_ = f"{function}.{name}"
            assert id_ in names or id_ not in {case.id for case in all_cases(KATA)}


@pytest.mark.parametrize("kind", ["zeros", "V"])
def test_trivial_answers_earn_nothing(grade_source: "GradeSource", kind: str) -> None:
    """Answers that do not depend on all inputs earn no point at all."""
    report = grade_source(
        "import numpy as np\ndef compute_qkv(X, W_q, W_k, W_v):\n    return X, X, X\n"
        f"def self_attention(Q, K, V):\n    return {TRIVIAL[kind]}\n"
        f"def multi_head_attention(Q, K, V, n_heads):\n    return {TRIVIAL[kind]}\n"
    )
    assert report["points"] == 0


def test_carried_credit_survives_crashes(grade_source: "GradeSource", independent: str) -> None:
    """A self_attention that hangs or dies leaves right heads, which do not call it, their due."""
    source = independent.replace("    return attend(Q, K, V)", "    import os; os._exit(0)")
    assert points(grade_source(source))["multi_head_attention"] == 40
