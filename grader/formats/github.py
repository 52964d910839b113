"""GitHub Actions: the step summary, and annotations on the learner's lines.

GitHub drops a summary of over 1 MiB, and shows ten annotations of a step. Commands are
escaped as @actions/core 1.11 does it.
"""

from collections.abc import Iterator

from grader.formats import Format, View
from grader.formats.channels import command_data, command_property, cut
from grader.formats.markdown import render
from grader.formats.words import headline, label, missed, seen
from grader.report.model import Report
from grader.report.seen import Seen

_MOST = 1000 * 1024
_ANNOTATIONS = 10


def _summary(view: View) -> bytes:
    return cut(render(view.report), _MOST, "\n\n… (cut)\n").encode()


def _annotate(view: View) -> bytes:
    lines = list(_commands(view.report))[:_ANNOTATIONS]
    return "".join(f"{line}\n" for line in lines).encode()


def _commands(report: Report) -> Iterator[str]:
    file = report.submission["name"]
    if report.status != "graded":
        yield _command(file, headline(report), report.message, report.seen)
        return
    for found in report.diagnoses:
        yield _command(file, found.title, f"{found.explanation}\nNext: {found.next_step}")
    for case in missed(report):
        yield _command(file, label(case), seen(case) or "Not passed.", case.seen)


def _command(file: str, title: str, message: str, about: Seen | None = None) -> str:
    place = f"file={command_property(file)}"
    if about is not None and about.line is not None and about.cell is None:
        place += f",line={about.line}"
    return f"::error title={command_property(title)},{place}::{command_data(message)}"


SUMMARY = Format(
    "GitHub Actions: Markdown, appended to the file $GITHUB_STEP_SUMMARY", _summary, appends=True
)
ANNOTATIONS = Format("GitHub Actions: annotations, to print in a step", _annotate, commands=True)
