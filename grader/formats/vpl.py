"""Moodle's Virtual Programming Lab: markers on standard output (vpl_submission.class.php, 2026-02).

The last line that looks like a grade wins, wherever it stands: ours is the last, and every
line of a text is quoted. The scale is that of VPL_GRADEMIN and VPL_GRADEMAX.
"""

import math

from grader.formats import Format, View
from grader.formats.channels import quoted
from grader.formats.words import headline, label, missed, paragraphs, printed, seen


def _render(view: View) -> bytes:
    report = view.report
    parts = [("-" + headline(report), list(paragraphs(report))[1:])]
    parts += [(f"-{label(case)} (0/{case.max_points})", [seen(case)]) for case in missed(report)]
    if printed(report):
        parts.append(("-What your code printed", [printed(report)]))
    lines = ["<|--"]
    for title, texts in parts:
        lines += [title, *(quoted(text) for text in texts if text)]
    lines.append("--|>")
    if report.score is not None:
        low, high = (_number(view, name, default) for name, default in _SCALE)
        lines.append(f"Grade :=>> {low + report.score * (high - low):g}")
    return ("\n".join(lines) + "\n").encode()


_SCALE = (("VPL_GRADEMIN", 0.0), ("VPL_GRADEMAX", 100.0))


def _number(view: View, name: str, default: float) -> float:
    try:
        number = float(view.environment[name])
    except (KeyError, ValueError):
        return default
    return number if math.isfinite(number) else default


FORMAT = Format("Moodle VPL: comments and the grade, on standard output", _render)
