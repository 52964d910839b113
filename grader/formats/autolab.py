"""Autolab: text, semantic feedback and the autoresult, on standard output.

The last line is `{"scores": …}`, the one before it what is drawn as stages and tests
(docs/features/formatted-feedback.md; parseFeedback and parse_stages of assessments_controller.rb,
2026). The points go to one problem, whose name comes by the variable AUTOLAB_PROBLEM. Where the
grader failed there is no autoresult, so that no score is taken.
"""

from grader.formats import Format, View
from grader.formats.channels import as_json, plain, quoted
from grader.formats.words import paragraphs, printed, why
from grader.report.model import Report

_PROBLEM = "Correctness"


def _render(view: View) -> bytes:
    report = view.report
    texts = [*paragraphs(report), *([printed(report)] if printed(report) else [])]
    # A line of a learner's begins no line, and what is read is the end.
    text = "\n".join(quoted(one) for one in texts).encode() + b"\n"
    if report.status == "grader_error":
        return text
    problem = view.environment.get("AUTOLAB_PROBLEM") or _PROBLEM
    return text + as_json(_semantic(report)) + as_json({"scores": {problem: report.points}})


def _semantic(report: Report) -> dict[str, object]:
    """Return the stages, one a function, with a test for each case."""
    stages: dict[str, dict[str, object]] = {}
    for case in report.cases:
        passed = case.outcome == "passed"
        hint = {} if passed else {"hint": plain(why(report, case))}
        stages.setdefault(case.function, {})[plain(case.title)] = {"passed": passed, **hint}
    return {"_presentation": "semantic", "stages": [*stages], **stages}


FORMAT = Format("Autolab: feedback and the autoresult, on standard output", _render)
