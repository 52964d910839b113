"""CodeRunner's combinator-template grader (Moodle): docs/index.md and the PHP of 2026-06.

Any other text on standard output, or any key that it does not know, is a broken question; it
has no way to spare the learner where the grader failed, so the teacher is asked to regrade.
"""

from grader.formats import Format, View
from grader.formats.channels import as_json, html, plain
from grader.formats.words import label, paragraphs, printed, seen
from grader.report.model import Report

_HEADER = ["iscorrect", "Test", "Points", "What was seen", "ishidden"]


def _render(view: View) -> bytes:
    report = view.report
    prologue = "".join(f"<p>{_lines(text)}</p>" for text in paragraphs(report))
    if report.status == "grader_error":
        prologue += "<p>Ask your teacher to regrade this submission.</p>"
    found = {"fraction": report.score or 0.0, "prologuehtml": prologue}
    if report.status == "graded" and report.cases:
        found |= {"testresults": _rows(report), "columnformats": ["%s", "%s", "%s"]}
    if printed(report):
        found["epiloguehtml"] = f"<pre>{html(printed(report))}</pre>"
    return as_json(found)


def _rows(report: Report) -> list[list[object]]:
    return [
        list(_HEADER),
        *(
            [
                int(case.outcome == "passed"),
                label(case),
                f"{case.points}/{case.max_points}",
                plain(seen(case)),
                int(case.visibility == "hidden"),
            ]
            for case in report.cases
        ),
    ]


def _lines(text: str) -> str:
    return html(text).replace("\n", "<br>")


FORMAT = Format("Moodle CodeRunner: the JSON of a combinator-template grader", _render)
