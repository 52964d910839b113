"""Submitty's validation_results.json: the custom validator of grading/dispatch.cpp (2026-08)."""

from grader.formats import Format, View
from grader.formats.channels import as_json, plain
from grader.formats.words import headline, label, missed, paragraphs, seen


def _render(view: View) -> bytes:
    report = view.report
    if report.status == "grader_error":
        message = plain(f"{headline(report)} {report.message}")
        return as_json({"status": "fail", "message": message})
    status = "success" if report.score == 1 else "failure"
    texts = [
        *paragraphs(report),
        *(f"{label(case)}\n{seen(case)}".strip() for case in missed(report)),
    ]
    messages = [{"message": plain(text), "status": status} for text in texts]
    return as_json({"status": "success", "data": {"score": report.score, "message": messages}})


FORMAT = Format("Submitty: validation_results.json of a custom validator", _render)
