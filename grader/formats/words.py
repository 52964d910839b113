"""What every format says in the same words."""

from collections.abc import Iterator

from grader.report.model import CaseResult, Report
from grader.report.sentences import renamed


def label(case: CaseResult) -> str:
    """Return a case's name: one line, unique, and the same each time."""
    return f"{case.function}: {case.title}"


def seen(case: CaseResult) -> str:
    """Return what a case tells the learner: what was seen, and a next step."""
    next_step = f"Next: {case.hint}" if case.hint else ""
    return "\n".join(part for part in (case.message, next_step) if part)


def why(report: Report, case: CaseResult) -> str:
    """Return why a case did not pass; where nothing was judged, why the file was rejected."""
    return report.message if report.status == "rejected" else seen(case)


def missed(report: Report) -> list[CaseResult]:
    """Return the cases that were judged and not passed."""
    return [case for case in report.cases if case.outcome not in ("passed", "not_run")]


def headline(report: Report) -> str:
    """Return the result in one line."""
    if report.status == "grader_error":
        return "Not graded: the grader failed, which is not your fault. Nothing was scored."
    return f"{report.points} of {report.max_points} points"


def paragraphs(report: Report) -> Iterator[str]:
    """Yield what comes before the cases: the result, what is wrong, what to try next."""
    yield headline(report)
    if report.message:
        yield report.message
    for found in report.diagnoses:
        yield f"{found.function}: {found.title}. {found.explanation}\nNext: {found.next_step}"
    if renamed(report):
        yield renamed(report)


def summary(report: Report) -> str:
    """Return the same as one text."""
    return "\n\n".join(paragraphs(report))


def printed(report: Report) -> str:
    """Return what the learner's code printed, and where."""
    parts = [
        f"Your code printed to {name}:\n{report.output[name]}"
        for name in ("stdout", "stderr")
        if report.output[name]
    ]
    if parts and report.output["truncated"]:
        parts.append("(cut: it printed more)")
    return "\n".join(parts)
