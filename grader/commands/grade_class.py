"""`grade` on a class: progress on the screen, summaries at the end, exit code."""

import contextlib
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from grader.classroom import ClassRun, gradebooks, results, run_class
from grader.classroom.cores import count_cores
from grader.classroom.folder import claimed, report_path, take_over
from grader.classroom.results import Exported
from grader.classroom.running import Progress
from grader.commands.options import ClassOptions
from grader.commands.targets import complain, no_commands
from grader.console import FAULT, INTERRUPTED, Unwinding
from grader.errors import GraderFault, UsageError
from grader.formats import find
from grader.grading.ready import load
from grader.intake import marks
from grader.intake.file import read_named
from grader.intake.learners import discover
from grader.jail import Level, Limits
from grader.kata import Kata
from grader.process import held_interrupts
from grader.report.model import Feedback
from grader.screen.terminal import named, quoted
from grader.text import clean_line

_EVERY_SECONDS = 5.0
_NAME = 120  # characters of a name on the screen
_LINE = 500  # characters of a line that repeats what an older report says


def grade_class(
    kata: Kata,
    path: Path,
    options: ClassOptions,
    formats: tuple[str, ...],
    seed: int | None,
    limits: Limits,
    feedback: Feedback,
    level: Level | None,
) -> int:
    """Grade a class and return the exit code: 0 when every submission got its report.

    Raises:
        UsageError: there is no class, nowhere to write to, or no gradebook.
        GraderFault: the jail is too weak, or a report cannot be written.
    """
    with contextlib.ExitStack() as ending:
        return _grade_class(kata, path, options, formats, seed, limits, feedback, level, ending)


def _grade_class(
    kata: Kata,
    path: Path,
    options: ClassOptions,
    formats: tuple[str, ...],
    seed: int | None,
    limits: Limits,
    feedback: Feedback,
    level: Level | None,
    ending: contextlib.ExitStack,
) -> int:
    out = options.out
    if out is None:
        where = "--out DIR says where its reports go"
        raise UsageError(f"{path} is a class; {where}.{_own_file(path / kata.file)}")
    if out.resolve() == path.resolve():
        raise UsageError("The reports need a folder of their own, not that of the submissions.")
    found = discover(path, kata.file, without=out)
    entries = found.entries
    for name in formats:
        if "=" in name:
            raise UsageError("For a class --format takes a name alone; its files go to --out.")
        find(name)
    names = {*results.FILES}
    names |= {report_path(out, one, kind).name for one in entries for kind in ("json", *formats)}
    exported = _read_gradebook(kata, options, {*names, marks.FILE})
    if exported is not None:
        names.add(exported.name)
    claim = marks.claim(out, path, names, seed, fresh=options.fresh)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraderFault(f"{out} cannot be made ({error.strerror}).") from error
    ending.enter_context(claimed(out))
    mark = take_over(out, claim)
    run = ClassRun(
        kata=kata,
        out=out,
        mark=mark,
        jobs=options.jobs or count_cores(),
        seed=mark.seed,
        limits=limits,
        feedback=feedback,
        level=level,
        fresh=not claim.kept,
        cluster=options.cluster or "",
        formats=formats,
    )
    screen = _Screen(len(entries))
    interrupted = False
    progress = Progress()
    load()  # here, where Ctrl-C ends at once: half-imported modules make other errors of it
    try:
        with Unwinding():
            run_class(entries, run, progress, screen.show, screen.say)
    except KeyboardInterrupt:
        interrupted = True
    interrupts = ending.enter_context(held_interrupts())  # what follows is short, and whole
    screen.close()
    made = results.make(
        path.name,
        progress.records.values(),
        ignored=found.ignored,
        formats=formats,
        compare=options.compare,
        gradebook=exported,
    )
    unwritten = made.write(out)
    with no_commands():
        _tell(made.summary, len(entries), run, progress)
        if options.compare is not None:
            _tell_changes(made.changes, options.compare)
    if exported is not None and made.filled is not None:
        _tell_gradebook(out / exported.name, made.filled, len(progress.records))
    for problem in unwritten if interrupted or interrupts else unwritten[1:]:
        complain(str(problem))
    if interrupted or interrupts:
        goes_on = "" if marks.lies_within(out, path) else " The same command goes on from there."
        click.echo(
            f"grade: interrupted; {len(progress.records)} of {len(entries)} reports are in "
            f"{named(out)}.{goes_on}",
            err=True,
        )
        return INTERRUPTED
    if unwritten:
        raise unwritten[0]
    for fault in sorted(progress.faults):
        complain(f"{fault} The reports are there; what this format should have made is not.")
    if progress.lost:
        complain(
            f"{progress.lost} What was left has no grade; the same command goes on from there."
        )
    failed = [r for r in progress.records.values() if r.status == "grader_error"]
    return FAULT if failed or progress.faults else 0


def _own_file(file: Path) -> str:
    """Say how to grade the one file that a learner's folder holds."""
    return f" For the one file in it: grade {quoted(file)}" if file.is_file() else ""


def _read_gradebook(kata: Kata, options: ClassOptions, names: set[str]) -> Exported | None:
    """Return the gradebook to fill in, after a look whether it is one.

    Args:
        kata: by whose name its column is found.
        options: where it is.
        names: of files that the copy must not be written over.
    """
    if options.gradebook is None or options.out is None:
        return None
    try:
        data = read_named(options.gradebook)
    except FileNotFoundError:
        raise UsageError(f"There is no file {options.gradebook}.") from None
    except UsageError as error:
        raise UsageError(f"--gradebook: {error}") from error
    target = options.out / options.gradebook.name
    if target.name in names or target.resolve() == options.gradebook.resolve():
        raise UsageError(f"{target} would be written over; rename the exported gradebook.")
    gradebooks.fill(data, [], options.column, kata.name)
    return Exported(target.name, data, options.column, kata.name)


def _tell_gradebook(target: Path, filled: gradebooks.Filled, total: int) -> None:
    count = f"{filled.count} of {total}"
    click.echo(f"{named(target)}: {count} grades are in the column {filled.column!r}.")
    if filled.unknown:
        names = ", ".join(clean_line(key, _NAME) for key in filled.unknown)
        click.echo(f"Not in the gradebook, or not once: {names}.", err=True)


class _Screen:
    """A progress bar on a terminal, a line now and then in a log; on stderr both.

    If that is gone the grading goes on all the same.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._started = self._told = time.monotonic()
        self._bar: Any = None
        if sys.stderr is not None and sys.stderr.isatty():
            self._bar = click.progressbar(
                length=total, label="grading", file=sys.stderr, item_show_func=str
            )
            self._bar.__enter__()

    def show(self, progress: Progress) -> None:
        """Say how far it is."""
        with suppress(OSError):
            self._show(progress)

    def _show(self, progress: Progress) -> None:
        done, now = len(progress.records), time.monotonic()
        rate = (done - progress.skipped) / max(now - self._started, 1e-9)
        if self._bar is not None:
            self._bar.update(done - self._bar.pos, f"{rate:.1f} a second")
            return
        if now - self._told < _EVERY_SECONDS and done < self._total:
            return
        self._told = now
        left = (self._total - done) / rate if rate else 0.0
        click.echo(
            f"{done} of {self._total} graded, {rate:.1f} a second, {left:.0f} s left", err=True
        )

    def say(self, sentence: str) -> None:
        """Say something else, on a line of its own."""
        if self._bar is not None:
            click.echo(err=True)
        click.echo(f"grade: {sentence}", err=True)

    def close(self) -> None:
        """Leave the line of the bar."""
        if self._bar is not None:
            with suppress(OSError):
                self._bar.__exit__(None, None, None)


def _tell(found: dict[str, Any], total: int, run: ClassRun, progress: Progress) -> None:
    counts = [f"{count} {name}" for name, count in found["status"].items()]
    status = ", ".join(counts) or "none is graded yet"
    submissions = "1 submission" if total == 1 else f"{total} submissions"
    click.echo(f"{submissions}: {status}. Seed {run.seed}.")
    if found["ignored"]:
        names = ", ".join(clean_line(name, _NAME) for name in found["ignored"][:5])
        more = f" and {len(found['ignored']) - 5} more" if len(found["ignored"]) > 5 else ""
        click.echo(f"Nobody's submission, so not graded: {names}{more}.")
    if progress.skipped:
        done = "1 was" if progress.skipped == 1 else f"{progress.skipped} were"
        again = "it" if progress.skipped == 1 else "them"
        click.echo(f"{done} done and unchanged; --fresh grades {again} again.")
    points = found["points"]
    if points["mean"] is not None:
        click.echo(f"Points: mean {points['mean']}, median {points['median']}.")
    if found["mistakes"]:
        click.echo("Most common mistakes:")
        for mistake in found["mistakes"][:5]:
            click.echo(f"  {mistake['learners']:>5}  {mistake['title']} ({mistake['id']})")
    for error in found["grader_errors"]:
        if error["message"] == progress.lost:
            continue  # said once for all
        click.echo(f"Not graded: {clean_line(error['key'], _NAME)}: {error['message']}", err=True)
    click.echo(f"Reports, gradebook.csv, summary.json and class.html are in {named(run.out)}.")


def _tell_changes(changes: list[dict[str, Any]], old: Path) -> None:
    differ = "1 score differs" if len(changes) == 1 else f"{len(changes)} scores differ"
    click.echo(f"{differ} from {named(old)}{':' if changes else '.'}")
    for change in changes:
        before, now = (
            change[when] if change[when] is not None else "-" for when in ("before", "now")
        )
        line = f"{clean_line(change['key'], _NAME)}: {before} -> {now} ({change['why']})"
        click.echo(f"  {clean_line(line, _LINE)}")
