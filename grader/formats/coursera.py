"""Coursera's /shared/feedback.json: coursera_autograder 0.1.4, commands/grade.py."""

from grader.formats import Format, View
from grader.formats.channels import as_json, plain
from grader.formats.words import label, missed, seen, summary


def _render(view: View) -> bytes | None:
    report = view.report
    if report.status == "grader_error":
        return None
    parts = [summary(report), *(f"{label(case)}\n{seen(case)}".strip() for case in missed(report))]
    return as_json({"fractionalScore": report.score, "feedback": plain("\n\n".join(parts))})


FORMAT = Format("Coursera: /shared/feedback.json", _render)
