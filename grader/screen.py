"""The report as a screen for a person: what matters most first, nothing that only a color says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from grader import kata
from grader.changes import changes
from grader.misconceptions import by_id
from grader.report import CaseResult, Diagnosis, Report
from grader.sentences import FULL_MARKS, beside
from grader.shades import heatmaps
from grader.terminal import Look, columns, cut

_INDENT = " " * 7
_NOT_WRITTEN = "nothing-returned"
_MARKS = {"PASS": "green", "FAIL": "red", "TODO": "yellow", "WAIT": "yellow"}


@dataclass(frozen=True)
class Detail:
    """How much of a report is shown.

    Attributes:
        cases: every case, not only the first that failed.
        hint: True for the next step with small numbers where the mistake shows, False for no
            next step, None for the next step.
        watched: the file is graded again at its next save.
        before: the report of the last save, if what changed since then is to be told.
    """

    cases: bool = False
    hint: bool | None = None
    watched: bool = False
    before: Report | None = None


_BRIEF = Detail()
_LOOK = Look()


def render(report: Report, look: Look = _LOOK, detail: Detail = _BRIEF) -> str:
    """Return the screen of a report, with ANSI styles that `click.echo` strips if need be."""
    return "\n".join(line for block in _blocks(report, look, detail) for line in block)


def _blocks(report: Report, look: Look, detail: Detail) -> Iterator[list[str]]:
    """Return the blocks of lines, of which the last ones give way to what matters more."""
    blocks = [list(block) for block in _content(report, look, detail) if block]
    pictures = [] if report.attention is None or report.score == 1 else [report.attention]
    for attention in pictures if report.diagnoses else ():
        picture = heatmaps(attention, look)
        used = sum(len(block) + 1 for block in blocks)
        if picture and (look.height is None or detail.cases or used + len(picture) < look.height):
            blocks.insert(-1, picture)
    for position, block in enumerate(blocks):
        yield block if look.plain or position == 0 else ["", *block]


def _content(report: Report, look: Look, detail: Detail) -> Iterator[list[str]]:
    if report.status == "grader_error":
        yield [click.style("No verdict: the grader could not do its work.", bold=True)]
        return
    changed = changes(detail.before, report) if detail.before is not None else ()
    yield [_title(report, look), *look.wrap(" ".join(changed))]
    if report.status == "rejected":
        first = look.wrap(f"{_mark('FAIL')} The file could not be loaded.", "", _INDENT)
        yield [*first, *look.wrap(report.message, _INDENT)]
    elif report.cases:
        groups = _by_function(report)
        if report.diagnoses:
            yield list(_mistake(report.diagnoses, look, detail))
        yield list(_functions(groups, report, look, detail))
    yield list(_footer(report, look, detail))


def _title(report: Report, look: Look) -> str:
    name = look.spell(report.submission["name"])
    if look.plain:
        return f"{name}: {report.points} of {report.max_points} points."
    score = f"{report.points} / {report.max_points}"
    title = cut(name, look.width - len(score) - 2)
    return click.style(f"{title}{score.rjust(look.width - columns(title))}", bold=True)


def _mistake(diagnoses: Sequence[Diagnosis], look: Look, detail: Detail) -> Iterator[str]:
    """Say what matters most: the first mistake in the flow of data, and its next step."""
    first = diagnoses[0]
    title = look.spell(first.title)
    gap = look.width - 2 - columns(title) - len(first.function)
    if look.plain:
        yield f"Mistake in {first.function}: {title}."
    elif gap < 2:
        yield from look.wrap(f"{title} ({first.function})", "  ")
    else:
        yield f"  {click.style(title, bold=True)}{' ' * gap}{first.function}"
    yield from look.wrap(f"{'Why: ' if look.plain else ''}{first.explanation}", "  ")
    yield from look.wrap(beside([one for one in diagnoses if one.function == first.function]), "  ")
    if detail.hint is not False:
        yield from look.wrap(f"Next: {first.next_step}", "  ")
    if detail.hint and first.id in by_id():
        from grader.explain import example

        yield ""
        yield from (look.spell(line) for line in example(by_id()[first.id]))


def _by_function(report: Report) -> dict[str, list[CaseResult]]:
    groups: dict[str, list[CaseResult]] = {name: [] for name in kata.FUNCTIONS}
    for case in report.cases:
        groups[case.function].append(case)
    return groups


def _functions(
    groups: dict[str, list[CaseResult]], report: Report, look: Look, detail: Detail
) -> Iterator[str]:
    """Yield a line for each function; of one whose mistake has no name, what was seen first."""
    shown = bool(report.diagnoses)
    for name, cases in groups.items():
        found = [one for one in report.diagnoses if one.function == name]
        failed = [case for case in cases if case.outcome not in ("passed", "not_run")]
        yield _standing(name, cases, found, look)
        if detail.cases:
            yield from _every_case(cases, look, detail)
        elif failed and not shown:
            yield from _case(failed[0], look, detail)
            shown = True
        elif found and found[0] is not report.diagnoses[0] and found[0].id != _NOT_WRITTEN:
            yield from look.wrap(f"After that: {found[0].title}.", _INDENT)


def _standing(
    name: str, cases: Sequence[CaseResult], found: Sequence[Diagnosis], look: Look
) -> str:
    """Return the line of a function."""
    passed = sum(case.outcome == "passed" for case in cases)
    points, most = sum(case.points for case in cases), sum(case.max_points for case in cases)
    word = "PASS" if passed == len(cases) else "FAIL"
    count = f"{passed} of {len(cases)} cases"
    if any(one.id == _NOT_WRITTEN for one in found):
        word, count = "TODO", "returns nothing yet"
    if look.plain:
        return f"{name}: {word.lower()}, {points} of {most} points, {count}."
    wide = f"{_mark(word)} {click.style(name, bold=True):<30} {f'{points}/{most}':>6}"
    line = f"{wide} points   {count}"
    return line if columns(line) <= look.width else wide


def _every_case(cases: Sequence[CaseResult], look: Look, detail: Detail) -> Iterator[str]:
    for case in cases:
        if case.outcome == "passed":
            yield from look.wrap(f"{_mark('PASS')} {case.title}", _INDENT, _INDENT * 2)
        elif case.outcome == "not_run":
            yield from look.wrap(f"{_mark('WAIT')} {case.title}", _INDENT, _INDENT * 2)
            yield from look.wrap(case.message, _INDENT * 2)
        else:
            yield from _case(case, look, detail)


def _case(case: CaseResult, look: Look, detail: Detail) -> Iterator[str]:
    """Say of a case that failed what was seen and what to try."""
    outcome = "" if case.outcome == "failed" else f" ({case.outcome})"
    deeper = _INDENT * 2
    yield from look.wrap(f"{_mark('FAIL')} {case.title}{outcome}", _INDENT, deeper)
    if case.message:
        yield from look.wrap(f"Seen: {case.message}", deeper)
    if case.hint and detail.hint is not False:
        yield from look.wrap(f"Next: {case.hint}", deeper)


def _footer(report: Report, look: Look, detail: Detail) -> Iterator[str]:
    if report.score == 1:
        yield from look.wrap(FULL_MARKS)
    if detail.watched:
        found = report.diagnoses[:1]
        more = [f"More: `kata explain {one.id}`." for one in found if one.id in by_id()]
        yield from look.wrap(" ".join(["Save to grade again; Ctrl-C ends.", *more]))
    else:
        yield from look.wrap(f"More: {'; '.join(_more(report, detail))}.")


def _more(report: Report, detail: Detail) -> Iterator[str]:
    """Yield how to see more, and how to see it again."""
    failed = report.status == "graded" and report.cases and report.score != 1
    named = report.diagnoses and report.diagnoses[0].id in by_id()
    if named and detail.hint is False:
        yield "--hint shows the next step"
    elif named and detail.hint is None:
        yield "--hint shows numbers"
    if failed and not detail.cases:
        yield "--cases shows every case"
    if named:
        yield f"`kata explain {report.diagnoses[0].id}`"
    if report.output["stdout"] or report.output["stderr"]:
        yield "--json PATH keeps what your code printed"
    yield f"--seed {report.seed} repeats this grading"


def _mark(word: str) -> str:
    return click.style(f"[{word}]", fg=_MARKS[word])
