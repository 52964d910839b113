"""What is made of a class's reports: all of it is written before any of it is told."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.classroom import gradebooks, summary
from grader.classroom.records import Record
from grader.errors import GraderError, GraderFault, UsageError
from grader.files import write_atomically
from grader.pages import class_page

GRADEBOOK, SUMMARY, PAGE, CHANGES = "gradebook.csv", "summary.json", "class.html", "changes.json"
FILES = (GRADEBOOK, SUMMARY, PAGE, CHANGES)


@dataclass(frozen=True)
class Exported:
    """A gradebook to fill in: its name, its bytes, its column, the name of the exercise."""

    name: str
    data: bytes
    column: str | None
    exercise: str


@dataclass(frozen=True)
class Results:
    """What was made.

    Attributes:
        summary: as in summary.json.
        files: what is written, by name.
        changes: how scores differ from older reports.
        filled: the gradebook with the grades.
        problem: why there is none.
    """

    summary: dict[str, Any]
    files: dict[str, str | bytes]
    changes: list[dict[str, Any]]
    filled: gradebooks.Filled | None = None
    problem: UsageError | None = None

    def write(self, out: Path) -> list[GraderError]:
        """Write each file that can be; return what went wrong."""
        errors: list[GraderError] = [self.problem] if self.problem else []
        for name, data in self.files.items():
            try:
                write_atomically(out / name, data, anew=True)
            except GraderFault as error:
                errors.append(error)
        return errors


def make(
    title: str,
    records: Iterable[Record],
    *,
    ignored: Sequence[str],
    formats: Sequence[str],
    compare: Path | None = None,
    gradebook: Exported | None = None,
) -> Results:
    """Make all that a class gets beside its reports.

    Args:
        title: of the page.
        records: the class.
        ignored: the paths of files that are nobody's.
        formats: those that are beside each report.
        compare: a folder of older reports.
        gradebook: one to fill in.
    """
    class_ = sorted(records, key=lambda record: record.key)
    summed = {**summary.summary(class_), "ignored": list(ignored)}
    kinds = ("html", "json") if "html" in formats else ("json",)
    files: dict[str, str | bytes] = {
        GRADEBOOK: summary.gradebook(class_),
        SUMMARY: json.dumps(summed, indent=2, ensure_ascii=False) + "\n",
        PAGE: class_page.render(summed, summary.rows(class_), title=title, reports=kinds),
    }
    changes: list[dict[str, Any]] = []
    if compare is not None:
        changes = summary.compare(compare, class_)
        files[CHANGES] = json.dumps(changes, indent=2) + "\n"
    filled, problem = None, None
    if gradebook is not None:
        try:
            filled = gradebooks.fill(gradebook.data, class_, gradebook.column, gradebook.exercise)
            files[gradebook.name] = filled.data
        except UsageError as error:
            problem = error
    return Results(summed, files, changes, filled, problem)
