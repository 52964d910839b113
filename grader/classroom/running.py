"""A class from its folder to its reports: what is done is kept, whatever happens."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.classroom.cluster import Cluster
from grader.classroom.crew import TRIES, Crew, NothingGrades, Processes
from grader.classroom.folder import leave_mark, report_path, write_report
from grader.classroom.records import Record
from grader.classroom.task import Graded, Task
from grader.errors import GraderFault
from grader.files import UNREADABLE, read_json, remove_drafts
from grader.grading.grade import grader_error
from grader.grading.versions import versions
from grader.intake import marks
from grader.intake.entry import Entry
from grader.jail import Isolation, Level, Limits
from grader.jail.isolation import WEAK, is_at_least
from grader.kata import Kata
from grader.process import held_interrupts, uninterrupted
from grader.report.model import Feedback

_PATIENCE = 60.0  # seconds for what is ours, beside that which a submission may take
_LOOK_SECONDS = 1.0  # after which it is looked whether there is still somebody who grades


@dataclass(frozen=True)
class ClassRun:
    """What a class is graded with.

    Attributes:
        kata: what they are to be.
        out: the folder of the reports.
        mark: what it says of itself.
        jobs: processes, when there is no cluster.
        seed, limits, feedback: as for one submission.
        level: the one that is required; once the jail is probed, that of the class.
        fresh: grade again what is done and unchanged.
        cluster: the address of a Dask scheduler; empty for processes of this machine.
        formats: the names of those that are written beside each report.
    """

    kata: Kata
    out: Path
    mark: marks.Mark
    jobs: int
    seed: int
    limits: Limits
    feedback: Feedback
    level: Level | None = None
    fresh: bool = False
    cluster: str = ""
    formats: tuple[str, ...] = ()


@dataclass
class Progress:
    """How far a run has come.

    Attributes:
        records: of each submission that is done, its line, by key.
        skipped: how many were done before.
        faults: what went wrong in formats.
        lost: why the class could not be graded to its end; empty if it was.
    """

    records: dict[str, Record] = field(default_factory=dict)
    skipped: int = 0
    faults: set[str] = field(default_factory=set)
    lost: str = ""


def run_class(
    entries: Sequence[Entry],
    run: ClassRun,
    progress: Progress,
    tell: Callable[[Progress], None],
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Grade all entries that are not done yet; write each report as soon as it is there.

    Args:
        entries: the class.
        run: with what.
        progress: empty; takes up the records as they come, whatever ends the run.
        tell: called after each report.
        say: takes what else the one who waits should know, a sentence at a time.

    Raises:
        GraderFault: the jail is weaker than required, or the mark cannot be written.
    """
    remove_drafts(run.out)
    try:
        with _crew(run, say) as crew:
            run = replace(run, level=_level(crew, run))
            if run.level == "process":
                say(WEAK)
            waiting = deque(_undone(entries, run, progress))
            progress.skipped = len(progress.records)
            aside = _drain(waiting, crew, run, progress, tell)
        if aside:
            say(f"{len(aside)} of them once more, one at a time: the machine may be to blame.")
        for entry in aside:
            with _crew(replace(run, jobs=1), say) as crew:
                _drain(deque([entry]), crew, run, progress, tell, alone=True)
    except NothingGrades as lost:
        progress.lost = str(lost)
        if not progress.records:  # no jail was seen at all
            run = replace(run, level=run.mark.level)
        for entry in _undone(entries, run, progress):
            _keep(entry, _failed(entry, run, str(lost)), run, progress, tell)
    except KeyboardInterrupt:
        with held_interrupts():
            _undone(entries, run, progress)  # one may have been written and not noted
        raise


@contextmanager
def _crew(run: ClassRun, say: Callable[[str], None]) -> Iterator[Crew]:
    """Give what grades, and end it whatever happens."""
    crew: Crew
    if run.cluster:
        crew = Cluster(run.cluster, run.jobs, say)
    else:
        crew = Processes(run.jobs, _PATIENCE + 10 * run.limits.submission_seconds)
    try:
        yield crew
    finally:
        crew.end()


def _level(crew: Crew, run: ClassRun) -> Level:
    """Return the level at which everybody is judged, and write it down with the seed.

    One that is lower than that of the last run is not believed at once.

    Raises:
        GraderFault: it is lower than required.
    """
    before = run.mark.level
    found: Isolation
    for _ in range(TRIES):
        found = crew.isolation(run.kata, run.limits)
        if before is None or is_at_least(found.level, before):
            break
    if run.level is not None:
        found.require(run.level)
    leave_mark(run.out, replace(run.mark, level=found.level))
    return found.level


def _drain(
    queue: deque[Entry],
    crew: Crew,
    run: ClassRun,
    progress: Progress,
    tell: Callable[[Progress], None],
    *,
    alone: bool = False,
) -> list[Entry]:
    """Grade all that is in the queue.

    Args:
        queue: what is to be graded; empty at the end.
        crew: who grades.
        run: with what.
        progress: takes up the records.
        tell: as for `run_class`.
        alone: whether nothing else runs, so that what comes now counts.

    Returns:
        What the machine may be to blame for: that which died, was doubted, or failed.

    Raises:
        NothingGrades: nothing can be graded any more.
    """
    aside: list[Entry] = []
    misses = 0
    while queue or crew.busy:
        came = crew.collect(_LOOK_SECONDS) if crew.busy else []
        for entry, graded in came:
            if graded is None or not graded.unready:
                misses = 0
                continue
            misses += 1
            if misses > TRIES * run.jobs:
                raise NothingGrades(graded.unready)
            queue.append(entry)
        while queue and crew.room:  # first of all, so that nobody waits while we write
            entry = queue.popleft()
            crew.hand_out(entry, _task(entry, run, alone=alone))
        for entry, graded in came:
            if graded is not None and graded.unready:
                continue
            if not alone and (graded is None or graded.doubt):
                aside.append(entry)
            else:
                died = "The grading process died twice on this submission."
                _keep(entry, graded or _failed(entry, run, died), run, progress, tell)
    return aside


def _keep(
    entry: Entry,
    graded: Graded,
    run: ClassRun,
    progress: Progress,
    tell: Callable[[Progress], None],
) -> None:
    with uninterrupted():
        try:
            write_report(run.out, entry, graded)
        except GraderFault as error:  # this one has no report; the others get theirs
            graded = _failed(entry, run, str(error))
        progress.records[entry.key] = Record.of(entry, json.loads(graded.report))
        progress.faults.update(graded.faults)
        tell(progress)


def _undone(entries: Sequence[Entry], run: ClassRun, progress: Progress) -> list[Entry]:
    """Return the entries that have to be graded; take up the records of the others."""
    undone = []
    for entry in entries:
        record = progress.records.get(entry.key)
        if record is None and not run.fresh:
            record = _done(entry, run)
        if record is None:
            undone.append(entry)
        else:
            progress.records[entry.key] = record
    return undone


def _done(entry: Entry, run: ClassRun) -> Record | None:
    """Return the record of an entry whose report is there and would come out the same."""
    try:
        report = read_json(report_path(run.out, entry))
        source = b"" if entry.problem else entry.read()
        same = (
            not entry.unreadable
            and report["status"] != "grader_error"
            and report["kata"]["name"] == run.kata.name
            and report["seed"] == run.seed
            and report["submission"]["sha256"] == hashlib.sha256(source).hexdigest()
            and report["grader"] == {**versions(run.kata), "feedback": run.feedback}
            and (not entry.problem or report["status"] == "rejected")
            and all(report_path(run.out, entry, name).exists() for name in run.formats)
            and report["isolation"]["level"] == run.level
        )
        return Record.of(entry, report) if same else None
    except UNREADABLE:
        return None


def _task(entry: Entry, run: ClassRun, *, alone: bool = False) -> Task:
    source, problem, unreadable = entry.take()
    name = entry.name
    about = (run.seed, run.limits, run.feedback, run.level, run.formats)
    return Task(run.kata, name, source, problem, *about, unreadable=unreadable, alone=alone)


def _failed(entry: Entry, run: ClassRun, message: str) -> Graded:
    source = b""
    with suppress(OSError, GraderFault):
        source = entry.read()
    report = grader_error(
        run.kata,
        None,
        source,
        name=entry.name,
        seed=run.seed,
        message=message,
        feedback=run.feedback,
    )
    return Graded(report.to_json())
