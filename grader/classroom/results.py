"""What is made of a class's reports: all of it is written before any of it is told."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.classroom import attempts, gradebooks, late, returned, sheet, summary, unnamed
from grader.classroom.records import Record
from grader.errors import GraderError, GraderFault, UsageError
from grader.files import remove, write_atomically
from grader.intake.people import Person
from grader.pages import class_page

GRADEBOOK, SUMMARY, PAGE, CHANGES = "gradebook.csv", "summary.json", "class.html", "changes.json"
FEEDBACK, UNNAMED = "feedback.zip", "unnamed.toml"
FILES = (GRADEBOOK, SUMMARY, PAGE, CHANGES, FEEDBACK, UNNAMED)


@dataclass(frozen=True)
class Exported:
    """A gradebook to fill in: its name, its bytes, its column, by whose name it is found, how."""

    name: str
    data: bytes
    column: str | None
    exercise: str
    keep: bool = False
    out_of: float | None = None


@dataclass(frozen=True)
class Extras:
    """What is asked for beside the reports.

    Attributes:
        title: of the page.
        formats: those that are beside each report.
        ignored: the paths of files that are nobody's.
        missing: who is on the roster and handed in nothing.
        strangers: the names of those who are not on it.
        compare: a folder of older reports.
        gradebook: one to fill in.
        rule: what being late costs.
        feedback: whether the reports are packed, to be given back.
        anonymous: whether nobody is named.
    """

    title: str
    formats: Sequence[str] = ()
    ignored: Sequence[str] = ()
    missing: Sequence[Person] = ()
    strangers: Sequence[str] = ()
    compare: Path | None = None
    gradebook: Exported | None = None
    rule: late.LatePenalty = field(default_factory=late.LatePenalty)
    feedback: bool = False
    anonymous: bool = False


@dataclass(frozen=True)
class Results:
    """What was made.

    Attributes:
        summary: as in summary.json.
        files: what is written, by name.
        changes: how scores differ from older reports.
        filled: the gradebook with the grades.
        problem: why there is none.
        undated: who is late, and by how much nobody knows, where that costs something.
    """

    summary: dict[str, Any]
    files: dict[str, str | bytes]
    changes: list[dict[str, Any]]
    filled: gradebooks.Filled | None = None
    problem: UsageError | None = None
    undated: Sequence[str] = ()

    def write(self, out: Path) -> list[GraderError]:
        """Write each file that can be; return what went wrong."""
        errors: list[GraderError] = [self.problem] if self.problem else []
        for name, data in self.files.items():
            try:
                write_atomically(out / name, data, anew=True)
            except GraderFault as error:
                errors.append(error)
        try:
            if UNNAMED not in self.files:  # one of an earlier run is out of date
                remove(out / UNNAMED)
        except GraderFault as error:
            errors.append(error)
        return errors


def make(records: Iterable[Record], out: Path, asked: Extras) -> Results:
    """Make all that a class gets beside its reports, which are in the folder `out`."""
    class_ = sheet.in_order(attempts.best(late.apply(records, asked.rule)))
    problem, filled = None, None
    if asked.gradebook is not None:
        one = asked.gradebook
        try:
            filled = gradebooks.fill(
                one.data, class_, one.column, one.exercise, keep=one.keep, out_of=one.out_of
            )
        except UsageError as error:
            problem = error
    missing = [person.name for person in asked.missing]
    if not missing and filled is not None:
        missing = list(filled.missing)
    strangers = list(asked.strangers)
    if asked.anonymous:
        missing, strangers = [], []
    summed = {
        **summary.summary(class_),
        "ignored": list(asked.ignored),
        "missing": missing,
        "not_on_the_roster": strangers,
    }
    kinds = ("html", "json") if "html" in asked.formats else ("json",)
    rows = list(sheet.rows(class_))
    files: dict[str, str | bytes] = {
        GRADEBOOK: sheet.gradebook(class_, penalized=asked.rule.part > 0),
        SUMMARY: json.dumps(summed, indent=2, ensure_ascii=False) + "\n",
        PAGE: class_page.render(summed, rows, title=asked.title, reports=kinds),
    }
    changes: list[dict[str, Any]] = []
    if asked.compare is not None:
        changes = summary.compare(asked.compare, class_)
        files[CHANGES] = json.dumps(changes, indent=2) + "\n"
    if asked.gradebook is not None and filled is not None:
        files[asked.gradebook.name] = filled.data
    if summed["unnamed"]:
        files[UNNAMED] = unnamed.stubs(summed["unnamed"])
    if asked.feedback:
        files[FEEDBACK] = returned.pack(class_, out, kinds[0])
    undated = late.undated(class_, asked.rule)
    return Results(summed, files, changes, filled, problem, undated)
