"""What `kata explain` says: a mistake in words, the formula, and small numbers where it shows."""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

import click
import numpy as np

from grader.diagnosis.bank import Mistake, bank, functions_with
from grader.diagnosis.observation import Observation, observe_function, same
from grader.diagnosis.symptoms import texts
from grader.kata import kata
from grader.katas.attention.probes import CORE, Probe
from grader.screen.terminal import WIDTH, Look, wrap
from grader.worker.arrays import Array

FORMULAS = {
    "compute_qkv": "Q = X W_q,  K = X W_k,  V = X W_v",
    "self_attention": "Attention(Q, K, V) = softmax(Q Kᵀ / √d_k) V",
    "multi_head_attention": "[Attention(Q₁, K₁, V₁) | … | Attention(Qₙ, Kₙ, Vₙ)]",
}


_LOOK = Look()
_GAP = "   "  # between two arrays that stand side by side


def describe_bank(look: Look = _LOOK) -> str:
    """Return the list of all known mistakes, by function."""
    lines = []
    for function in kata.FUNCTIONS:
        formula = look.wrap(FORMULAS[function], "  ")
        lines += ["", click.style(function, bold=True), *formula, ""]
        known = [mistake for mistake in bank() if mistake.function == function]
        for mistake in known:
            lines += _entry(mistake.id, mistake.title, look)
    lines += ["", click.style("where none of these fits", bold=True), ""]
    for name, text in texts().items():
        lines += _entry(name, _blank(text["title"]), look)
    return "\n".join(line for line in lines[1:] if line or not look.plain)


def _entry(name: str, title: str, look: Look) -> list[str]:
    if look.plain:
        return [look.spell(f"{name}: {title}")]
    if look.width < WIDTH:
        return [f"  {name}", *look.wrap(title, " " * 6)]
    return look.wrap(title, f"  {name:<32} ", " " * 35)


def describe(mistake: Mistake, look: Look = _LOOK) -> str:
    """Return the screen of one mistake."""
    lines = [
        *_bold(mistake.title, look),
        f"in {mistake.function}",
        "",
        *look.wrap(mistake.explanation),
        "",
        *look.wrap(f"The formula: {FORMULAS[mistake.function]}"),
        "",
        *example(mistake, look),
        "",
        *look.wrap(f"Next: {mistake.next_step}"),
    ]
    return "\n".join(lines)


def describe_symptom(name: str, look: Look = _LOOK) -> str:
    """Return the screen of a symptom."""
    text = {key: _blank(value) for key, value in texts()[name].items()}
    lines = [*_bold(text["title"], look), "", *look.wrap(text["explanation"]), ""]
    return "\n".join([*lines, *look.wrap(f"Next: {text['next_step']}")])


def _bold(text: str, look: Look) -> list[str]:
    return [click.style(line, bold=True) for line in look.wrap(text)]


def _blank(text: str) -> str:
    """Return a symptom's text with dots for what is filled in when it is seen."""
    return re.sub(r"{\w+}", "…", text)


def example(mistake: Mistake, look: Look = _LOOK, indent: str = "") -> Iterator[str]:
    """Yield the lines that show the first small input on which the mistake makes a difference."""
    name = mistake.function
    for title, calls in _small_inputs(name):
        probes = [Probe(CORE, tuple(args), np.ones(1)) for args in calls]
        right = observe_function(functions_with()[name], name, probes)
        wrong = observe_function(functions_with(mistake)[name], name, probes)
        if all(same(*both) for both in zip(right, wrong, strict=True)):
            continue
        yield from look.wrap(f"Where it shows: {title}.", indent)
        inputs = list(zip(kata.FUNCTIONS[name], calls[-1], strict=True))
        outputs = [("right", _outcome(right[-1])), ("with the mistake", _outcome(wrong[-1]))]
        if look.plain:
            for name, value in inputs + outputs:
                yield f"{name} = {' '.join(' '.join(_text(value)).split())}"
            return
        for group in (inputs, outputs):
            yield from _side_by_side(group, look, indent)
        return
    told = "It shows on larger inputs only; the formula above tells what should come out."
    yield from look.wrap(told, indent)


def _outcome(observation: Observation) -> Any:
    if observation.effects:
        changed = ", ".join(effect for effect in observation.effects if effect != "overwritten")
        if changed:
            return f"the caller's {changed} has changed"
        return "the array that the first call returned has changed"
    if observation.values is not None and observation.kind == "array":
        return observation.values
    if observation.kind == "raised":
        return "an exception"
    return "nested lists" if observation.kind == "list" else f"a {observation.kind}"


def _side_by_side(named: Iterable[tuple[str, Any]], look: Look, indent: str) -> Iterator[str]:
    """Yield the lines of values with their names, as many beside each other as fit."""
    rows: list[list[list[str]]] = [[]]
    for name, value in named:
        most = look.width - len(indent)
        first, *rest = _text(value, most)
        lines = [f"{name} = {first}", *(f"{'':{len(name)}}   {line}" for line in rest)]
        if max(map(len, lines)) > most:
            lines = [f"{name} =", first, *rest]
        beside = [*rows[-1], lines]
        wide = sum(max(map(len, block)) for block in beside) + len(_GAP) * (len(beside) - 1)
        if rows[-1] and len(indent) + wide > look.width:
            rows.append([lines])
        else:
            rows[-1] = beside
    for row in rows:
        widths = [max(map(len, block)) for block in row]
        for parts in zip_longest(*row, fillvalue=""):
            line = _GAP.join(f"{part:<{wide}}" for part, wide in zip(parts, widths, strict=True))
            yield f"{indent}{line}".rstrip()


def _text(value: Any, width: int = WIDTH) -> list[str]:
    if not isinstance(value, np.ndarray):
        return wrap(str(value), width=width)
    small = bool(np.abs(value).max() > 1e-3)
    text = np.array2string(value, precision=3, suppress_small=small, max_line_width=width)
    return text.splitlines()


def _small_inputs(function: str) -> Iterator[tuple[str, list[list[Array | int]]]]:
    """Yield inputs small enough to follow by hand: what is particular, and the calls."""
    A = np.array([[1.0, 0.0], [0.5, 2.0], [-1.0, 1.0]])
    B = np.array([[0.5, 1.0], [1.0, -1.0], [2.0, 0.0]])
    C = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 0.0]])
    if function == "compute_qkv":
        W = [np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.5, 0.0], [1.0, 1.0]])]
        W.append(np.array([[2.0, 1.0], [0.5, 0.25]]))
        tokens = np.array([[1, 2], [3, 4], [5, 6]])
        yield "three tokens of two features", [[A, *W]]
        yield "tokens of whole numbers", [[tokens, *W]]
        yield "weights with many digits", [[A, *(w / 7 for w in W)]]
        yield "a second call with other tokens", [[A, *W], [B, *W]]
        return
    heads: list[list[Array | int]] = [[]]
    if function == "multi_head_attention":
        A, B, C = (np.concatenate([Y, Y[::-1] * 0.5], axis=1) for Y in (A, B, C))
        heads = [[2], [1]]
    for n_heads in heads:
        count = f", {n_heads[0]} heads" if n_heads else ""
        yield f"three tokens{count}", [[A, B, C, *n_heads]]
        yield f"large scores{count}", [[1000 * A, B, C, *n_heads]]
        far = A * np.array([[2000.0], [-2000.0], [1.0]])
        yield f"rows far apart{count}", [[far, B, C, *n_heads]]
        lifted: list[Array] = [-3000 * np.abs(A) - 1000, np.abs(B) + 1, C]
        yield f"scores far below zero{count}", [[*lifted, *n_heads]]
        whole = [np.array(Y * 2, dtype=int) for Y in (A, B, C)]
        yield f"whole numbers{count}", [[*whole, *n_heads]]
        yield f"one token{count}", [[A[:1], B[:1], C[:1], *n_heads]]
        yield f"a query of zeros{count}", [[0 * A, B, C, *n_heads]]
        yield f"small values{count}", [[A, B, 1e-6 * C, *n_heads]]
        yield f"a second call{count}", [[A, B, C, *n_heads], [B, A, C, *n_heads]]
    if function == "multi_head_attention":
        yield "a second call, another number of heads", [[A, B, C, 2], [A, B, C, 4]]
        wide = [np.concatenate([Y, Y[::-1]], axis=1) for Y in (A, B, C)]
        yield "three tokens, 2 heads of 4 features", [[*wide, 2]]
        signed = [A * np.array([2000.0, 2000, -2000, -2000]), np.abs(B) + 1, C]
        yield "heads far apart", [[*signed, 2]]
    else:
        spread = [np.ones((2, 1)), np.array([[0.0], [-2000.0]]), np.array([[1.0], [2.0]])]
        yield "two scores far apart", [[*spread]]
        million = [1e6 * np.ones((2, 1)), np.array([[1.0], [1.000001]]), np.array([[1.0], [2.0]])]
        yield "scores around a million", [[*million]]
