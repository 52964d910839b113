"""A class of 300 as each platform exports it, and grading that only reads a number.

300 learners: 12 share a name, 20 are in groups of two, 10 handed in several times, 5 late. What
each handed in is a file with the points that it is worth.
"""

import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader.classroom.records import Record
from grader.classroom.running import ClassRun, Progress
from grader.intake.entry import Entry

COUNT = 300
FILE = "multi_head_attention.py"
TITLE = "Multi-head attention"
DUE = datetime(2026, 3, 1, 23, 59)


@dataclass(frozen=True)
class Learner:
    """One learner of the class; `number` is what the platform counts."""

    number: int
    first: str
    last: str
    points: int
    group: int = 0
    attempts: int = 1
    is_late: bool = False

    @property
    def user(self) -> str:
        """The name to log in with."""
        return f"u{self.number}"

    @property
    def name(self) -> str:
        """The name as people write it."""
        return f"{self.first} {self.last}"

    @property
    def when(self) -> datetime:
        """When the last attempt was handed in."""
        return DUE + timedelta(hours=30 if self.is_late else -(self.number % 50) - 1)

    @property
    def is_first(self) -> bool:
        """Whether it is this one of a group who handed in."""
        return not self.group or self.number % 2 == 0


def learners() -> list[Learner]:
    """Return the class."""
    made = []
    for at in range(COUNT):
        first, last = ("Zoë", "O'Brien-Müller") if at < 12 else (f"Ada{at}", f"Lovelace{at}")
        group = (at - 100) // 2 + 1 if 100 <= at < 120 else 0
        points = (at * 7) % 101 if not group else group * 5
        attempts = 2 + at % 2 if 200 <= at < 210 else 1
        made.append(Learner(4000 + at, first, last, points, group, attempts, 220 <= at < 225))
    return made


def pack(path: Path, files: dict[str, str]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def moodle(class_: Sequence[Learner]) -> dict[str, str]:
    """Return what Moodle 4.1 and later exports."""
    files = {}
    for one in class_:
        number = 70 + one.group if one.group else one.number
        name = _team(one) or one.name
        files[f"{name}_{number}_assignsubmission_file/{FILE}"] = str(one.points)
    return files


def canvas(class_: Sequence[Learner]) -> dict[str, str]:
    """Return what Canvas exports: for a group, what its representative's number stands for."""
    files = {}
    for one in class_:
        if not one.is_first:
            continue
        plain = f"{one.last}, {one.first}".lower() if not one.group else f"team {one.group}"
        plain = "".join(filter(str.isalnum, plain))
        late = "LATE_" if one.is_late else ""
        version = f"-{one.attempts - 1}" if one.attempts > 1 else ""
        name = FILE.replace(".py", f"{version}.py")
        files[f"{plain}_{late}{one.number}_{one.number + 90000}_{name}"] = str(one.points)
    return files


def gradescope(class_: Sequence[Learner]) -> dict[str, str]:
    """Return what Gradescope exports."""
    files, lines = {}, ["---"]
    for one in class_:
        if not one.is_first:
            continue
        folder = f"submission_{one.number + 50000}"
        files[f"assignment_1_export/{folder}/{FILE}"] = str(one.points)
        people = [other for other in class_ if other.group == one.group] if one.group else [one]
        lines += [f"{folder}:", "  :submitters:"]
        for other in people:
            lines += [f"  - :name: {other.name}", f"    :sid: s{other.number}"]
            lines += [f"    :email: {other.user}@school.example"]
        lines += [f"  :created_at: {one.when:%Y-%m-%d %H:%M:%S} -08:00", "  :score: 0.0"]
    files["assignment_1_export/submission_metadata.yml"] = "\n".join(lines) + "\n"
    return files


def blackboard(class_: Sequence[Learner]) -> dict[str, str]:
    """Return what Blackboard exports: each attempt, with a text about it."""
    files = {}
    for one in class_:
        if not one.is_first:
            continue
        user = f"Team {one.group}" if one.group else one.user
        for left in reversed(range(one.attempts)):
            when = f"{one.when - timedelta(hours=left):%Y-%m-%d-%H-%M-%S}"
            front = f"Homework_3_{user}_attempt_{when}"
            about = f"Name: {one.name} ({user})\nAssignment: Homework 3\n"
            files[f"{front}.txt"] = about
            files[f"{front}_{FILE}"] = str(one.points if not left else 1)
    return files


def brightspace(class_: Sequence[Learner]) -> dict[str, str]:
    """Return what Brightspace exports: a folder for each attempt, and a list of them."""
    files = {"index.html": "<html></html>"}
    for one in class_:
        if not one.is_first:
            continue
        name = f"Team {one.group}" if one.group else one.name
        for left in reversed(range(one.attempts)):
            when = one.when - timedelta(hours=left)
            date = f"{when:%b} {when.day}, {when.year} {int(when.strftime('%I'))}{when:%M %p}"
            files[f"{one.number + 900}-77 - {name} - {date}/{FILE}"] = str(
                one.points if not left else 1
            )
    return files


def roster(class_: Sequence[Learner]) -> str:
    """Return the list of the class, with its groups."""
    rows = [
        f"{one.user},s{one.number},{one.name},{one.user}@school.example,{_team(one)}"
        for one in class_
    ]
    return "\n".join(["username,sid,name,email,group", *rows]) + "\n"


def _team(one: Learner) -> str:
    return f"Team {one.group}" if one.group else ""


def moodle_book(class_: Sequence[Learner]) -> tuple[str, str]:
    """Return Moodle's worksheet with %s for each grade, in German."""
    head = (
        '\ufeffID,"Vollständiger Name",E-Mail-Adresse,Status,Gruppe,Bewertung,Bestwertung,'
        '"Zuletzt geändert (Bewertung)"\r\n'
    )
    rows = [
        f'Teilnehmer/in{one.number},"{one.name}",{one.user}@school.example,"Abgegeben, ",'
        f'"{_team(one)}",%s,"10,00",-\r\n'
        for one in class_
    ]
    return head + "".join(rows), "utf-8"


def canvas_book(class_: Sequence[Learner]) -> tuple[str, str]:
    """Return Canvas' gradebook with %s for each grade."""
    head = (
        f"Student,ID,SIS User ID,SIS Login ID,Section,Essay (17),{TITLE} (98765),Final Score\r\n"
        '    Points Possible,,,,,5.0,"1,000.00",(read only)\r\n'
    )
    rows = [
        f'"{one.last}, {one.first}",{one.number},s{one.number},{one.user},Sec 1,3,%s,7.5\r\n'
        for one in class_
    ]
    return head + "".join(rows) + '"Student, Test",9,,x,Sec 1,,,\r\n', "utf-8"


def blackboard_book(class_: Sequence[Learner]) -> tuple[str, str]:
    """Return Blackboard's gradebook with %s for each grade, with tabs."""
    head = (
        '\ufeff"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Availability"\t'
        f'"{TITLE} [Total Pts: 20 Score] |4711"\t"Total [Total Pts: 120 Score] |12"\n'
    )
    rows = [
        f'"{one.last}"\t"{one.first}"\t"{one.user}"\t"s{one.number}"\t"Yes"\t"%s"\t"3"\n'
        for one in class_
    ]
    return head + "".join(rows), "utf-16-le"


def brightspace_book(class_: Sequence[Learner]) -> tuple[str, str]:
    """Return Brightspace's gradebook with %s for each grade."""
    head = (
        f"OrgDefinedId,Username,Last Name,First Name,Email,{TITLE} Points Grade "
        "<Numeric MaxPoints:50 Weight:10 Category:Homework>,End-of-Line Indicator\r\n"
    )
    rows = [
        f"#s{one.number},#{one.user},{one.last},{one.first},{one.user}@school.example,%s,#\r\n"
        for one in class_
    ]
    return head + "".join(rows), "utf-8"


def grade_by_number(
    entries: Sequence[Entry],
    run: ClassRun,
    progress: Progress,
    tell: Callable[[Progress], None],
    say: Callable[[str], None],
) -> None:
    """Grade each file with the number that it holds."""
    for entry in entries:
        source, problem, _ = entry.take()
        points = 0 if problem else int(source)
        report: dict[str, Any] = {
            "status": "rejected" if problem else "graded",
            "score": points / 100,
            "points": points,
            "message": problem,
            "seed": 1,
            "cases": [],
            "diagnoses": [],
            "grader": {"version": "1"},
            "submission": {"sha256": f"{points}", "code_sha256": ""},
        }
        progress.records[entry.key] = Record.of(entry, report)
        (run.out / f"{entry.key}.json").write_text(json.dumps(report))
        (run.out / f"{entry.key}.html").write_text(f"<p>{points}</p>")
