"""Where no known mistake fits, what is said is where the function is right and where wrong."""

import re
from typing import TYPE_CHECKING

import pytest

from grader import kata
from grader.misconceptions import by_id
from grader.symptoms import texts

if TYPE_CHECKING:
    from tests.conftest import GradeSource

SOLUTION = kata.solution_path().read_text(encoding="utf-8")


def wrapped(function: str, body: str) -> str:
    """Return the solution with a function whose body sees the right one as `right`."""
    signature = ", ".join(kata.FUNCTIONS[function])
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    return (
        f"{SOLUTION}\n\nright_{function} = {function}\nmemory = []\n\n"
        f"def {function}({signature}):\n"
        f"    right = lambda *args: right_{function}(*args)\n{indented}"
    )


CASES = [
    ("nothing-returned", "self_attention", "right(Q, K, V)"),
    ("list-returned", "self_attention", "return list(right(Q, K, V))"),
    ("no-real-numbers", "self_attention", "return right(Q, K, V).astype(object)"),
    ("not-three-arrays", "compute_qkv", "return right(X, W_q, W_k, W_v)[:2]"),
    ("one-shape-always", "self_attention", "return np.ones((2, 2))"),
    ("scores-off-by-a-factor", "self_attention", "return right(0.7 * Q, K, V)"),
    ("scores-off-by-a-factor", "multi_head_attention", "return right(0.7 * Q, K, V, n_heads)"),
    (
        "few-digits",
        "self_attention",
        "return right(Q, K, V) * (1 + 1e-4 * np.sin(np.arange(Q.size)).reshape(Q.shape))",
    ),
    (
        "calls-remembered",
        "multi_head_attention",
        "memory.append(1)\nreturn right(Q, K, V, n_heads) + len(memory) - 1",
    ),
    (
        "wrong-for-layouts",
        "self_attention",
        "if not Q.flags.c_contiguous: raise ValueError\nreturn right(Q, K, V)",
    ),
    (
        "wrong-for-fortran-order",
        "self_attention",
        'return right(Q.ravel("K").reshape(Q.shape), K, V)',
    ),
    ("inputs-written-to", "self_attention", "Q *= 0.5\nQ *= 2\nreturn right(Q, K, V)"),
    (
        "wrong-for-integers",
        "self_attention",
        "np.finfo(Q.dtype)\nreturn right(Q, K, V)",
    ),
    (
        "wrong-for-one-number",
        "self_attention",
        "out = right(Q, K, V)\nreturn out.item() if out.size == 1 else out",
    ),
    ("wrong-for-one-token", "self_attention", "return right(Q, K, V) if len(Q) > 1 else Q"),
    (
        "wrong-for-one-head",
        "multi_head_attention",
        "return right(Q, K, V, n_heads) if n_heads > 1 else V",
    ),
    (
        "wrong-for-one-feature",
        "self_attention",
        "return right(Q, K, V) if Q.shape[1] > 1 else V",
    ),
    (
        "wrong-for-axes-of-one",
        "multi_head_attention",
        "out = right(Q, K, V, n_heads)\n"
        "return out / 2 if 1 in (len(Q), n_heads, Q.shape[1] // n_heads) else out",
    ),
    (
        "wrong-for-odd-heads",
        "multi_head_attention",
        "out = right(Q, K, V, n_heads)\n"
        "return np.concatenate([out[:, :-1], 0 * out[:, -1:]], axis=1) if n_heads % 2 else out",
    ),
    (
        "wrong-for-odd-lengths",
        "self_attention",
        "out = right(Q, K, V)\nif len(Q) % 2: out[-1] = 0\nreturn out",
    ),
    (
        "wrong-for-even-lengths",
        "self_attention",
        "out = right(Q, K, V)\nif len(Q) % 2 == 0: out[-1] = 0\nreturn out",
    ),
    (
        "square-only",
        "self_attention",
        "assert len(Q) == Q.shape[1]\nreturn right(Q, K, V)",
    ),
    (
        "wrong-for-more-tokens",
        "self_attention",
        "k = Q.shape[1]\nout = right(Q, K, V)\nout[k:] = 0\nreturn out",
    ),
    (
        "wrong-for-fewer-tokens",
        "self_attention",
        "return right(Q, K, V) if len(Q) >= Q.shape[1] else V",
    ),
    (
        "answered-by-heart",
        "multi_head_attention",
        "return Q + 1 if Q.shape == (2, 4) else right(Q, K, V, n_heads)",
    ),
    (
        "wrong-for-long",
        "self_attention",
        "return np.concatenate([right(Q[:9], K[:9], V[:9]), V[9:]])",
    ),
]


@pytest.mark.parametrize(("name", "function", "body"), CASES)
def test_each_symptom_is_seen(
    grade_source: "GradeSource", name: str, function: str, body: str
) -> None:
    """A function that is wrong in one way only is said to be wrong there, and nowhere else."""
    report = grade_source(wrapped(function, body))
    assert report["score"] < 1
    assert name in [one["id"] for one in report["diagnoses"] if one["function"] == function]
    for one in report["diagnoses"]:
        assert not re.search(r"[{}]", one["title"] + one["explanation"] + one["next_step"])


def test_every_symptom_is_tested() -> None:
    """No symptom is without a case here."""
    assert set(texts()) == {name for name, _, _ in CASES}


def test_texts() -> None:
    """The texts are complete and short, and share no identifier with the known mistakes."""
    assert not set(texts()) & set(by_id())
    for name, text in texts().items():
        assert set(text) == {"title", "explanation", "next_step"}, name
        assert 10 <= len(text["title"]) <= 70, name
        assert 40 <= len(text["explanation"]) <= 300, name
        assert 20 <= len(text["next_step"]) <= 200, name


def test_nothing_is_said_of_nonsense(grade_source: "GradeSource") -> None:
    """A function that is wrong everywhere, in no known way, gets no diagnosis."""
    report = grade_source(wrapped("self_attention", "return np.sin(right(Q, K, V)) * Q ** 3"))
    assert report["diagnoses"] == []
