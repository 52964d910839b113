"""A class from its folder to its reports: what is done is kept, whatever happens."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import active_children, get_context
from pathlib import Path

from grader.classroom import marks
from grader.classroom.discovery import Entry
from grader.classroom.records import Record
from grader.classroom.task import Graded, Task, grade_task, prepare_process
from grader.errors import GraderFault
from grader.files import UNREADABLE, read_json, remove, remove_drafts, write_atomically
from grader.grading import grader_error, load, versions
from grader.jail import Level, Limits
from grader.jail.isolation import is_at_least
from grader.report import Feedback

_AHEAD = 4  # tasks for each process that are on their way at once


@dataclass(frozen=True)
class ClassRun:
    """What a class is graded with.

    Attributes:
        out: the folder of the reports.
        jobs: processes, when there is no cluster.
        seed, limits, feedback, level: as for one submission.
        fresh: grade again what is done and unchanged.
        cluster: the address of a Dask scheduler; empty for processes of this machine.
        formats: the names of those that are written beside each report.
    """

    out: Path
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
    """

    records: dict[str, Record] = field(default_factory=dict)
    skipped: int = 0
    faults: set[str] = field(default_factory=set)


def leave_mark(out: Path, mark: marks.Mark) -> None:
    """Write the mark of a run, before anything else of it.

    Raises:
        GraderFault: it cannot be written.
    """
    write_atomically(out / marks.FILE, mark.text(), anew=True)


def run_class(
    entries: Sequence[Entry],
    run: ClassRun,
    progress: Progress,
    tell: Callable[[Progress], None],
) -> None:
    """Grade all entries that are not done yet; write each report as soon as it is there.

    Args:
        entries: the class.
        run: with what.
        progress: empty; takes up the records as they come, whatever ends the run.
        tell: called after each report.

    Raises:
        GraderFault: the jail is too weak, or a report cannot be written.
    """
    remove_drafts(run.out)
    waiting = deque(_undone(entries, run, progress))
    progress.skipped = len(progress.records)
    try:
        _grade(waiting, run, progress, tell)
    except KeyboardInterrupt:
        _undone(entries, run, progress)  # one may have been written and not noted
        raise


def _grade(
    waiting: deque[Entry], run: ClassRun, progress: Progress, tell: Callable[[Progress], None]
) -> None:
    suspects: deque[Entry] = deque()
    while waiting or suspects:
        # What was under way when a process died goes alone, to see who is to blame.
        alone = bool(suspects)
        with _executor(1 if alone else run.jobs, run) as executor:
            queue = deque([suspects.popleft()]) if alone else waiting
            broken = _drain(queue, executor, run, progress, tell)
        if alone and broken:
            _keep(broken[0], _died(broken[0], run), run, progress, tell)
        else:
            suspects.extend(broken)


def _drain(
    queue: deque[Entry],
    executor: Executor,
    run: ClassRun,
    progress: Progress,
    tell: Callable[[Progress], None],
) -> list[Entry]:
    """Grade from the queue until it is empty, or a process dies.

    Returns:
        What did not come back: what was under way, or what a cluster gave up on.
    """
    under_way: dict[Future[Graded], Entry] = {}
    lost: list[Entry] = []
    try:
        while queue or under_way:
            while queue and len(under_way) < _AHEAD * run.jobs:
                entry = queue.popleft()
                under_way[executor.submit(grade_task, _task(entry, run))] = entry
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda one: under_way[one].key):
                try:
                    graded = future.result()
                except (BrokenProcessPool, GraderFault):
                    raise
                except Exception:
                    lost.append(under_way.pop(future))
                else:
                    _keep(under_way.pop(future), graded, run, progress, tell)
    except BrokenProcessPool:
        lost.extend(under_way.values())
    except BaseException:
        for process in active_children():
            process.kill()  # what it was grading is graded by the next run
        # The thread that serves our pool has to be gone before Python's own clean-up meets it.
        executor.shutdown(wait=not run.cluster, cancel_futures=True)
        raise
    return lost


def _keep(
    entry: Entry,
    graded: Graded,
    run: ClassRun,
    progress: Progress,
    tell: Callable[[Progress], None],
) -> None:
    for name, data in graded.formats.items():
        if data is None:  # an older one would be taken for the result
            remove(report_path(run.out, entry, name))
        else:
            write_atomically(report_path(run.out, entry, name), data, anew=True)
    write_atomically(report_path(run.out, entry), graded.report, anew=True)
    progress.records[entry.key] = Record.of(entry, json.loads(graded.report))
    progress.faults.update(graded.faults)
    tell(progress)


def report_path(out: Path, entry: Entry, kind: str = "json") -> Path:
    """Return where the report of an entry is written, or what a format makes of it."""
    return out / f"{entry.key}.{kind}"


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
            and report["seed"] == run.seed
            and report["submission"]["sha256"] == hashlib.sha256(source).hexdigest()
            and report["grader"] == {**versions(), "feedback": run.feedback}
            and (not entry.problem or report["status"] == "rejected")
            and all(report_path(run.out, entry, name).exists() for name in run.formats)
            and (run.level is None or is_at_least(report["isolation"]["level"], run.level))
        )
        return Record.of(entry, report) if same else None
    except UNREADABLE:
        return None


def _task(entry: Entry, run: ClassRun) -> Task:
    source, problem, unreadable = entry.take()
    name = entry.file.rpartition("/")[2]
    about = (run.seed, run.limits, run.feedback, run.level, run.formats)
    return Task(name, source, problem, *about, unreadable=unreadable)


def _died(entry: Entry, run: ClassRun) -> Graded:
    task = _task(entry, run)
    report = grader_error(
        None,
        task.source,
        name=task.name,
        seed=run.seed,
        message="The grading process died twice on this submission.",
        feedback=run.feedback,
    )
    return Graded(report.to_json(), {})


@contextmanager
def _executor(jobs: int, run: ClassRun) -> Iterator[Executor]:
    """Give what tasks are handed to: processes here, or a cluster's."""
    if not run.cluster:
        load()
        with ProcessPoolExecutor(jobs, get_context("fork"), prepare_process) as pool:
            yield pool
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise GraderFault("A cluster needs Dask: pip install 'attention-kata[cluster]'.") from error
    try:
        client = Client(run.cluster, timeout=10)
    except (OSError, ValueError) as error:
        raise GraderFault(f"There is no Dask scheduler at {run.cluster} ({error}).") from error
    with client, client.get_executor(pure=False, retries=2) as executor:
        yield executor
