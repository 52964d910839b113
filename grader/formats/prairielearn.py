"""PrairieLearn's /grade/results/results.json: docs/externalGrading.md (2026-08).

Its page does not wrap the lines of a message.
"""

from grader.formats import Format, View
from grader.formats.channels import as_json, cut, plain, wrapped
from grader.formats.words import headline, label, printed, seen, summary

_MOST = 200 * 1024  # bytes of what was printed; the whole file may have 1 MiB


def _render(view: View) -> bytes:
    report = view.report
    if report.status != "graded":
        # Not gradable spares the learner an attempt, whoever is at fault.
        said = {"format_errors": [plain(report.message)]} if report.status == "rejected" else {}
        told = {"message": wrapped(plain(f"{headline(report)}\n{report.message}"))}
        return as_json({"gradable": False, **said, **told})
    return as_json(
        {
            "gradable": True,
            "score": report.score,
            "message": wrapped(plain(summary(report))),
            "output": cut(plain(printed(report)), _MOST),
            "tests": [
                {
                    "name": label(case),
                    "points": case.points,
                    "max_points": case.max_points,
                    "message": wrapped(plain(seen(case))),
                }
                for case in report.cases
            ],
        }
    )


FORMAT = Format("PrairieLearn: /grade/results/results.json", _render)
