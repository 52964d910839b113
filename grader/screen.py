"""The report as a screen for a person: 80 columns, and nothing that only a color says."""

import unicodedata
from collections.abc import Iterator

import click

from grader import kata
from grader.misconceptions import by_id
from grader.report import CaseResult, Report

WIDTH = 80
_INDENT = " " * 7


def render(report: Report) -> str:
    """Return the screen of a report, with ANSI styles that `click.echo` strips if need be."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    if report.status == "grader_error":
        yield click.style("No verdict: the grader could not do its work.", bold=True)
        return
    score = f"{report.points} / {report.max_points}"
    title = cut(report.submission["name"], WIDTH - len(score) - 2)
    yield click.style(f"{title}{score.rjust(WIDTH - columns(title))}", bold=True)
    yield ""
    if not report.cases and report.status == "graded":
        yield from _footer(report)
        return
    yield from _first_mistake(report)
    if report.status == "rejected":
        yield from wrap(f"{_mark('FAIL')} The file could not be loaded.", "", _INDENT)
        yield from wrap(report.message, _INDENT)
    else:
        for function in kata.FUNCTIONS:
            cases = [case for case in report.cases if case.function == function]
            yield from _function(function, cases)
    yield from _footer(report)


def _first_mistake(report: Report) -> Iterator[str]:
    """Say what matters most: the first mistake in the flow of data, and its next step."""
    if not report.diagnoses:
        return
    first, *others = report.diagnoses
    gap = " " * max(2, WIDTH - 2 - len(first.title) - len(first.function))
    yield f"  {click.style(first.title, bold=True)}{gap}{first.function}"
    yield from wrap(first.explanation, "  ")
    beside = [other for other in others if other.function == first.function]
    if first.certainty == "pair" and beside:
        yield from wrap(f"There is a second mistake with it: {beside[0].title}.", "  ")
    elif first.certainty == "one-of" and beside:
        yield from wrap(f"Or it is this, which looks the same from here: {beside[0].title}.", "  ")
    elif first.certainty == "part":
        yield from wrap("Something else shows once this is mended.", "  ")
    yield from wrap(f"Next: {first.next_step}", "  ")
    yield ""


def _function(function: str, cases: list[CaseResult]) -> Iterator[str]:
    """Say of one function what passed, what failed and why, what was not judged."""
    points = f"{sum(c.points for c in cases)}/{sum(c.max_points for c in cases)}"
    passed = [case for case in cases if case.outcome == "passed"]
    failed = [case for case in cases if case.outcome not in ("passed", "not_run")]
    waiting = [case for case in cases if case.outcome == "not_run"]
    mark = "PASS" if len(passed) == len(cases) else "FAIL"
    count = f"{len(passed)} of {len(cases)} cases"
    yield f"{_mark(mark)} {click.style(function, bold=True):<30} {points:>6} points   {count}"
    for case in failed:
        outcome = "" if case.outcome == "failed" else f" ({case.outcome})"
        yield from wrap(f"- {case.title}{outcome}", _INDENT, _INDENT + "  ")
        if case.message:
            yield from wrap(f"Seen: {case.message}", _INDENT + "  ")
        if case.hint:
            yield from wrap(f"Next: {case.hint}", _INDENT + "  ")
    if waiting:
        cases_word = "case" if len(waiting) == 1 else "cases"
        yield from wrap(f"{len(waiting)} more {cases_word} can be judged after that.", _INDENT)
    if failed or waiting:
        yield ""


def _footer(report: Report) -> Iterator[str]:
    yield ""
    if report.score == 1:
        yield from wrap(
            "All of it is right, and stable. What comes next in a transformer: masks, batches "
            "and the projection of the joined heads."
        )
    yield from wrap(f"Repeat this grading with --seed {report.seed}.")
    if report.diagnoses and report.diagnoses[0].id in by_id():
        yield from wrap(f"More on this mistake: kata explain {report.diagnoses[0].id}")
    if report.output["stdout"] or report.output["stderr"]:
        yield from wrap("What your code printed is in the report (--json PATH).")


def _mark(word: str) -> str:
    return click.style(f"[{word}]", fg="green" if word == "PASS" else "red")


def wrap(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """Return text as lines of at most WIDTH columns; `first` and `rest` indent them."""
    indent = first if rest is None else rest
    lines: list[str] = []
    line, empty = first, True
    for word in text.split():
        for piece in _pieces(word, WIDTH - max(columns(first), columns(indent))):
            if not empty and columns(line) + 1 + columns(piece) > WIDTH:
                lines.append(line)
                line, empty = indent, True
            line += piece if empty else f" {piece}"
            empty = False
    return lines if empty else [*lines, line]


def columns(text: str) -> int:
    """Return how many columns a text may take on a terminal: wide characters take two."""
    return sum(_column(character) for character in click.unstyle(text))


def cut(text: str, width: int) -> str:
    """Return the beginning of a text that fits into `width` columns."""
    return next(iter(_pieces(text, width)), "")


def _column(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _pieces(word: str, width: int) -> Iterator[str]:
    """Cut a word into pieces that fit into `width` columns."""
    piece, used = "", 0
    for character in word:
        if used + _column(character) > width:
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + _column(character)
    if piece:
        yield piece
