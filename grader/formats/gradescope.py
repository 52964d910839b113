"""Gradescope's results.json: docs of gradescope/autograder_samples, specs.md (2025-01).

Every case is shown: if any were hidden, Gradescope would hide the total too.
"""

from typing import Any

from grader.formats import Format, View
from grader.formats.channels import as_json, plain
from grader.formats.words import label, printed, seen, summary
from grader.report.model import Report


def _render(view: View) -> bytes | None:
    report = view.report
    if report.status == "grader_error":
        return None  # without a file Gradescope says that the autograder failed
    output = "\n\n".join(part for part in (summary(report), printed(report)) if part)
    return as_json(
        {
            "score": report.points,
            "execution_time": report.timing["seconds"],
            "output": plain(output),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": list(_tests(report)),
            "extra_data": {"seed": report.seed, "grader": report.grader},
        }
    )


def _tests(report: Report) -> list[dict[str, Any]]:
    if report.status == "rejected":
        about = {"name": "The file can be loaded", "output": plain(report.message)}
        return [{**about, "score": 0, "max_score": report.max_points, "status": "failed"}]
    return [
        {
            "name": label(case),
            "number": case.id,
            "score": case.points,
            "max_score": case.max_points,
            "status": "passed" if case.outcome == "passed" else "failed",
            "output": plain(seen(case)),
            "tags": [case.function, case.outcome],
            "visibility": "visible",
        }
        for case in report.cases
    ]


FORMAT = Format("Gradescope: /autograder/results/results.json", _render)
