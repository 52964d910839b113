"""Exercism's results.json, version 2: docs, test-runners/interface.md (2026-05)."""

from grader.formats import Format, View
from grader.formats.channels import as_json, cut, plain
from grader.formats.words import label, printed, seen, summary

_MESSAGE, _OUTPUT = 60_000, 500  # bytes; the website cuts at 65,535 bytes and 500 characters


def _render(view: View) -> bytes | None:
    report = view.report
    if report.status == "grader_error":
        return None
    if report.status == "rejected":
        message = cut(plain(report.message), _MESSAGE)
        return as_json({"version": 2, "status": "error", "message": message, "tests": []})
    tests = []
    for case in report.cases:
        passed = case.outcome == "passed"
        test = {"name": label(case), "status": "pass" if passed else "fail"}
        if not passed:
            test["message"] = cut(plain(seen(case)) or "Not passed.", _MESSAGE)
        tests.append(test)
    status = "pass" if report.score == 1 else "fail"
    if not tests:
        whole = {"name": "All points", "status": status}
        tests.append(whole if status == "pass" else {**whole, "message": plain(summary(report))})
    if printed(report):
        tests[0]["output"] = cut(plain(printed(report)), _OUTPUT)
    return as_json({"version": 2, "status": status, "tests": tests})


FORMAT = Format("Exercism: results.json of a test runner, version 2", _render)
