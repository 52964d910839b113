"""What `kata explain` says: a mistake in words, the formula, and small numbers where it shows."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

import click
import numpy as np

from grader.diagnosis.bank import Mistake, bank
from grader.diagnosis.example import Example
from grader.diagnosis.in_general import in_general
from grader.diagnosis.symptoms import texts
from grader.kata import Kata
from grader.screen.terminal import WIDTH, Look, wrap

_LOOK = Look()
_HOW = "`kata explain ID` tells of one, `kata explain WORD` lists those with that word."
_GAP = "   "  # between two arrays that stand side by side


def describe_bank(kata: Kata, look: Look = _LOOK, word: str = "") -> str:
    """Return the list of known mistakes by function, under how to see one: all, or with a word.

    Empty if there is none with that word.
    """

    def fits(name: str, title: str) -> bool:
        return word.lower() in f"{name} {title}".lower()

    lines = ["", *look.wrap(_HOW)]
    head = len(lines)
    for function in kata.functions.values():
        known = [
            mistake
            for mistake in bank(kata)
            if mistake.function == function.name and fits(mistake.id, mistake.title)
        ]
        if known:
            formula = look.wrap(function.formula, "  ") if function.formula else ()
            lines += ["", click.style(function.name, bold=True), *formula, ""]
            for mistake in known:
                lines += _entry(mistake.id, mistake.title, look)
    others = "where none of these fits" if bank(kata) else "what can be seen of a function"
    seen = {name: in_general(kata, name)["title"] for name in texts(kata)}
    seen = {name: title for name, title in seen.items() if fits(name, title)}
    if seen:
        lines += ["", click.style(others, bold=True), ""]
    for name, title in seen.items():
        lines += _entry(name, title, look)
    if len(lines) == head:
        return ""
    return "\n".join(line for line in lines[1:] if line or not look.plain)


def _entry(name: str, title: str, look: Look) -> list[str]:
    if look.plain:
        return [look.spell(f"{name}: {title}")]
    if look.width < WIDTH:
        return [f"  {name}", *look.wrap(title, " " * 6)]
    return look.wrap(title, f"  {name:<32} ", " " * 35)


def describe(kata: Kata, mistake: Mistake, example: Example | None, look: Look = _LOOK) -> str:
    """Return the screen of one mistake."""
    formula = kata.functions[mistake.function].formula
    lines = [
        *_bold(mistake.title, look),
        f"in {mistake.function}",
        "",
        *look.wrap(mistake.explanation),
        "",
        *([*look.wrap(f"The formula: {formula}"), ""] if formula else ()),
        *numbers(example, look),
        "",
        *look.wrap(f"Next: {mistake.next_step}"),
    ]
    return "\n".join(lines)


def describe_symptom(kata: Kata, name: str, look: Look = _LOOK) -> str:
    """Return the screen of a symptom."""
    text = in_general(kata, name)
    lines = [*_bold(text["title"], look), "", *look.wrap(text["explanation"]), ""]
    return "\n".join([*lines, *look.wrap(f"Next: {text['next_step']}")])


def _bold(text: str, look: Look) -> list[str]:
    return [click.style(line, bold=True) for line in look.wrap(text)]


def numbers(example: Example | None, look: Look = _LOOK, indent: str = "") -> Iterator[str]:
    """Yield the lines that show the small example on which a mistake makes a difference."""
    if example is None:
        yield from look.wrap("No small example shows it.", indent)
        return
    yield from look.wrap(f"Where it shows: {example.title}.", indent)
    outputs = (
        *_named("right", example.right, example.names),
        *_named("with the mistake", example.wrong, example.names),
    )
    if look.plain:
        for name, value in example.inputs + outputs:
            yield f"{name} = {' '.join(' '.join(_text(value)).split())}"
        return
    for group in (example.inputs, outputs):
        yield from _side_by_side(group, look, indent)


def _named(name: str, value: Any, names: Sequence[str]) -> list[tuple[str, Any]]:
    """Return what came out with its name; of a tuple, each array with its own."""
    if not names or not isinstance(value, np.ndarray) or value.shape[-1] % len(names):
        return [(name, value)]
    parts = np.split(value, len(names), axis=-1)
    return [(f"{name}: {one}", part) for one, part in zip(names, parts, strict=True)]


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


def _steps(text: str, width: int) -> list[str]:
    """Return words, or calls one after the other, as lines; no call is cut that fits a line."""
    lines = [""]
    for step in text.split("; "):
        longer = f"{lines[-1]}; {step}" if lines[-1] else step
        if len(longer) + 1 <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines[-1] += ";"
            lines.append(step)
    return [part for line in lines for part in wrap(line, width=width)]


def _text(value: Any, width: int = WIDTH) -> list[str]:
    if not isinstance(value, np.ndarray):
        return _steps(str(value), width)
    small = bool(np.abs(value).max() > 1e-3)
    text = np.array2string(value, precision=3, suppress_small=small, max_line_width=width)
    return text.splitlines()
