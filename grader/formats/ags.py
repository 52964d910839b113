"""The score that a tool posts to LTI 1.3 Assignment and Grade Services, version 2.0.

Media type `application/vnd.ims.lis.v1.score+json`. The learner's identifier on the platform
comes by the variable `LTI_USER_ID`. Without it there is no `userId`, which whoever posts the
score has to add: an empty one, or another's, must not be taken. Posting is not done here.
"""

from datetime import UTC, datetime

from grader.formats import Format, View
from grader.formats.channels import as_json, cut, plain
from grader.formats.words import summary

_MOST = 4_000  # bytes of a comment; platforms do not say what they take


def _render(view: View) -> bytes:
    report = view.report
    now = datetime.fromtimestamp(view.written, UTC)
    score = {"scoreGiven": report.points, "scoreMaximum": report.max_points}
    failed = report.status == "grader_error"
    user = view.environment.get("LTI_USER_ID")
    return as_json(
        {
            **({"userId": user} if user else {}),
            "timestamp": now.isoformat(timespec="milliseconds"),
            "activityProgress": "Completed",
            "gradingProgress": "Failed" if failed else "FullyGraded",
            **({} if failed else score),
            "comment": cut(plain(summary(report)), _MOST),
        }
    )


FORMAT = Format("LTI 1.3 AGS: the body of a score (Canvas, Moodle, Brightspace, …)", _render)
