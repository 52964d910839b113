"""No sentence of a diagnosis is refuted by the cases of the same report."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.diagnosis.bank import bank, by_id
from grader.diagnosis.claims import Outcomes, SaidOfCases
from grader.diagnosis.symptoms import claims, texts
from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import GradeSource, RunInProcess

KATA = default_kata()
SCORES = "scores = Q @ K.T / np.sqrt(Q.shape[1])\n"
SHARED = "return e / e.sum(axis=1, keepdims=True) @ V"
RIGHT = {
    "compute_qkv": "return X @ W_q, X @ W_k, X @ W_v",
    "self_attention": f"{SCORES}e = np.exp(scores - scores.max(axis=1, keepdims=True))\n{SHARED}",
    "multi_head_attention": "heads = zip(*(np.split(A, n_heads, axis=1) for A in (Q, K, V)))\n"
    "return np.concatenate([self_attention(*head) for head in heads], axis=1)",
}
IN_HEADS = (
    "q, k, v = (np.stack(np.split(A, n_heads, axis=1)) for A in (Q, K, V))\n"
    "s = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[2])\n"
)
JOINED = "return np.concatenate(list(w @ v), axis=1)"


def file(**bodies: str) -> str:
    """Return a file with these bodies in place of right ones."""
    source = "import numpy as np\n\n"
    for name, function in KATA.functions.items():
        body = bodies.get(name, RIGHT[name])
        indented = "".join(f"    {line}\n" for line in body.splitlines())
        source += f"\ndef {name}({', '.join(function.parameters)}):\n{indented}"
    return source


def told(report: Any, function: str = "") -> list[str]:
    """Return the identifiers of a report's diagnoses, of one function or of all."""
    return [one["id"] for one in report["diagnoses"] if function in ("", one["function"])]


def words(report: Any) -> str:
    """Return all that the diagnoses say."""
    return " ".join(
        one[part] for one in report["diagnoses"] for part in ("title", "explanation", "next_step")
    )


FOUND = {
    "epsilon for a maximum": (
        "self_attention",
        f"{SCORES}e = np.exp(scores)\nreturn e / (e.sum(axis=1, keepdims=True) + 1e-8) @ V",
        ["nothing-subtracted"],
    ),
    "larger epsilon": (
        "self_attention",
        f"{SCORES}e = np.exp(scores)\nreturn e / (e.sum(axis=1, keepdims=True) + 1e-6) @ V",
        ["nothing-subtracted"],
    ),
    "tiniest epsilon": (
        "self_attention",
        f"{SCORES}e = np.exp(scores)\n"
        "return e @ V / (e.sum(1, keepdims=True) + np.finfo(float).tiny)",
        ["nothing-subtracted"],
    ),
    "epsilon in heads": (
        "multi_head_attention",
        f"{IN_HEADS}e = np.exp(s - s.max())\nw = e / (e.sum(-1, keepdims=True) + 1e-9)\n{JOINED}",
        ["one-maximum-for-all"],
    ),
    "a maximum for each head": (
        "multi_head_attention",
        f"{IN_HEADS}e = np.exp(s - s.max(axis=(1, 2), keepdims=True))\n"
        f"w = e / e.sum(-1, keepdims=True)\n{JOINED}",
        ["maximum-over-a-head"],
    ),
    "a maximum for each token": (
        "multi_head_attention",
        f"{IN_HEADS}e = np.exp(s - s.max(axis=(0, 2), keepdims=True))\n"
        f"w = e / e.sum(-1, keepdims=True)\n{JOINED}",
        ["maximum-shared-by-heads"],
    ),
    "one maximum": (
        "multi_head_attention",
        f"{IN_HEADS}e = np.exp(s - s.max())\nw = e / e.sum(-1, keepdims=True)\n{JOINED}",
        ["maximum-over-heads"],
    ),
    "squared distances": (
        "self_attention",
        "d2 = ((Q[:, None] - K[None]) ** 2).sum(-1)\ns = -d2 / (2 * np.sqrt(Q.shape[1]))\n"
        f"e = np.exp(s - s.max(1, keepdims=True))\n{SHARED}",
        ["scores-of-another-kind"],
    ),
    "a floor": (
        "self_attention",
        f"{SCORES}s = np.maximum(scores - scores.max(1, keepdims=True), -10)\n"
        f"e = np.exp(s)\n{SHARED}",
        ["small-weights-lifted"],
    ),
    "a shape that is assigned": (
        "self_attention",
        RIGHT["self_attention"].replace("return ", "n, d = Q.shape\nV.shape = (1, n, d)\nreturn (")
        + ")[0]",
        ["inputs-changed"],
    ),
    "no maximum, over the queries": (
        "self_attention",
        f"{SCORES}w = np.exp(scores) / np.sum(np.exp(scores), axis=0)\nreturn w @ V",
        ["normalised-over-queries", "overflow"],
    ),
    "one maximum, over the queries": (
        "self_attention",
        f"{SCORES}e = np.exp(scores - np.max(scores))\nreturn e / e.sum(axis=0) @ V",
        ["normalised-over-queries", "global-maximum"],
    ),
    "weights alone, no maximum": (
        "self_attention",
        f"{SCORES}return np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)",
        ["weights-returned", "overflow"],
    ),
    "softmax of the product": (
        "self_attention",
        f"{SCORES}scores = scores @ V\ne = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
        "return e / e.sum(axis=1, keepdims=True)",
        ["softmax-of-product"],
    ),
    "softmax of the output": (
        "self_attention",
        RIGHT["self_attention"].replace("return ", "o = ")
        + "\ne = np.exp(o - o.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)",
        ["output-softmaxed"],
    ),
    "a sum over the wrong axis": (
        "compute_qkv",
        "return tuple((X[:, :, None] * W[None]).sum(axis=2) for W in (W_q, W_k, W_v))",
        ["another-product"],
    ),
    "weights on the left": (
        "compute_qkv",
        "return X @ W_q, W_k @ X.T, X @ W_v",
        ["another-product"],
    ),
    "heads as wide as there are tokens": (
        "multi_head_attention",
        "d_k = max(1, len(Q) // n_heads)\nstarts = range(0, Q.shape[1], d_k)\n"
        "return np.concatenate([self_attention(Q[:, a : a + d_k], K[:, a : a + d_k], "
        "V[:, a : a + d_k]) for a in starts], axis=1)",
        ["heads-of-another-size"],
    ),
    "all but the first row": (
        "self_attention",
        RIGHT["self_attention"].replace("return ", "out = ") + "\nout[0] = 0\nreturn out",
        ["right-for-some-tokens"],
    ),
    "all but the last row": (
        "self_attention",
        RIGHT["self_attention"].replace("return ", "out = ") + "\nout[-1] = 0\nreturn out",
        ["right-for-some-tokens"],
    ),
    "a mask": (
        "self_attention",
        f"{SCORES}scores = np.where(np.tri(len(Q)) > 0, scores, -1e9)\n"
        f"e = np.exp(scores - scores.max(axis=1, keepdims=True))\n{SHARED}",
        ["causal-mask"],
    ),
    "a mask that looks ahead": (
        "self_attention",
        f"{SCORES}scores = np.where(np.tri(len(Q)).T > 0, scores, -1e9)\n"
        f"e = np.exp(scores - scores.max(axis=1, keepdims=True))\n{SHARED}",
        ["causal-mask-reversed"],
    ),
    "heads that are swapped and recut": (
        "multi_head_attention",
        "parts = zip(*(np.split(A, n_heads, axis=1) for A in (Q, K, V)))\n"
        "heads = np.stack([self_attention(*part) for part in parts])\n"
        "return heads.swapaxes(1, 2).reshape(Q.shape)",
        ["heads-turned-at-join"],
    ),
}


@pytest.mark.parametrize(("function", "body", "names"), FOUND.values(), ids=FOUND)
def test_found(grade_source: "GradeSource", function: str, body: str, names: list[str]) -> None:
    """What is wrong is named, and no case of the report refutes what is said of other inputs."""
    report = grade_source(file(**{function: body}))
    assert told(report, function) == names
    assert report["score"] < 1
    assert "everything is right" not in words(report).lower()
    assert "Scores of ordinary size come out right" not in words(report)
    for wrong in ("shift_below", "clipped", "normalisation", "The maximum is each row's"):
        assert wrong not in words(report)


@pytest.mark.long
def test_the_row_that_is_wrong_is_named(grade_source: "GradeSource") -> None:
    """Where all rows but one are right, that one is told, and that it is empty."""
    for place, which in (("0", "first"), ("-1", "last")):
        body = RIGHT["self_attention"].replace("return ", "out = ")
        body += f"\nout[{place}] = 0\nreturn out"
        (found,) = grade_source(file(self_attention=body))["diagnoses"]
        assert found["title"] == f"The output is right for all but the {which} token"
        assert f"The {which} row is 0 everywhere" in found["explanation"]


def test_another_order_of_parameters(grade_source: "GradeSource") -> None:
    """A function that is right with its arguments in another order is told which."""
    source = file().replace("(Q, K, V, n_heads)", "(n_heads, Q, K, V)")
    (found,) = grade_source(source)["diagnoses"]
    assert found["id"] == "parameters-in-another-order"
    assert "(n_heads, Q, K, V)" in found["explanation"]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("return np.concatenate(head, axis=1)", "name-not-defined"),
        ("return Q.view(len(Q), n_heads, -1)", "not-of-numpy"),
        ("return {}[n_heads]", "exception-raised"),
        ("assert n_heads % Q.shape[1] == 0\nreturn Q", "own-check-refuses"),
        ("return np.stack([self_attention(Q, K, V)] * n_heads)", "shape-wrong"),
    ],
)
@pytest.mark.parametrize("unscaled", [False, True])
def test_what_comes_second_is_told(
    grade_source: "GradeSource", body: str, name: str, unscaled: bool
) -> None:
    """Heads that crash, or have a wrong shape, are told so beside a wrong attention."""
    attention = RIGHT["self_attention"]
    wrong = (
        attention.replace(" / np.sqrt(Q.shape[1])", "")
        if unscaled
        else attention.replace(" - scores.max(axis=1, keepdims=True)", "")
    )
    report = grade_source(file(self_attention=wrong, multi_head_attention=body))
    assert told(report, "self_attention") == ["scores-not-scaled" if unscaled else "overflow"]
    assert told(report, "multi_head_attention") == [name]


@pytest.mark.long
def test_a_consequence_is_not_told(grade_source: "GradeSource") -> None:
    """Heads that fail for what their attention returns or raises have nothing of their own."""
    for wrong in ("return V, Q", "return undefined", "Q.shape = -1\nreturn V"):
        report = grade_source(file(self_attention=wrong))
        assert told(report, "self_attention")
        assert not told(report, "multi_head_attention"), wrong


def test_two_functions_that_raise(grade_source: "GradeSource") -> None:
    """Heads that raise before they come to their attention are told so, whatever that raises."""
    heads = "heads = selfattention(Q, K, V)\nreturn heads"
    report = grade_source(file(self_attention="return scores @ V", multi_head_attention=heads))
    assert told(report) == ["name-not-defined"] * 2


def test_the_line_stands_after_that(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """The screen says where the later function crashes."""
    path = tmp_path / "mine.py"
    wrong = RIGHT["self_attention"].replace(" - scores.max(axis=1, keepdims=True)", "")
    path.write_text(file(self_attention=wrong, multi_head_attention="return np.hstack(head)"))
    shown = " ".join(run_grade(path).out.split())
    line = path.read_text().splitlines().index("    return np.hstack(head)") + 1
    assert f"After that: A name is used that has no value there (line {line})." in shown


def test_more_is_returned_by_both(grade_source: "GradeSource") -> None:
    """A pair that comes back from both functions is told of both, as that."""
    attention = RIGHT["self_attention"].replace("return ", "out = ") + "\nreturn out, scores"
    heads = f"{IN_HEADS}e = np.exp(s)\nw = e / e.sum(-1, keepdims=True)\n{JOINED}, w"
    report = grade_source(file(self_attention=attention, multi_head_attention=heads))
    assert told(report) == ["weights-returned-too", "more-than-heads-returned"]
    (alone,) = grade_source(file(multi_head_attention=heads))["diagnoses"]
    assert (alone["id"], alone["certainty"]) == ("more-than-heads-returned", "exact")


@pytest.mark.long
def test_what_is_said_of_a_mistake_alone(grade_source: "GradeSource") -> None:
    """That all else is right is said of a mistake that stands alone, and never of one of two."""
    overflow = by_id(KATA)["overflow"]
    naive = f"{SCORES}e = np.exp(scores)\n{SHARED}"
    (alone,) = grade_source(file(self_attention=naive))["diagnoses"]
    assert alone["explanation"] == overflow.explanation
    unscaled = naive.replace(" / np.sqrt(Q.shape[1])", "")
    first, second = grade_source(file(self_attention=unscaled))["diagnoses"]
    assert (first["id"], second["id"]) == ("scores-not-scaled", "overflow")
    assert second["explanation"] == overflow.claim.otherwise


def test_a_claim_is_held_against_outcomes() -> None:
    """What is said to be right must not have failed, and what is said to be wrong not passed."""
    only = SaidOfCases(only=("large", "small"))
    assert not only.is_contradicted(Outcomes(frozenset({"large"})))
    assert only.is_contradicted(Outcomes(frozenset({"large", "values"})))
    right = SaidOfCases(right=("values",))
    assert not right.is_contradicted(Outcomes(frozenset({"large"})))
    assert right.is_contradicted(Outcomes(frozenset({"large", "values"})))
    wrong = SaidOfCases(wrong=("large",))
    assert wrong.is_impossible(Outcomes(passed=frozenset({"large"})))
    assert not wrong.is_impossible(Outcomes(failed=frozenset({"large"})))


def test_no_text_sends_to_another_function() -> None:
    """No text of heads says what their attention does, which they need not use."""
    for mistake in bank(KATA):
        if mistake.function == "multi_head_attention":
            for phrase in ("self_attention takes", "self_attention does", "self_attention run"):
                assert phrase not in f"{mistake.title} {mistake.explanation} {mistake.next_step}"


def test_language() -> None:
    """The texts have American spelling, and none of the odd words that were there once."""
    said = [
        f"{one.title} {one.explanation} {one.next_step} {one.claim.otherwise}" for one in bank(KATA)
    ]
    said += [" ".join(text.values()) for text in texts(KATA).values()]
    said += [claim.otherwise for claim in claims(KATA).values()]
    odd: tuple[str, ...] = (
        "hangs on",
        "hang on",
        "taken off",
        "All is right",
        "all is right",
        "normalis",
    )
    odd += ("centred", "neighbour", "behaviour", "behind the point", "mended", "has not enough")
    for text in said:
        assert not [word for word in odd if word in text], text
