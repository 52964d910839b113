"""Codio: the body that an advanced code test posts to CODIO_PARTIAL_POINTS_V2_URL.

Points from 0 to 100, and feedback of at most 1 MB as Markdown (docs.codio.com, partial points,
2026). Where the grader failed there is nothing to post.
"""

from urllib.parse import urlencode

from grader.formats import Format, View
from grader.formats.channels import cut
from grader.formats.markdown import render

_MOST = 1_000_000  # bytes of feedback


def _render(view: View) -> bytes | None:
    report = view.report
    if report.status == "grader_error":
        return None
    feedback = cut(render(report), _MOST, "\n… (cut)\n")
    return urlencode({"points": report.points, "format": "md", "feedback": feedback}).encode()


FORMAT = Format("Codio: points and feedback, to be posted", _render)
