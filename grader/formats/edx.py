"""The reply of an external grader to edX (xqueue_body): CodeResponse of xblocks-contrib 0.13."""

from grader.formats import Format, View
from grader.formats.channels import as_json, html
from grader.formats.words import label, missed, paragraphs, seen


def _render(view: View) -> bytes | None:
    report = view.report
    if report.status == "grader_error":
        return None  # no reply: the queue asks again, then says that the grader failed
    parts = [*paragraphs(report), *(f"{label(case)}\n{seen(case)}" for case in missed(report))]
    body = "".join(f"<p>{html(part.strip()).replace(chr(10), '<br/>')}</p>" for part in parts)
    return as_json(
        {"correct": report.score == 1, "score": report.score, "msg": f"<div>{body}</div>"}
    )


FORMAT = Format("edX: the reply of an external grader (xqueue_body)", _render)
