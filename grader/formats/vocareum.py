"""Vocareum: a report in text, and on its last line the score of one criterion.

A grading script appends the last line to `$vocareumGradeFile` and the rest to
`$vocareumReportFile`. The criterion's name comes by the variable VOCAREUM_CRITERION. Where the
grader failed there is no such line.
"""

from grader.formats import Format, View
from grader.formats.channels import quoted
from grader.formats.words import label, missed, paragraphs, printed, why

_CRITERION = "score"


def _render(view: View) -> bytes:
    report = view.report
    texts = [
        *paragraphs(report),
        *(
            f"{label(case)} (0 of {case.max_points})\n{why(report, case)}"
            for case in missed(report)
        ),
        *([printed(report)] if printed(report) else []),
    ]
    lines = [quoted(text) for text in texts]
    if report.status != "grader_error":
        criterion = view.environment.get("VOCAREUM_CRITERION") or _CRITERION
        lines.append(f"{criterion},{report.points}")
    return ("\n".join(lines) + "\n").encode()


FORMAT = Format("Vocareum: a report, and on the last line the score of a criterion", _render)
