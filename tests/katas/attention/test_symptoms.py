"""Where no known mistake fits, what is said is where the function is right and where wrong."""

import re
from typing import TYPE_CHECKING, NoReturn

import pytest

from grader.diagnosis.bank import by_id
from grader.diagnosis.mutants import source_with
from grader.diagnosis.plain_texts import PLAIN
from grader.diagnosis.symptoms import texts
from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import GradeSource

KATA = default_kata()

SOLUTION = KATA.solution_path.read_text(encoding="utf-8")


def wrapped(function: str, body: str, source: str = SOLUTION) -> str:
    """Return the solution with a function whose body sees the right one as `right`."""
    signature = ", ".join(KATA.functions[function].parameters)
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    return (
        f"{source}\n\nright_{function} = {function}\nmemory = []\n\n"
        f"def {function}({signature}):\n"
        f"    right = lambda *args: right_{function}(*args)\n{indented}"
    )


def in_heads(lines: str) -> str:
    """Return a body that appends an output to `out` for each head's q, k and v, and joins them."""
    indented = "".join(f"    {line}\n" for line in lines.splitlines())
    return (
        "out = []\n"
        "for q, k, v in zip(*(np.split(array, n_heads, axis=1) for array in (Q, K, V))):\n"
        f"{indented}return np.concatenate(out, axis=1)"
    )


SCORES = "scores = Q @ K.T / np.sqrt(Q.shape[1])\n"
SHIFTED = SCORES + "e = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
WEIGHTS = SHIFTED + "w = e / e.sum(axis=1, keepdims=True)\n"
SHARED = "return e / e.sum(axis=1, keepdims=True) @ V"
OF_A_HEAD = "scores = q @ k.T / np.sqrt(q.shape[1])\n"
SHARED_IN_A_HEAD = "out.append(e / e.sum(axis=1, keepdims=True) @ v)"
SLICES = (
    "d_k = Q.shape[1] // n_heads\nparts = [slice(h * d_k, (h + 1) * d_k) for h in range(n_heads)]\n"
)

SWALLOWED = (
    "try:\n    {}\n    e = np.exp(s)\n    return e / e.sum(axis=1, keepdims=True) @ V\n"
    "except ValueError:\n    return {}\n"
)
ONLINE = (
    "total, out, top = np.zeros((len(Q), 1)), np.zeros(V.shape), np.full((len(Q), 1), -np.inf)\n"
    "for at in range(0, len(K), {0}):\n"
    "    scores = Q @ K[at : at + {0}].T / np.sqrt(Q.shape[1])\n"
    "    new = np.maximum(top, scores.max(axis=1, keepdims=True))\n"
    "    e = np.exp(scores - new)\n"
    "    total = total * np.exp(top - new) + e.sum(axis=1, keepdims=True)\n"
    "    out, top = out + e @ V[at : at + {0}], new\n"
    "return out / total"
)
EVEN = WEIGHTS + "if {}: w = np.full(w.shape, 1 / len(w))\nreturn w @ V"
IN_BLOCKS = (
    "out = np.zeros(V.shape)\n"
    "for at in range(0, len(K), 4):\n"
    "    scores = Q @ K[at : at + 4].T / np.sqrt(Q.shape[1])\n"
    "    e = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
    "    out += e / e.sum(axis=1, keepdims=True) @ V[at : at + 4]\n"
    "return out"
)

CASES = [
    (
        "projections-not-linear",
        "compute_qkv",
        "Q, K, V = right(X, W_q, W_k, W_v)\nreturn np.maximum(Q, 0), K, V",
    ),
    ("something-added", "self_attention", "return right(Q, K, V - V.mean(axis=0))"),
    (
        "columns-of-heads-empty",
        "multi_head_attention",
        SLICES.replace("(h + 1) * d_k", "(h + 1) * d_k - 1") + "out = np.zeros(Q.shape)\n"
        "for part in parts: out[:, part] = self_attention(Q[:, part], K[:, part], V[:, part])\n"
        "return out",
    ),
    ("output-mixed", "self_attention", "return 0.5 * right(Q, K, V) + 0.5 * V"),
    ("output-mixed", "multi_head_attention", "return 2 * right(Q, K, V, n_heads) + Q"),
    ("softmax-in-blocks", "self_attention", IN_BLOCKS),
    (
        "softmax-in-blocks",
        "self_attention",
        IN_BLOCKS.replace("return out", "return out / -(-len(K) // 4)"),
    ),
    ("another-base", "self_attention", "return right(np.log(2.72) * Q, K, V)"),
    ("another-base", "multi_head_attention", "return right(np.log(3) * Q, K, V, n_heads)"),
    (
        "right-until-spread",
        "self_attention",
        f"{SCORES}e = np.exp(scores - scores[:, :2].max(axis=1, keepdims=True))\n{SHARED}",
    ),
    (
        "right-until-spread",
        "self_attention",
        f"{SCORES}e = np.exp(scores - scores[:, -3:].max(axis=1, keepdims=True))\n{SHARED}",
    ),
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
        "scores-bent",
        "self_attention",
        "s = 50 * np.tanh(Q @ K.T / np.sqrt(K.shape[1]) / 50)\n"
        "e = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "return e / e.sum(axis=1, keepdims=True) @ V",
    ),
    (
        "scores-bent",
        "multi_head_attention",
        "heads = []\n"
        "for q, k, v in zip(*(np.split(A, n_heads, axis=1) for A in (Q, K, V))):\n"
        "    s = np.arcsinh(q @ k.T / np.sqrt(k.shape[1]) / 30) * 30\n"
        "    e = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "    heads.append(e / e.sum(axis=1, keepdims=True) @ v)\n"
        "return np.concatenate(heads, axis=1)",
    ),
    (
        "wrong-for-whole-weight",
        "self_attention",
        "s = Q @ K.T / np.sqrt(K.shape[1])\n"
        "e = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "total = e.sum(axis=1, keepdims=True)\n"
        "return np.divide(e, total, out=np.zeros_like(e), where=total > 1) @ V",
    ),
    (
        "wrong-for-whole-weight",
        "multi_head_attention",
        "heads = []\n"
        "for q, k, v in zip(*(np.split(A, n_heads, axis=1) for A in (Q, K, V))):\n"
        "    s = q @ k.T / np.sqrt(k.shape[1])\n"
        "    e = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "    total = e.sum(axis=1, keepdims=True)\n"
        "    heads.append(np.divide(e, total, out=np.zeros_like(e), where=total > 1) @ v)\n"
        "return np.concatenate(heads, axis=1)",
    ),
    (
        "places-projected",
        "compute_qkv",
        "turn = 1 + np.arange(len(X))[:, None]\n"
        "return tuple(turn * each for each in right(X, W_q, W_k, W_v))",
    ),
    (
        "places-projected",
        "compute_qkv",
        "Q, K, V = right(X, W_q, W_k, W_v)\n"
        "x, y = np.split(Q, 2, axis=1)\n"
        "turn = np.arange(len(X))[:, None]\n"
        "return np.hstack([x * np.cos(turn) - y * np.sin(turn), "
        "x * np.sin(turn) + y * np.cos(turn)]), K, V",
    ),
    (
        "results-kept",
        "multi_head_attention",
        "memory.append(right(Q, K, V, n_heads))\nreturn np.concatenate(memory, axis=1)",
    ),
    (
        "results-kept",
        "self_attention",
        "memory.insert(0, right(Q, K, V))\nreturn np.concatenate(memory)",
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
        "multi_head_attention",
        "return right(Q, K, V, n_heads) if Q.shape[1] > n_heads else 2 * V",
    ),
    (
        "wrong-for-axes-of-one",
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
        "return right(Q, K, V) if len(Q) >= Q.shape[1] else V + 1",
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
    (
        "whole-blocks-only",
        "self_attention",
        "out, size = right(Q, K, V), min(len(Q), 10)\nout[len(Q) // size * size :] = 0\nreturn out",
    ),
    (
        "wrong-for-some-long",
        "self_attention",
        ONLINE.format(4),
    ),
    (
        "input-returned-for-some",
        "self_attention",
        "return right(Q, K, V) if len(Q) >= Q.shape[1] else V",
    ),
    (
        "input-returned-for-some",
        "self_attention",
        SWALLOWED.format("s = Q @ K / np.sqrt(Q.shape[1])", "V"),
    ),
    (
        "input-returned-for-some",
        "multi_head_attention",
        in_heads(
            SWALLOWED.replace("return ", "out.append(")
            .format("s = q @ k / np.sqrt(q.shape[1])", "v)")
            .replace("True) @ V", "True) @ v)")
        ),
    ),
    ("wrong-for-wide", "self_attention", "return right(Q, K, V) if Q.shape[1] < 9 else V"),
    (
        "wrong-for-wide",
        "multi_head_attention",
        "return right(Q, K, V, n_heads) if Q.shape[1] < 18 else V",
    ),
    (
        "wrong-for-large-d-k",
        "multi_head_attention",
        "return right(Q, K, V, n_heads) if Q.shape[1] < 6 * n_heads else V",
    ),
    (
        "wrong-for-dtypes",
        "compute_qkv",
        "return right(X.view(np.float64), W_q, W_k, W_v)",
    ),
    (
        "wrong-for-dtypes",
        "compute_qkv",
        "return right(X if X.dtype != np.float32 else 2 * X, W_q, W_k, W_v)",
    ),
    (
        "projections-of-zeros",
        "compute_qkv",
        "Q, K, V = right(X, W_q, W_k, W_v)\nreturn Q, 0 * K, V",
    ),
    (
        "projections-alike",
        "compute_qkv",
        "return tuple(np.tile(each[-1], (len(X), 1)) for each in right(X, W_q, W_k, W_v))",
    ),
    # Sums that are not set back.
    (
        "sums-carried",
        "compute_qkv",
        "return tuple(np.cumsum(each, axis=0) for each in right(X, W_q, W_k, W_v))",
    ),
    (
        "sums-carried",
        "compute_qkv",
        "return tuple(np.cumsum(each).reshape(each.shape) for each in right(X, W_q, W_k, W_v))",
    ),
    (
        "sums-carried",
        "compute_qkv",
        "Q, K, V = right(X, W_q, W_k, W_v)\nreturn Q, np.cumsum(K.T).reshape(K.T.shape).T, V",
    ),
    ("sums-carried", "self_attention", "return np.cumsum(right(Q, K, V), axis=1)"),
    (
        "sums-carried",
        "self_attention",
        "s = np.cumsum(Q @ K.T, axis=1) / np.sqrt(Q.shape[1])\n"
        "w = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "return w / w.sum(axis=1, keepdims=True) @ V",
    ),
    # Trivial answers, and what they are made of.
    ("always-zero", "self_attention", "return np.zeros_like(V)"),
    ("always-zero", "multi_head_attention", "return np.zeros_like(Q)"),
    ("always-zero", "compute_qkv", "return np.zeros_like(X), np.zeros_like(X), np.zeros_like(X)"),
    (
        "always-nan",
        "self_attention",
        "w = np.zeros((len(Q), len(K)))\nreturn w / w.sum(axis=1, keepdims=True) @ V",
    ),
    ("always-nan", "multi_head_attention", "return np.full(Q.shape, np.nan)"),
    ("input-returned", "self_attention", "return Q.copy()"),
    (
        "input-returned",
        "multi_head_attention",
        "return np.concatenate(np.split(V, n_heads, axis=1), axis=1)",
    ),
    ("something-else-returned", "self_attention", "return float(right(Q, K, V)[0, 0])"),
    (
        "something-else-returned",
        "compute_qkv",
        'Q, K, V = right(X, W_q, W_k, W_v)\nreturn {"Q": Q, "K": K, "V": V}',
    ),
    ("shape-wrong", "self_attention", "return right(Q, K, V).mean(axis=0)"),
    ("shape-wrong", "self_attention", "return right(Q, K, V)[1:]"),
    ("shape-wrong", "multi_head_attention", "return np.hstack([right(Q, K, V, n_heads), V])"),
    ("shape-wrong", "compute_qkv", "return tuple(each[None] for each in right(X, W_q, W_k, W_v))"),
    # Where functions are wrong.
    (
        "wrong-for-zero-scores",
        "self_attention",
        "if not (Q @ K.T).any(): return np.zeros_like(V)\nreturn right(Q, K, V)",
    ),
    (
        "wrong-for-equal-q-and-k",
        "self_attention",
        "if np.array_equal(Q, K): return V.copy()\nreturn right(Q, K, V)",
    ),
    (
        "wrong-for-equal-keys",
        "self_attention",
        "_, first = np.unique(K, axis=0, return_index=True)\n"
        "first.sort()\nreturn right(Q, K[first], V[first])",
    ),
    (
        "wrong-for-equal-keys",
        "multi_head_attention",
        "_, first = np.unique(K, axis=0, return_index=True)\n"
        "first.sort()\nreturn right(Q, K[first], V[first], n_heads)",
    ),
    (
        "heads-in-powers-of-two",
        "multi_head_attention",
        "if n_heads == 1: return self_attention(Q, K, V)\n"
        "half = Q.shape[1] // 2\n"
        "parts = [[A[:, :half] for A in (Q, K, V)], [A[:, half:] for A in (Q, K, V)]]\n"
        "counts = n_heads // 2, n_heads - n_heads // 2\n"
        "return np.concatenate([multi_head_attention(*part, count) "
        "for part, count in zip(parts, counts)], axis=1)",
    ),
    (
        "heads-in-powers-of-two",
        "multi_head_attention",
        "assert n_heads & (n_heads - 1) == 0\nreturn right(Q, K, V, n_heads)",
    ),
    (
        "two-heads-only",
        "multi_head_attention",
        "assert n_heads == 2\nreturn right(Q, K, V, n_heads)",
    ),
    (
        "wrong-for-many-heads",
        "multi_head_attention",
        SLICES + "out = np.zeros(Q.shape)\nfor part in parts[:8]:\n"
        "    out[:, part] = self_attention(Q[:, part], K[:, part], V[:, part])\nreturn out",
    ),
    # What exceptions say.
    ("name-not-defined", "self_attention", "return softmax(Q @ K.T / np.sqrt(d_k)) @ V"),
    ("name-not-defined", "multi_head_attention", "heads = heads + [Q]\nreturn heads"),
    ("not-of-numpy", "self_attention", "return np.softmax(Q @ K.T) @ V"),
    ("not-of-numpy", "self_attention", "e = np.exp(Q @ K.T)\nreturn e / e.sum(dim=-1) @ V"),
    ("not-of-numpy", "multi_head_attention", "return Q.view(len(Q), n_heads, -1)"),
    ("more-axes-expected", "self_attention", "return Q @ K.transpose(0, 2, 1) @ V"),
    (
        "more-axes-expected",
        "multi_head_attention",
        "batch, seq_len, d_model = Q.shape\nreturn right(Q, K, V, n_heads)",
    ),
    ("shapes-do-not-fit", "self_attention", "return Q @ K @ V"),
    ("shapes-do-not-fit", "self_attention", "return np.concatenate(np.split(V, 50))"),
    ("calls-inside-each-other", "self_attention", "return self_attention(Q, K, V)"),
    ("not-hashable", "self_attention", "return {Q: right(Q, K, V)}[Q]"),
    (
        "boolean-index-does-not-fit",
        "self_attention",
        "S = Q @ K.T\nreturn S[np.ones(len(S) + 1, bool)] @ V",
    ),
    ("truth-of-an-array", "self_attention", "return Q if Q @ K.T > 0 else V"),
    ("shapes-do-not-fit", "compute_qkv", "return X + W_q, X + W_k, X + W_v"),
    (
        "index-out-of-range",
        "self_attention",
        "out = np.zeros_like(V)\nfor i in range(len(Q) + 1):\n    out[i] = V[i]\nreturn out",
    ),
    (
        "whole-number-needed",
        "multi_head_attention",
        "d_k = Q.shape[1] / n_heads\nreturn self_attention(Q[:, :d_k], K[:, :d_k], V[:, :d_k])",
    ),
    ("whole-number-needed", "compute_qkv", "return np.zeros((len(X), X.shape[1] / 1)),"),
    ("wrong-arguments", "multi_head_attention", "return self_attention(Q, K, V, n_heads)"),
    ("wrong-arguments", "self_attention", "e = np.exp(Q @ K.T, axis=-1)\n" + SHARED),
    # What calls do to what they get, and to each other.
    ("inputs-changed", "self_attention", "Q.shape = Q.shape[::-1]\nreturn right(Q.T, K, V)"),
    (
        "inputs-changed",
        "multi_head_attention",
        "V += 1e-3\nreturn right(Q, K, V - 1e-3, n_heads)",
    ),
    (
        "calls-remembered",
        "self_attention",
        "memory.append(right(Q, K, V))\nfits = memory[0].shape == V.shape\n"
        "return memory[0] if fits else memory[-1]",
    ),
    (
        "another-result-each-time",
        "self_attention",
        "return 2 * right(Q, K, V) * (np.random.default_rng().random(V.shape) > 0.5)",
    ),
    (
        "another-result-each-time",
        "multi_head_attention",
        "W_o = np.random.randn(Q.shape[1], Q.shape[1])\nreturn right(Q, K, V, n_heads) @ W_o",
    ),
    (
        "another-result-each-time",
        "compute_qkv",
        "return X @ W_q, X @ W_k, np.random.randn(*X.shape)",
    ),
    (
        "results-overwritten",
        "self_attention",
        "if not memory: memory.append(np.empty(10_000))\n"
        "out = memory[0][: V.size].reshape(V.shape)\n"
        "out[:] = right(Q, K, V)\nreturn out",
    ),
    (
        "results-overwritten",
        "multi_head_attention",
        "if not memory: memory.append(np.empty(10_000))\n"
        "out = memory[0][: V.size].reshape(V.shape)\n"
        "out[:] = right(Q, K, V, n_heads)\nreturn out",
    ),
    # Wrong outputs.
    ("argument-without-influence", "self_attention", "return 1.5 * right(K, K, V)"),
    ("argument-without-influence", "multi_head_attention", "return 1.1 * right(Q, Q, V, n_heads)"),
    ("feature-left-out", "self_attention", "return right(Q[:, :-1], K[:, :-1], V)"),
    (
        "feature-left-out",
        "multi_head_attention",
        "Q = Q.copy()\nQ[:, [0, -1]] = 0\nreturn right(Q, K, V, n_heads)",
    ),
    (
        "token-left-out",
        "self_attention",
        WEIGHTS + "V = V.copy()\nV[-1:] = V[:1] ** 2\nreturn w @ V",
    ),
    (
        "token-left-out",
        "multi_head_attention",
        "V = V.copy()\nV[-1:] = V[:1] ** 2\nreturn right(Q, K, V, n_heads)",
    ),
    (
        "same-for-all-tokens",
        "self_attention",
        WEIGHTS + "return np.tile(w.mean(axis=0) @ V, (len(V), 1))",
    ),
    (
        "same-for-all-tokens",
        "multi_head_attention",
        "return np.tile(right(Q, K, V, n_heads).mean(axis=0), (len(V), 1))",
    ),
    (
        "right-for-some-tokens",
        "self_attention",
        WEIGHTS
        + "out = np.zeros_like(V)\nfor i in range(1, len(Q)):\n    out[i] = w[i] @ V\nreturn out",
    ),
    (
        "right-for-some-tokens",
        "multi_head_attention",
        "out = right(Q, K, V, n_heads)\nout[1::2] = V[1::2]\nreturn out",
    ),
    (
        "right-for-some-features",
        "self_attention",
        WEIGHTS + "out = np.zeros_like(V)\nout[:, 0] = w @ V[:, 0]\nreturn out",
    ),
    (
        "right-for-some-features",
        "multi_head_attention",
        "out = right(Q, K, V, n_heads)\nout[:, 1::2] = 0\nreturn out",
    ),
    (
        "right-for-some-heads",
        "multi_head_attention",
        SLICES + "out = np.zeros(Q.shape)\nfor h, part in enumerate(parts):\n"
        "    out[:, part] = self_attention(Q[:, part] / (h + 1), K[:, part], V[:, part])\n"
        "return out",
    ),
    (
        "one-head-everywhere",
        "multi_head_attention",
        SLICES + "heads = [self_attention(Q[:, part], K[:, part], V[:, part]) for part in parts]\n"
        "return np.concatenate([heads[h // 3] for h in range(n_heads)], axis=1)",
    ),
    (
        "heads-in-other-places",
        "multi_head_attention",
        "heads = np.split(right(Q, K, V, n_heads), n_heads, axis=1)\n"
        "heads[0], heads[-1] = heads[-1], heads[0]\nreturn np.concatenate(heads, axis=1)",
    ),
    (
        "heads-rescaled",
        "multi_head_attention",
        in_heads(
            "out.append(self_attention(q, k, v))\n"
            "out[-1] = out[-1] - out[-1].mean(axis=1, keepdims=True)\n"
        ),
    ),
    (
        "weights-not-exponential",
        "self_attention",
        SCORES + "e = 1 + scores**2\n" + SHARED,
    ),
    (
        "scores-not-dot-products",
        "self_attention",
        "scores = -((Q[:, None] - K) ** 4).sum(axis=2)\n"
        "e = np.exp(scores - scores.max(axis=1, keepdims=True))\n" + SHARED,
    ),
    ("something-added", "self_attention", "return right(Q, K, V) + 0.5 * V"),
    ("something-added", "multi_head_attention", "return right(Q, K, V, n_heads) + 0.01"),
    (
        "rows-rescaled",
        "self_attention",
        "out = right(Q, K, V)\nreturn out / out.sum(axis=1, keepdims=True)",
    ),
    (
        "rows-rescaled",
        "multi_head_attention",
        "out = right(Q, K, V, n_heads)\nreturn out - out.max(axis=1, keepdims=True)",
    ),
    ("rounded-to-decimals", "self_attention", "return np.round(right(Q, K, V), 2)"),
    (
        "rounded-to-decimals",
        "compute_qkv",
        "Q, K, V = right(X, W_q, W_k, W_v)\nreturn Q, K, V.round(1)",
    ),
    (
        "rounded-to-decimals",
        "multi_head_attention",
        "return np.floor(100 * right(Q, K, V, n_heads)) / 100",
    ),
    (
        "heads-touch",
        "multi_head_attention",
        SLICES + "heads = [\n    self_attention(Q[:, part], K[:, before], V[:, part])\n"
        "    for part, before in zip(parts, parts[-1:] + parts)\n]\n"
        "return np.concatenate(heads, axis=1)",
    ),
    (
        "queries-touch",
        "self_attention",
        WEIGHTS + "w = (w + w.T) / 2\nreturn w @ V",
    ),
    (
        "order-matters",
        "self_attention",
        "place = np.arange(len(Q))[:, None]\nreturn right(Q + 0.1 * place, K + 0.1 * place, V)",
    ),
    (
        "order-matters",
        "multi_head_attention",
        "place = np.arange(len(Q))[:, None]\nreturn right(Q, K - 0.2 * Q * place, V, n_heads)",
    ),
    # Wrong weights.
    ("output-off-by-a-factor", "self_attention", "return 1.7 * right(Q, K, V)"),
    ("output-off-by-a-factor", "multi_head_attention", "return -2 * right(Q, K, V, n_heads)"),
    (
        "rows-sum-to-something-else",
        "self_attention",
        SCORES + "e = np.exp(scores)\n"
        "return e / (e.sum(axis=1, keepdims=True) + np.abs(Q).sum()) @ V",
    ),
    (
        "added-to-sums",
        "multi_head_attention",
        in_heads(
            OF_A_HEAD + "e = np.exp(scores)\n"
            "out.append(e / (e.sum(axis=1, keepdims=True) + 0.5) @ v)"
        ),
    ),
    (
        "rows-sum-to-something-else",
        "multi_head_attention",
        in_heads(
            OF_A_HEAD + "e = np.exp(scores)\n"
            "out.append(e / (e.sum(axis=1, keepdims=True) + np.abs(q).sum()) @ v)"
        ),
    ),
    (
        "keys-without-weight",
        "self_attention",
        WEIGHTS + "w = np.where(w < 0.1, 0, w)\nreturn w / w.sum(axis=1, keepdims=True) @ V",
    ),
    (
        "keys-without-weight",
        "self_attention",
        WEIGHTS + "return w * (np.random.default_rng(0).random(w.shape) > 0.2) @ V",
    ),
    (
        "keys-without-weight",
        "multi_head_attention",
        in_heads(
            OF_A_HEAD + "near = np.tri(len(q), k=1) - np.tri(len(q), k=-2)\n"
            "e = np.exp(np.where(near > 0, scores, -np.inf))\n" + SHARED_IN_A_HEAD
        ),
    ),
    ("weights-go-to-other-keys", "self_attention", WEIGHTS + "return np.sort(w, axis=1) @ V"),
    (
        "weights-go-to-other-keys",
        "multi_head_attention",
        "return right(Q, K, np.roll(V, 1, axis=0), n_heads)",
    ),
    (
        "scores-scaled-by-the-data",
        "self_attention",
        SCORES + "e = np.exp(scores / scores.std())\n" + SHARED,
    ),
    (
        "scores-scaled-by-the-data",
        "multi_head_attention",
        "return right(Q / np.linalg.norm(Q), K, V, n_heads)",
    ),
    (
        "scores-scaled-otherwise",
        "self_attention",
        "e = np.exp(Q @ K.T / Q.shape[1] / len(Q))\n" + SHARED,
    ),
    ("scores-scaled-otherwise", "multi_head_attention", "return right(Q / n_heads, K, V, n_heads)"),
    (
        "scores-scaled-by-a-constant",
        "self_attention",
        "e = np.exp(Q @ K.T / 5)\n" + SHARED,
    ),
    (
        "scores-scaled-by-a-constant",
        "self_attention",
        "e = np.exp(2.5 * Q @ K.T)\n" + SHARED,
    ),
    (
        "scores-scaled-by-a-constant",
        "multi_head_attention",
        in_heads("e = np.exp(q @ k.T / np.sqrt(40))\n" + SHARED_IN_A_HEAD),
    ),
    (
        "scores-scaled-by-the-sizes",
        "self_attention",
        "e = np.exp(Q @ K.T / np.log(1 + Q.shape[1]))\n" + SHARED,
    ),
    (
        "scores-scaled-by-the-sizes",
        "multi_head_attention",
        "return right(Q / np.log(1 + len(Q)), K, V, n_heads)",
    ),
    (
        "scores-unscaled",
        "self_attention",
        "e = np.exp(Q @ K.T)\nreturn e / (e.sum(axis=1, keepdims=True) + 0.5) @ V",
    ),
    (
        "scores-unscaled",
        "multi_head_attention",
        in_heads("e = np.exp(q @ k.T)\nout.append(e / (e.sum(axis=1, keepdims=True) + 0.5) @ v)"),
    ),
    (
        "scores-hang-on-positions",
        "self_attention",
        SCORES + "e = np.exp(scores + np.eye(len(Q)))\n" + SHARED,
    ),
    (
        "scores-hang-on-positions",
        "multi_head_attention",
        in_heads(OF_A_HEAD + "e = np.exp(scores + np.arange(len(q)))\n" + SHARED_IN_A_HEAD),
    ),
    ("weights-grow-otherwise", "self_attention", SCORES + "e = 1 + np.exp(scores)\n" + SHARED),
    (
        "weights-grow-otherwise",
        "multi_head_attention",
        in_heads(OF_A_HEAD + "e = 2 + np.arctan(scores)\n" + SHARED_IN_A_HEAD),
    ),
    ("weights-fall-with-scores", "self_attention", WEIGHTS + "return (1 - w) @ V"),
    (
        "weights-fall-with-scores",
        "multi_head_attention",
        in_heads(OF_A_HEAD + "e = 1 / (2 + np.exp(scores))\n" + SHARED_IN_A_HEAD),
    ),
    # Large scores.
    (
        "scores-mirrored",
        "self_attention",
        SCORES + "scores = np.triu(scores) + np.triu(scores, 1).T\n"
        "e = np.exp(scores - scores.max(axis=1, keepdims=True))\n" + SHARED,
    ),
    (
        "scores-mirrored",
        "multi_head_attention",
        in_heads(
            OF_A_HEAD + "scores = np.tril(scores) + np.tril(scores, -1).T\n"
            "e = np.exp(scores)\n" + SHARED_IN_A_HEAD
        ),
    ),
    (
        "another-bound-subtracted",
        "self_attention",
        SCORES + "bound = np.linalg.norm(Q, axis=1).max() * np.linalg.norm(K, axis=1).max()\n"
        "e = np.exp(scores - bound / np.sqrt(Q.shape[1]))\n" + SHARED,
    ),
    ("nothing-subtracted", "self_attention", SCORES + "e = np.exp(scores + 50)\n" + SHARED),
    (
        "right-until-high",
        "self_attention",
        SHIFTED + "if scores.max() > 300: e = e[:, ::-1]\n" + SHARED,
    ),
    (
        "right-until-high",
        "multi_head_attention",
        "out = right(Q, K, V, n_heads)\nreturn out if np.abs(Q @ K.T).max() < 400 else -out",
    ),
    (
        "scores-cut-off",
        "multi_head_attention",
        in_heads(OF_A_HEAD + "e = np.exp(np.minimum(scores, 90))\n" + SHARED_IN_A_HEAD),
    ),
    ("equal-weights-for-large", "self_attention", EVEN.format("scores.max() > 600")),
    (
        "equal-weights-for-large",
        "self_attention",
        EVEN.format("not np.isfinite(np.exp(np.abs(scores))).all()"),
    ),
    (
        "equal-weights-for-large",
        "multi_head_attention",
        "if (Q @ K.T).max() > 900: return np.tile(V.mean(axis=0), (len(V), 1))\n"
        "return right(Q, K, V, n_heads)",
    ),
    (
        "right-until-low",
        "self_attention",
        "scores = np.maximum(Q @ K.T / np.sqrt(Q.shape[1]), -100)\n"
        "e = np.exp(scores - scores.max(axis=1, keepdims=True))\n" + SHARED,
    ),
    (
        "right-until-apart",
        "self_attention",
        WEIGHTS
        + "sizes = np.abs(scores).max(axis=1)\nw[sizes < sizes.max() / 3000] = 0\nreturn w @ V",
    ),
    (
        "wrong-for-a-far-key",
        "self_attention",
        SCORES + "shifted = scores - scores.max(axis=1, keepdims=True)\n"
        "e = np.vectorize(lambda s: 0 if s < -30 else np.exp(s))(shifted)\n" + SHARED,
    ),
    (
        "wrong-for-a-far-key",
        "multi_head_attention",
        in_heads(
            OF_A_HEAD + "shifted = scores - scores.max(axis=1, keepdims=True)\n"
            "e = np.vectorize(lambda s: 0 if s < -30 else np.exp(s))(shifted)\n" + SHARED_IN_A_HEAD
        ),
    ),
    (
        "imprecise-for-large",
        "self_attention",
        "scores = ((Q[:, None] + K) ** 2 - (Q[:, None] - K) ** 2).sum(axis=2) / 4\n"
        "scores /= np.sqrt(Q.shape[1])\ne = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
        + SHARED,
    ),
    # Projections.
    ("weights-without-influence", "compute_qkv", "return X @ W_q, X @ W_k, X @ W_k @ W_k"),
    ("diagonals-only", "compute_qkv", "return tuple(X * np.diag(W) for W in (W_q, W_k, W_v))"),
    (
        "projected-in-part",
        "compute_qkv",
        "Q, K, V = np.zeros((3, *X.shape))\n"
        "for i in range(len(X)):\n    for j in range(X.shape[1] - 1):\n"
        "        Q[i, j], K[i, j], V[i, j] = X[i] @ W_q[:, j], X[i] @ W_k[:, j], X[i] @ W_v[:, j]\n"
        "return Q, K, V",
    ),
    (
        "projections-off-by-a-factor",
        "compute_qkv",
        "return X @ W_q, X @ W_k / np.sqrt(X.shape[1]), X @ W_v",
    ),
    (
        "columns-rescaled",
        "compute_qkv",
        "return tuple(X @ (W / np.linalg.norm(W, axis=0)) for W in (W_q, W_k, W_v))",
    ),
    ("projections-shifted", "compute_qkv", "return X @ W_q + 1, X @ W_k + 1, X @ W_v + 1"),
    (
        "projections-shifted",
        "compute_qkv",
        "place = np.arange(1, len(X) + 1)[:, None]\nreturn right(X + np.sin(place), W_q, W_k, W_v)",
    ),
    ("tokens-touch", "compute_qkv", "return right(X - X.max(axis=0), W_q, W_k, W_v)"),
    (
        "right-until-heads-apart",
        "multi_head_attention",
        "q, k, v = (a.reshape(len(a), n_heads, -1).transpose(1, 0, 2) for a in (Q, K, V))\n"
        "s = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[2])\n"
        "out = right(Q, K, V, n_heads)\n"
        "return -out if s.min() < -150 and (s.max() > 150 or s.max() < -900) else out",
    ),
    (
        "wrong-for-squares",
        "compute_qkv",
        "return right(X.T if X.shape[0] == X.shape[1] else X, W_q, W_k, W_v)",
    ),
    (
        "wrong-for-stretched",
        "compute_qkv",
        "try:\n    return tuple(np.multiply(X, W) for W in (W_q, W_k, W_v))\n"
        "except ValueError:\n    return right(X, W_q, W_k, W_v)",
    ),
    (
        "wrong-for-stretched",
        "self_attention",
        "s = Q @ K.T / np.sqrt(K.shape[1])\ne = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "try:\n    return e / e.sum(axis=1, keepdims=True) * V\n"
        "except ValueError:\n    return right(Q, K, V)",
    ),
    (
        "tokens-added",
        "compute_qkv",
        "Q, K, V = right(X, W_q, W_k, W_v)\nreturn Q, K, V + X",
    ),
    (
        "small-to-zero",
        "compute_qkv",
        "return tuple(np.where(np.abs(X @ W) < 0.2, 0, X @ W) for W in (W_q, W_k, W_v))",
    ),
    (
        "feature-not-projected",
        "compute_qkv",
        "return tuple(X[:, 1:] @ W[1:] for W in (W_q, W_k, W_v))",
    ),
    (
        "tokens-cut-by-heads",
        "multi_head_attention",
        "if len(Q) % n_heads:\n    raise ValueError('no multiple')\nreturn right(Q, K, V, n_heads)",
    ),
    (
        "calls-remembered",
        "compute_qkv",
        "if not memory or memory[0].shape != W_v.shape:\n    memory[:] = [W_v.copy()]\n"
        "return right(X, W_q, W_k, memory[0])",
    ),
    *(
        (
            "calls-remembered",
            "self_attention",
            f"for each, s in memory:\n    if np.array_equal(each, {kept}):\n        break\n"
            f"else:\n    s = Q @ K.T / np.sqrt(K.shape[1])\n    memory.append(({kept}, s))\n"
            "e = np.exp(s - s.max(axis=1, keepdims=True))\n"
            "return e / e.sum(axis=1, keepdims=True) @ V",
        )
        for kept in ("Q", "K")
    ),
    (
        "one-feature-counts",
        "compute_qkv",
        "return tuple(np.outer(X[:, -1], W[-1]) for W in (W_q, W_k, W_v))",
    ),
    ("list-for-tuple", "compute_qkv", "return [X @ W_q + 0.5, X @ W_k, X @ W_v]"),
    ("function-no-function", "self_attention", "yield right(Q, K, V)"),
    (
        "two-features-only",
        "multi_head_attention",
        "out = right(Q, K, V, n_heads)\nreturn out if Q.shape[1] == 2 * n_heads else 2 * out",
    ),
    (
        "one-token-counts",
        "self_attention",
        "w = right(Q, K, np.eye(len(K), K.shape[1])) if len(K) <= K.shape[1] else None\n"
        "s = Q @ K.T / np.sqrt(K.shape[1])\ne = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "return (e / e.sum(axis=1, keepdims=True))[:, -1:] * V[-1:]",
    ),
    ("rows-in-other-places", "self_attention", "return right(Q, K, V)[::-1]"),
    (
        "weights-have-few-decimals",
        "self_attention",
        "s = Q @ K.T / np.sqrt(K.shape[1])\ne = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "return np.round(e / e.sum(axis=1, keepdims=True), 1) @ V",
    ),
    (
        "whole-blocks-only",
        "self_attention",
        "out = right(Q, K, V)\nout[len(Q) // 4 * 4 :] = 0\nreturn out",
    ),
    (
        "wrong-for-more-heads",
        "multi_head_attention",
        "out = right(Q, K, V, n_heads)\nreturn out if n_heads == 1 else np.tanh(out) * out",
    ),
    (
        "projections-not-linear",
        "compute_qkv",
        "return tuple(np.tanh(each) for each in right(X, W_q, W_k, W_v))",
    ),
    ("another-product", "compute_qkv", "return X @ W_q, W_k @ X.T, X @ W_v"),
    *(
        ("another-array-projected", "compute_qkv", f"return right({array}, W_q, W_k, W_v)")
        for array in (
            "X - X.mean(axis=1, keepdims=True)",
            "np.maximum(X, 0)",
            "np.cumsum(X, axis=1)",
            "np.sin(X)",
        )
    ),
    (
        "wrong-for-odd-d-k",
        "multi_head_attention",
        "half = Q.shape[1] // n_heads // 2\nfirst = slice(half * 2)\n"
        "assert Q.shape[1] // n_heads == len(Q[0, first])\nreturn right(Q, K, V, n_heads)",
    ),
    *(
        (
            f"wrong-for-as-many-tokens-or-{which}",
            "self_attention",
            f"{SCORES}axis = int(np.{arg}(Q.shape))\n"
            "e = np.exp(scores - scores.max(axis=axis, keepdims=True))\n"
            "return e / e.sum(axis=axis, keepdims=True) @ V",
        )
        for which, arg in (("more", "argmax"), ("fewer", "argmin"))
    ),
    *(
        (
            "calls-remembered",
            "self_attention",
            f"if not memory or not np.array_equal(memory[-1][0], {kept}):\n"
            f"    memory.append(({kept}, Q @ K.T / np.sqrt(K.shape[1])))\n"
            "e = np.exp(memory[-1][1] - memory[-1][1].max(axis=1, keepdims=True))\n"
            "return e / e.sum(axis=1, keepdims=True) @ V",
        )
        for kept in ("Q", "K")
    ),
    (
        "block-of-zeros",
        "multi_head_attention",
        SLICES + "out = np.zeros(Q.shape)\nfor part in parts[: n_heads - 1] or parts:\n"
        "    out[:, part] = right(2 * Q[:, part], K[:, part], V[:, part], 1)\nreturn out",
    ),
    ("caret-for-power", "self_attention", "return right(Q, K, V) * Q.shape[1] ^ 0.5"),
    (
        "array-of-objects",
        "self_attention",
        SCORES + "e = np.exp((scores - scores.max(axis=1, keepdims=True)).astype(object))\n"
        "return e / e.sum(axis=1, keepdims=True) @ V",
    ),
    (
        "another-product",
        "compute_qkv",
        "return tuple((X[:, :, None] * W).sum(axis=2) for W in (W_q, W_k, W_v))",
    ),
    (
        "parameters-in-another-order",
        "compute_qkv",
        "return right(W_v, X, W_q, W_k)",
    ),
    ("parameters-in-another-order", "self_attention", "return right(V, K, Q)"),
    ("parameters-in-another-order", "multi_head_attention", "return right(K, V, n_heads, Q)"),
    ("parameters-in-another-order", "multi_head_attention", "return right(V, K, Q, n_heads)"),
    (
        "own-check-refuses",
        "multi_head_attention",
        "if Q.shape[1] % n_heads == 0:\n    raise ValueError('n_heads must divide d_model')\n"
        "return right(Q, K, V, n_heads)",
    ),
    (
        "own-check-refuses",
        "multi_head_attention",
        "assert n_heads % Q.shape[1] == 0\nreturn right(Q, K, V, n_heads)",
    ),
    (
        "heads-of-another-size",
        "multi_head_attention",
        "w = len(Q) // n_heads\nparts = [slice(h * w, h * w + w) for h in range(n_heads)]\n"
        "return np.hstack([self_attention(Q[:, c], K[:, c], V[:, c]) for c in parts])",
    ),
    (
        "heads-of-another-size",
        "multi_head_attention",
        "parts = [slice(a, a + 5) for a in range(0, Q.shape[1], 5)]\n"
        "return np.hstack([self_attention(Q[:, c], K[:, c], V[:, c]) for c in parts])",
    ),
    (
        "numbers-in-other-places",
        "multi_head_attention",
        "heads = np.split(right(Q, K, V, n_heads), n_heads, axis=1)\n"
        "return np.stack(heads).T.reshape(Q.shape[::-1]).T",
    ),
    ("output-scaled-by-the-sizes", "self_attention", "return right(Q, K, V) / Q.shape[1]"),
    (
        "output-scaled-by-the-sizes",
        "multi_head_attention",
        "return right(Q, K, V, n_heads) / np.sqrt(Q.shape[1])",
    ),
    (
        "terms-too-many",
        "self_attention",
        SCORES + "e = np.exp(scores)\nreturn e / (3 + e.sum(axis=1, keepdims=True)) @ V",
    ),
    (
        "added-to-sums",
        "self_attention",
        SHIFTED + "return e / (0.01 + e.sum(axis=1, keepdims=True)) @ V",
    ),
    (
        "added-to-sums",
        "self_attention",
        SCORES + "e = np.exp(scores - scores.max())\n"
        "return e / (1e-4 + e.sum(axis=1, keepdims=True)) @ V",
    ),
    (
        "small-weights-lifted",
        "self_attention",
        SCORES + "s = scores - scores.max(axis=1, keepdims=True)\n"
        "e = np.exp(np.maximum(s, -10))\n" + SHARED,
    ),
    ("small-weights-lifted", "self_attention", WEIGHTS + "return np.maximum(w, 1e-3) @ V"),
    (
        "small-weights-lifted",
        "multi_head_attention",
        in_heads(
            OF_A_HEAD + "s = scores - scores.max(axis=1, keepdims=True)\n"
            "e = np.exp(np.maximum(s, -12))\n" + SHARED_IN_A_HEAD
        ),
    ),
    (
        "scores-replaced",
        "self_attention",
        SCORES + "e = np.exp(scores * np.tri(len(Q)))\n" + SHARED,
    ),
    (
        "scores-replaced",
        "self_attention",
        SCORES + "e = np.exp(np.where(np.eye(len(Q)) > 0, -10, scores))\n" + SHARED,
    ),
    (
        "scores-of-another-kind",
        "self_attention",
        "s = ((Q[:, None] - K) ** 2).sum(axis=2)\ne = np.exp(-s / 3)\n" + SHARED,
    ),
    (
        "scores-of-another-kind",
        "self_attention",
        "return right(Q, K / np.linalg.norm(K, axis=1, keepdims=True), V)",
    ),
    (
        "scores-of-another-kind",
        "multi_head_attention",
        in_heads("e = np.exp(-np.abs(q[:, None] - k).sum(axis=2))\n" + SHARED_IN_A_HEAD),
    ),
    (
        "nothing-subtracted",
        "self_attention",
        SCORES + "e = np.exp(scores)\nreturn e / (1e-9 + e.sum(axis=1, keepdims=True)) @ V",
    ),
    (
        "nothing-subtracted",
        "multi_head_attention",
        in_heads(
            OF_A_HEAD
            + "e = np.exp(scores)\nout.append(e / (1e-6 + e.sum(axis=1, keepdims=True)) @ v)"
        ),
    ),
    (
        "scores-cut-off",
        "self_attention",
        SCORES + "e = np.exp(np.clip(scores, -90, 90))\n" + SHARED,
    ),
    *(
        (
            name,
            "multi_head_attention",
            "q, k, v = (np.stack(np.split(A, n_heads, axis=1)) for A in (Q, K, V))\n"
            "s = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[2])\n"
            f"e = np.exp(s - s.max(axis={axes}, keepdims=True))\n"
            "w = e / (e.sum(axis=2, keepdims=True) + 1e-9)\n"
            "return np.concatenate(list(w @ v), axis=1)",
        )
        for name, axes in (
            ("one-maximum-for-all", "(0, 1, 2)"),
            ("one-maximum-in-a-head", "(1, 2)"),
            ("heads-share-a-maximum", "(0, 2)"),
        )
    ),
]


@pytest.mark.long
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


SIGNATURE = "multi_head_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, n_heads: int)"


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("function-missing", "multihead_attention(Q, K, V, n_heads)"),
        ("function-signature", "multi_head_attention(Q, K, V)"),
    ],
)
def test_not_the_kata_s_function(grade_source: "GradeSource", name: str, signature: str) -> None:
    """A function that is not there, or cannot be called with the kata's arguments, is told so."""
    report = grade_source(SOLUTION.replace(SIGNATURE, signature))
    assert [one["id"] for one in report["diagnoses"]] == [name]


UNTRUE = {
    "scale-rounded-up": "e = np.exp(Q @ K.T / 2)\nreturn e / e.sum(axis=1, keepdims=True) @ V",
    "maximum-added": "e = np.exp((Q @ K.T / np.sqrt(K.shape[1])).astype(np.float32))\n"
    "return e / e.sum(axis=1, keepdims=True) @ V",
    "negated-scores": "s = Q @ K.T / np.sqrt(K.shape[1])\nw = s - s.min(axis=1, keepdims=True)\n"
    "return w / w.sum(axis=1, keepdims=True) @ V",
    "feature-left-out": "return V[::-1] + 1",
    "queries-touch": "return np.log(right(Q, K, V))",
    "wrong-for-integers": "_, first = np.unique(K, axis=0, return_index=True)\n"
    "first.sort()\nreturn right(Q, K[first], V[first])",
    "right-for-some-tokens": WEIGHTS + "return w * np.tri(len(w)) @ V",
    "scores-not-dot-products": SCORES + "e = 1 + scores**2\n" + SHARED,
    "rows-rescaled": SCORES + "s = scores - scores.max(axis=1, keepdims=True)\n"
    "e = np.exp(np.maximum(s, -10))\n" + SHARED,
    "values-changed": "out = right(Q, K, V)\nV.shape = V.shape[::-1]\nreturn out",
    "keys-changed": "Q.shape = (1, *Q.shape)\nreturn right(Q[0], K, V)",
    "shift-below-only": SCORES + "e = np.exp(scores)\n"
    "return e @ V / (e.sum(axis=1, keepdims=True) + np.finfo(float).tiny)",
    "overflow": "K, V = (np.vstack([A, np.zeros(A.shape[1])]) for A in (K, V))\n"
    + SHIFTED
    + SHARED,
    "maximum-without-keepdims": SCORES + "e = np.exp(scores - scores.min())\n"
    "return e / e.sum(axis=0) @ V",
    "weights-not-exponential": "s = -((Q[:, None] - K) ** 4).sum(axis=2)\n"
    "e = np.exp(s - s.max(axis=1, keepdims=True))\n" + SHARED,
}


def test_a_key_and_its_neighbors(grade_source: "GradeSource") -> None:
    """Where a query sees itself and its neighbors, its own key is not said to be hidden."""
    body = (
        SCORES + "at = np.arange(len(Q))\n"
        "s = np.where(abs(at[:, None] - at) > 1, -np.inf, scores)\n"
        "e = np.exp(s - s.max(axis=1, keepdims=True))\n" + SHARED
    )
    (found,) = grade_source(wrapped("self_attention", body))["diagnoses"]
    assert found["title"].endswith(": the keys more than one place away")


def test_a_bound_is_told_from_equal_weights(grade_source: "GradeSource") -> None:
    """Scores are said to be clipped only where one far above the others keeps its weight."""
    share = "e = np.exp(scores)\nw = e / e.sum(axis=1, keepdims=True)\n"
    for body, name in (
        (f"{SCORES}{share}return np.where(np.isnan(w), 1 / len(w), w) @ V", "right-until-high"),
        (EVEN.format("scores.max() > 600"), "equal-weights-for-large"),
        (SCORES + "e = np.exp(np.minimum(scores, 600))\n" + SHARED, "scores-cut-off"),
    ):
        (found,) = grade_source(wrapped("self_attention", body))["diagnoses"]
        assert found["id"] == name


def test_two_features_are_no_sign(grade_source: "GradeSource") -> None:
    """Any two numbers are any others, shifted and scaled: that says nothing of the heads."""
    body = (
        "d_k = Q.shape[1] >> (n_heads.bit_length() - 1)\n"
        "parts = [slice(h * d_k, (h + 1) * d_k) for h in range(n_heads)]\n"
        "heads = [self_attention(Q[:, part], K[:, part], V[:, part]) for part in parts]\n"
        "return np.concatenate(heads, axis=1)"
    )
    report = grade_source(wrapped("multi_head_attention", body))
    assert "heads-rescaled" not in [one["id"] for one in report["diagnoses"]]


def test_a_length_from_which_on_it_goes_wrong_is_no_block(grade_source: "GradeSource") -> None:
    """Whole blocks are told only where multiples of them are right, and a length where not."""
    body = "return np.concatenate([right(Q[:32], K[:32], V[:32]), V[32:]])"
    (found,) = grade_source(wrapped("self_attention", body))["diagnoses"]
    assert found["title"] == "From 33 tokens on it goes wrong"
    body = "out = right(Q, K, V)\nout[len(Q) // 32 * 32 or 32 :] = 0\nreturn out"
    (found,) = grade_source(wrapped("self_attention", body))["diagnoses"]
    assert found["explanation"].startswith("Up to 32 tokens, and where their number is a multiple")


def test_what_holds_in_one_shape_is_not_said_of_all(grade_source: "GradeSource") -> None:
    """Weights that hang on Q and K in square shapes alone say nothing of dot products."""
    body = SWALLOWED.format("s = Q @ K / np.sqrt(Q.shape[1])", "V")
    (found,) = (
        one
        for one in grade_source(wrapped("self_attention", body))["diagnoses"]
        if one["function"] == "self_attention"
    )
    assert found["id"] == "input-returned-for-some"
    assert found["explanation"].startswith("Where there are not as many tokens as features, V")


def test_nan_is_no_sign(grade_source: "GradeSource") -> None:
    """What is nan for other values says nothing of what the weights hang on."""
    body = WEIGHTS + "return np.exp(np.log(w) + np.log(V.sum(axis=1))) @ V"
    report = grade_source(wrapped("self_attention", body))
    assert "scores-not-dot-products" not in [one["id"] for one in report["diagnoses"]]


@pytest.mark.parametrize("untrue", UNTRUE)
def test_what_is_not_so_is_not_said(grade_source: "GradeSource", untrue: str) -> None:
    """What fits some of what was seen, and not what the code does, is not claimed."""
    report = grade_source(wrapped("self_attention", UNTRUE[untrue]))
    assert untrue not in [one["id"] for one in report["diagnoses"]]


def test_what_was_printed_outlives_the_diagnosis(grade_source: "GradeSource") -> None:
    """What a file prints while it loads is kept, even if none of its functions can be called."""
    report = grade_source("print('loaded')\nself_attention = 3\n")
    assert report["diagnoses"]
    assert report["output"]["stdout"] == "loaded\n"


@pytest.mark.long
def test_points_stand_where_the_diagnosis_fails(
    grade_source: "GradeSource", monkeypatch: pytest.MonkeyPatch
) -> None:
    """A diagnosis that raises leaves the status and all points as they are, and says nothing."""
    source = wrapped("self_attention", "return right(0.7 * Q, K, V)")
    usual = grade_source(source)

    def fail(*args: object) -> NoReturn:
        raise RuntimeError("no diagnosis")

    monkeypatch.setattr("grader.diagnosis.diagnose.diagnose", fail)
    report = grade_source(source)
    assert usual["diagnoses"]
    assert report["diagnoses"] == []
    for key in ("status", "score", "points", "cases"):
        assert report[key] == usual[key]
    assert report["status"] == "graded"
    assert 0 < report["score"] < 1


# Attentions that no known mistake explains; of some there is nothing to say at all.
UNKNOWN = {
    "bent": "return np.tanh(right(Q, K, V))",
    "by distances": "e = np.exp(-((Q[:, None] - K) ** 2).sum(axis=2) / 3)\n" + SHARED,
    "without queries": "return 1.3 * right(np.ones_like(Q), K, V)",
    "rounded": "return np.round(right(Q, K, V), 2)",
}


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN)
def test_right_heads_on_a_wrong_attention(grade_source: "GradeSource", body: str) -> None:
    """Heads that are wrong for the attention in them alone get no diagnosis of their own."""
    report = grade_source(wrapped("self_attention", body))
    wrong = {case["function"] for case in report["cases"] if case["outcome"] != "passed"}
    assert "self_attention" in wrong
    assert {one["function"] for one in report["diagnoses"]} <= {"self_attention"}


@pytest.mark.parametrize("name", ["heads-reversed", "heads-split-by-reshape"])
@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN)
def test_wrong_heads_on_a_wrong_attention(
    grade_source: "GradeSource", body: str, name: str
) -> None:
    """A known mistake in the heads is named, whatever the attention in them does."""
    report = grade_source(wrapped("self_attention", body, source_with(KATA, by_id(KATA)[name])))
    told = [one["id"] for one in report["diagnoses"] if one["function"] == "multi_head_attention"]
    assert told == [name]


def test_heads_elsewhere_on_a_wrong_attention(grade_source: "GradeSource") -> None:
    """Heads that are wrong in no known way are held against the attention that they use."""
    swapped = (
        "heads = np.split(right(Q, K, V, n_heads), n_heads, axis=1)\n"
        "heads[0], heads[-1] = heads[-1], heads[0]\nreturn np.concatenate(heads, axis=1)"
    )
    source = wrapped("self_attention", UNKNOWN["bent"], wrapped("multi_head_attention", swapped))
    found = [(one["function"], one["id"]) for one in grade_source(source)["diagnoses"]]
    assert found == [("multi_head_attention", "heads-in-other-places")]


def test_an_array_without_an_axis(grade_source: "GradeSource") -> None:
    """A result without any axis has a wrong shape like others, and breaks no diagnosis."""
    body = "out = right(Q, K, V)\nreturn np.array(out.sum()) if len(Q) == 5 else out.ravel()"
    report = grade_source(wrapped("self_attention", body))
    (found,) = (one for one in report["diagnoses"] if one["function"] == "self_attention")
    assert found["id"] == "shape-wrong"


OF_OTHER_KATAS = (
    *("not-the-tuple", "more-returned", "subclass-returned"),
    *("self-forgotten", "function-of-another-kata"),
)
"""What has a text, and a known mistake comes first in this kata, or nothing here can be so."""


@pytest.mark.long
def test_a_function_that_is_defined_twice(grade_source: "GradeSource") -> None:
    """Which def counts is told first, then what is wrong with it; nothing where both are used."""
    again = "def self_attention(Q, K, V):\n    return Q @ K.T @ V\n"
    found = grade_source(f"{SOLUTION}\n\n{again}")["diagnoses"]
    lines = [
        number
        for number, line in enumerate(f"{SOLUTION}\n\n{again}".splitlines(), 1)
        if line.startswith("def self_attention")
    ]
    assert found[0]["id"] == "defined-twice"
    said = f"The def in line {lines[1]} takes the place of the one in line {lines[0]}"
    assert said in found[0]["explanation"]
    assert found[1]["known"]
    used = f"{SOLUTION}\n\nright = self_attention\n\n{again}"
    quoted = f'{SOLUTION}\n\n"""\n{again}"""\nself_attention = lambda Q, K, V: Q @ K.T @ V\n'
    for source in (used, quoted):
        told = [one["id"] for one in grade_source(source)["diagnoses"]]
        assert told
        assert "defined-twice" not in told


def test_every_symptom_is_tested() -> None:
    """No symptom is without a case here, but for those of plain values, and one said otherwise."""
    elsewhere = {*OF_OTHER_KATAS, "ordinary-right", *PLAIN}
    assert set(texts(KATA)) - elsewhere == {name for name, _, _ in CASES} | {
        "function-missing",
        "function-signature",
        "exception-raised",
        "defined-twice",
    }


def test_texts() -> None:
    """The texts are complete and short, and share no identifier with the known mistakes."""
    assert not set(texts(KATA)) & set(by_id(KATA))
    for name, text in texts(KATA).items():
        assert set(text) == {"title", "explanation", "next_step"}, name
        assert 10 <= len(text["title"]) <= 70, name
        assert 40 <= len(text["explanation"]) <= 300, name
        assert 20 <= len(text["next_step"]) <= 200, name


def test_nothing_is_said_of_nonsense(grade_source: "GradeSource") -> None:
    """A function that is wrong everywhere, in no known way, gets no diagnosis."""
    report = grade_source(wrapped("self_attention", "return np.sin(right(Q, K, V)) * Q ** 3"))
    assert report["diagnoses"] == []
