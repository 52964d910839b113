"""Markdown, as GitHub renders it: learner-made text stands in spans and blocks of code only."""

from collections.abc import Iterator

from grader.formats import Format
from grader.formats.channels import block, code
from grader.formats.words import headline, missed, printed
from grader.report.model import CaseResult, FunctionResult, Report
from grader.report.sentences import renamed


def render(report: Report) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## {code(report.submission['name'])}: {headline(report)}"
    if report.message:
        yield f"\n{block(report.message)}"
    for found in report.diagnoses:
        yield f"\n### {found.title} ({code(found.function)})\n\n{found.explanation}"
        yield f"\n**Next:** {found.next_step}"
    if renamed(report):
        yield f"\n{block(renamed(report))}"
    if report.status == "graded" and report.cases:
        yield "\n| function | points | cases passed |\n|---|---|---|"
        yield from map(_row, report.functions)
        for case in missed(report):
            yield f"\n- **{case.title}** ({code(case.id)}, 0 of {case.max_points})"
            yield from (f"  {part}" for part in _seen(case))
        left = sum(case.outcome == "not_run" for case in report.cases)
        if left:
            yield f"\n{left} more were not judged, for these reasons."
    if printed(report):
        yield f"\n<details><summary>What your code printed</summary>\n\n{block(printed(report))}"
        yield "\n</details>"


def _row(function: FunctionResult) -> str:
    points, passed = f"{function.points} of {function.max_points}", function.passed
    return f"| {code(function.name)} | {points} | {passed} of {function.cases} |"


def _seen(case: CaseResult) -> Iterator[str]:
    if case.message:
        yield code(case.message)
    if case.hint:
        yield f"\n  Next: {case.hint}"


FORMAT = Format("Markdown, for people and for issues", lambda view: render(view.report).encode())
