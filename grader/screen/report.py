"""The report as a screen for a person: what matters most first, nothing that only a color says."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from grader.report.changes import Before, changes
from grader.report.focus import First, failed, first, is_unwritten
from grader.report.model import CaseResult, Diagnosis, FunctionResult, Report
from grader.report.next_steps import after_rejection
from grader.report.sentences import (
    after_that,
    beside,
    explain,
    full_marks,
    headline,
    may_come_of_its_base,
    on_its_base,
    renamed,
    told_too_little,
)
from grader.report.warned import split
from grader.screen.cases import every_case, some_printed
from grader.screen.matrices import heatmaps, labelled
from grader.screen.terminal import Look, columns, cut, mark
from grader.text import shorten

if TYPE_CHECKING:
    from grader.diagnosis.example import Example

_INDENT = " " * 7
_MOST_WARNING = 60  # characters of it
_MOST_SEEN = 160  # characters of what was seen of a function of which nothing else is told


class Detail(NamedTuple):
    """How much of a report is shown.

    Attributes:
        cases: every case, not only the first that failed.
        hint: True for the next step with small numbers where the mistake shows, False for no
            next step, None for the next step.
        watched: the file is graded again at its next save.
        before: the report of the last save, if what changed since then is to be told.
        example: the numbers where the mistake shows that is told first; see `first_mistake`.
        page: the address of the page that shows it too; empty if there is none.
        naming: what is typed behind a command so that it is about this kata.
    """

    cases: bool = False
    hint: bool | None = None
    watched: bool = False
    before: Before | None = None
    example: "Example | None" = None
    page: str = ""
    naming: str = ""


_BRIEF = Detail()
_LOOK = Look()


def render(report: Report, look: Look = _LOOK, detail: Detail = _BRIEF) -> str:
    """Return the screen of a report, with ANSI styles that `click.echo` strips if need be."""
    return "\n".join(line for block in _blocks(report, look, detail) for line in block)


def _blocks(report: Report, look: Look, detail: Detail) -> Iterator[list[str]]:
    """Return the blocks of lines, in an order in which what matters most does not scroll away."""
    blocks = [list(block) for block in _content(report, look, detail) if block]
    numbers = [list(block) for block in _numbers(report, look, detail)]
    pictures = list(_pictures(report, look))
    more = _endings(report, look, detail)

    def fit(*extra: list[str]) -> bool:
        used = sum(len(block) + 1 for block in (*blocks, *extra, *more))
        return look.height is None or used <= look.height

    if pictures and not detail.cases and not fit(*numbers, *pictures):
        pictures, more = [], _endings(report, look, detail, without_picture=True)
    if numbers and not fit(*numbers, *pictures):
        blocks = [*numbers, *blocks, *pictures]  # whoever asked for them can scroll up to them
    else:
        blocks = [*blocks, *numbers, *pictures]
    for position, block in enumerate(blocks + more):
        yield block if look.plain or position == 0 else ["", *block]


def _content(report: Report, look: Look, detail: Detail) -> Iterator[list[str]]:
    if report.status == "grader_error":
        yield [click.style("No verdict: the grader could not do its work.", bold=True)]
        return
    changed = changes(detail.before, report) if detail.before is not None else ()
    if look.plain:
        yield [_title(report, look), *map(look.spell, changed)]
    else:
        yield [_title(report, look), *look.wrap(" ".join(changed))]
    if report.status == "graded" and report.message:
        yield list(look.wrap(report.message))
    if report.status == "rejected":
        head = look.wrap(f"{mark('FAIL')} The file could not be loaded.", "", _INDENT)
        step = after_rejection(report.seen) if detail.hint is not False else ""
        told = look.wrap(report.message, _INDENT)
        yield [*head, *told, *(look.wrap(f"Next: {step}", _INDENT) if step else ())]
    elif report.cases:
        found = first(report)
        if found is not None:
            yield list(_first(found, report, look, detail))
            if not detail.cases:
                is_cut = bool(report.output.get("truncated"))
                yield list(some_printed(_failed_in(found, report), look, cut=is_cut))
        yield list(_functions(found, report, look, detail))


def _numbers(report: Report, look: Look, detail: Detail) -> Iterator[list[str]]:
    """Yield the small numbers where the mistake shows, if they are asked for and there are any."""
    if detail.hint and first_mistake(report) is not None:
        from grader.screen.mistake import numbers

        yield list(numbers(detail.example, look, indent="  "))


def first_mistake(report: Report) -> Diagnosis | None:
    """Return what is told first, if it is a known mistake."""
    found = first(report)
    told = found.diagnoses[:1] if found is not None else ()
    return next((one for one in told if one.known), None)


def _pictures(report: Report, look: Look) -> Iterator[list[str]]:
    """Yield the kata's picture, if it says something of what is to be looked at first."""
    found = first(report)
    if report.picture is not None and found is not None and found.diagnoses:
        drawn = heatmaps(labelled(report.picture, found.function), look)
        if drawn:
            yield drawn


def _title(report: Report, look: Look) -> str:
    name = look.spell(report.submission["name"])
    if look.plain:
        return f"{name}: {report.points} of {report.max_points} points."
    score = f"{report.points} / {report.max_points}"
    title = cut(name, look.width - len(score) - 2)
    return click.style(f"{title}{score.rjust(look.width - columns(title))}", bold=True)


def _first(found: First, report: Report, look: Look, detail: Detail) -> Iterator[str]:
    """Say what matters most: what is wrong first in the flow of data, and its next step."""
    case = found.case
    if found.diagnoses:
        diagnosis = found.diagnoses[0]
        yield from _heading(f"Mistake in {found.function}", diagnosis.title, found, look)
        yield from look.wrap(f"{'Why: ' if look.plain else ''}{diagnosis.explanation}", "  ")
        yield from look.wrap(beside(found.diagnoses, report), "  ")
        step = diagnosis.next_step
    elif case is not None:
        yield from _heading(f"First in {found.function}", headline(case), found, look)
        yield from look.wrap(f"Case: {case.title}", "  ")
        step = case.hint
    if case is not None and case.message:
        yield from look.wrap(f"Seen: {case.message}", "  ")
    if step and detail.hint is not False:
        yield from look.wrap(f"Next: {step}", "  ")


def _failed_in(found: First, report: Report) -> list[CaseResult]:
    """Return the cases that failed of the function to look at, that which is shown first."""
    cases = [case for case in report.cases if case.function == found.function and failed(case)]
    return [*(case for case in cases if case == found.case), *cases]


def _heading(plain: str, title: str, found: First, look: Look) -> Iterator[str]:
    title = look.spell(title)
    gap = look.width - 2 - columns(title) - len(found.function)
    if look.plain:
        yield f"{plain}: {title}."
    elif gap < 2:
        yield from look.wrap(f"{title} ({found.function})", "  ")
    else:
        yield f"  {click.style(title, bold=True)}{' ' * gap}{found.function}"


def _functions(found: First | None, report: Report, look: Look, detail: Detail) -> Iterator[str]:
    """Yield a line for each function, with what comes after what is to be looked at first."""
    for function in report.functions:
        name = function.name
        cases = [case for case in report.cases if case.function == name]
        yield _standing(function, report, look)
        later = after_that(name, report) if found and found.function != name else ""
        later = later or on_its_base(name, report)
        if not later and found and found.function != name:
            of_its_base = may_come_of_its_base(name, report)
            hides = bool(of_its_base) and function.points > 0
            seen = "" if hides else _first_seen(name, report, found)
            later = f"{seen} {of_its_base}".strip()
        if detail.cases:
            yield from every_case(cases, look, detail.hint is not False)
        elif later:
            yield from look.wrap(later, _INDENT)
        elif not any(map(failed, cases)):
            waiting = [case.message for case in cases if case.outcome == "not_run" and case.message]
            yield from look.wrap(waiting[0], _INDENT) if waiting else ()


def _first_seen(function: str, report: Report, found: First) -> str:
    """Return what was seen in the first case that failed of a function; empty if it says nothing.

    That is where nothing is written yet, and where it has been said of the first function.
    """
    seen = (case.message for case in report.cases if case.function == function and failed(case))
    message = "" if is_unwritten(function, report) else next(seen, "")
    known = found.case.message if found.case else ""
    return f"Seen: {shorten(message, _MOST_SEEN)}" if message not in ("", known) else ""


def _standing(function: FunctionResult, report: Report, look: Look) -> str:
    """Return the line of a function."""
    name, points, most = function.name, function.points, function.max_points
    word = "PASS" if function.passed == function.cases else "FAIL"
    count = f"{function.passed} of {function.cases} cases"
    waiting = sum(each.function == name and each.outcome == "not_run" for each in report.cases)
    if waiting and not function.passed:  # or it reads as if all of them had failed
        count += f", {waiting} not judged"
    if is_unwritten(name, report):
        word, count = "TODO", "returns nothing yet"
    if look.plain:
        return f"{name}: {word.lower()}, {points} of {most} points, {count}."
    wide = f"{mark(word)} {click.style(name, bold=True):<30} {f'{points}/{most}':>6}"
    line = f"{wide} points   {count}"
    return line if columns(line) <= look.width else wide


def _endings(
    report: Report, look: Look, detail: Detail, *, without_picture: bool = False
) -> list[list[str]]:
    if report.status == "grader_error":
        return []
    return [list(_footer(report, look, detail, without_picture))]


def _footer(report: Report, look: Look, detail: Detail, without_picture: bool) -> Iterator[str]:
    if report.score == 1:
        yield from look.wrap(full_marks(report))
    yield from look.wrap(renamed(report))
    yield from look.wrap(_warned(report))
    more = list(_more(report, look, detail, without_picture))
    watched = ["Save to grade again; Ctrl-C ends."] if detail.watched else []
    if look.plain:
        yield from (look.spell(f"More: {one}.") for one in more)
        yield from watched
    else:
        told = [f"More: {'; '.join(more)}."] if more else []
        yield from look.wrap(" ".join([*watched, *told]))
    if detail.page:
        yield f"The page: {detail.page}"


def _more(report: Report, look: Look, detail: Detail, without_picture: bool) -> Iterator[str]:
    """Yield how to see more, and how to see it again."""
    found, named = first(report), first_mistake(report)
    if detail.hint is False and _has_next_step(report, found):
        yield "--hint shows the next step"
    elif named is not None and detail.hint is None and not detail.watched:
        yield "--hint shows numbers"
    if (detail.hint or detail.cases) and report.score != 1 and told_too_little(report):
        yield told_too_little(report)
    if without_picture and report.picture is not None and not detail.watched:
        caption = report.picture.caption
        yield f"--format html=PATH draws {caption[:1].lower()}{caption[1:]}"
    judged = report.status == "graded" and report.cases and report.score != 1
    if judged and not detail.cases and not detail.watched:
        yield "--cases shows every case"
    if named is not None:
        command = explain(named, detail.naming)
        yield command if look.plain else f"`{command}`"
    if detail.watched:
        return
    if report.output["stdout"] or split(report.output["stderr"]).rest:
        yield "--json PATH keeps what your code printed"
    yield f"--seed {report.seed} repeats this grading"


def _warned(report: Report) -> str:
    """Say what NumPy warned of first; nothing if it did not."""
    warnings = split(report.output["stderr"]).warnings
    if not warnings:
        return ""
    more = f", and {len(warnings) - 1} more" if len(warnings) > 1 else ""
    return f"NumPy warned: {shorten(warnings[0].text, _MOST_WARNING)} ({warnings[0].place}){more}."


def _has_next_step(report: Report, found: First | None) -> bool:
    if report.status == "rejected":
        return bool(after_rejection(report.seen))
    return found is not None and bool(found.diagnoses or (found.case and found.case.hint))
