"""Classroom 50's result.json: schemas/result-v1.schema.json of foundation50/classroom50 (2026).

Its runner tells by variables who handed in what; what it does not tell is unknown, for the
schema allows no empty text.
"""

from datetime import UTC, datetime

from grader.formats import Format, View
from grader.formats.channels import as_json, plain
from grader.formats.words import label, seen, summary


def _render(view: View) -> bytes | None:
    report = view.report
    if report.status == "grader_error":
        return None  # the exit code says so; the runner writes its own result
    told = {
        name: view.environment.get(variable) or missing
        for name, variable, missing in (
            ("classroom", "CLASSROOM", "unknown"),
            ("assignment", "ASSIGNMENT", "unknown"),
            ("assignment_type", "ASSIGNMENT_TYPE", "individual"),
            ("owner", "OWNER", "unknown"),
            ("submission", "SUBMISSION_TAG", "unknown"),
            ("commit", "COMMIT_URL", "unknown"),
            ("release", "RELEASE_URL", "unknown"),
            ("review", "REVIEW_URL", "unknown"),
        )
    }
    # A tag of another kind, which a custom workflow may have, is no submission to the schema.
    told["submission"] = "submit/" + told["submission"].removeprefix("submit/")
    tests = [
        {
            "test-name": label(case),
            "passed": case.outcome == "passed",
            "score": case.points,
            "max-score": case.max_points,
            "message": plain(seen(case)),
        }
        for case in report.cases
        if report.status == "graded"
    ]
    whole = {"test-name": "The file can be loaded", "passed": False, "score": 0}
    if report.status == "graded":
        whole = {"test-name": "All points", "passed": report.score == 1, "score": report.points}
    whole |= {"max-score": report.max_points, "message": plain(summary(report))}
    now = datetime.fromtimestamp(view.written, UTC)
    return as_json(
        {
            "schema": "classroom50/result/v1",
            **told,
            "datetime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "score": report.points,
            "max-score": report.max_points,
            "tests": tests or [whole],
        }
    )


FORMAT = Format("Classroom 50: result.json", _render)
