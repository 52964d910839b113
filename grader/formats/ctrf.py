"""Common Test Report Format: schema/ctrf.schema.json of ctrf-io/ctrf, 0.0.0 (2026-07)."""

from grader import __version__
from grader.formats import Format, View
from grader.formats.channels import as_json, plain
from grader.formats.words import label, summary, why


def _render(view: View) -> bytes | None:
    report = view.report
    if report.status == "grader_error":
        return None
    stop = int(1000 * view.written)
    tests = [
        {
            "name": label(case),
            "status": "passed" if case.outcome == "passed" else "failed",
            "duration": 0,
            "suite": [case.function],
            "message": plain(why(report, case)),
            "extra": {"id": case.id, "points": case.points, "max_points": case.max_points},
        }
        for case in report.cases
    ] or [
        {
            "name": "All points",
            "status": "passed" if report.score == 1 else "failed",
            "duration": 0,
            "message": plain(summary(report)),
        }
    ]
    passed = sum(test["status"] == "passed" for test in tests)
    counts = {"tests": len(tests), "passed": passed, "failed": len(tests) - passed}
    none = dict.fromkeys(("skipped", "pending", "other"), 0)
    times = {"start": stop - int(1000 * report.timing["seconds"]), "stop": stop}
    return as_json(
        {
            "reportFormat": "CTRF",
            "specVersion": "0.0.0",
            "results": {
                "tool": {"name": "attention-kata", "version": __version__},
                "summary": {**counts, **none, **times},
                "tests": tests,
                "extra": {"points": report.points, "max_points": report.max_points},
            },
        }
    )


FORMAT = Format("CTRF: Common Test Report Format", _render)
